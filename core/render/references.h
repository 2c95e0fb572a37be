// What a text defines in lines of their own, for other lines to refer to: link references and footnotes.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace coordinator::render {

// The digits, as they stand above a line.
inline constexpr std::array<std::string_view, 10> kRaised{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};

// "[label]: address", "[^label]: text". Views into the line.
struct Definition {
  std::string_view label;  // of a footnote without its '^'
  std::string_view value;  // the address, or the footnote's text
  bool footnote = false;
};

// The definition that a line is, without its line end. Only addresses that look like one count, so that
// "[Note]: done" stays a sentence.
std::optional<Definition> definition(std::string_view line);

class References {
 public:
  // Reads all definitions outside of fences; the first of a label counts, so that more text changes none.
  explicit References(std::string_view markdown);

  // The address for a link's label; empty where there is none.
  std::string link(std::string_view label);
  bool footnote(std::string_view label);
  // True when something was asked for that is not defined, but might be by more text.
  bool missed() const { return missed_; }

 private:
  std::map<std::string, std::string, std::less<>> links_;
  std::map<std::string, bool, std::less<>> footnotes_;
  bool missed_ = false;
};

// A footnote's mark: small digits for a number, else the label in brackets.
std::string footnote_mark(std::string_view label);

}  // namespace coordinator::render
