// The pass over a line that inline_text() makes: what begins where it stands is read and written at once. Its
// parts stand in inline.cc, inline_marks.cc and inline_html.cc.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "render/brackets.h"
#include "render/html.h"
#include "render/inline.h"

namespace coordinator::render {

class InlineWriter {
 public:
  // `depth`: how many links and marks this text is the words of.
  InlineWriter(std::string_view text, References& references, const InlineStyle& style, int depth)
      : text_(text), references_(references), style_(style), depth_(depth), brackets_(text) {}

  std::string run();

 private:
  // How far to look for the end of something, which keeps hostile lines cheap.
  static constexpr std::size_t kLookAhead = 1000, kNear = 300;
  static constexpr int kDeepest = 3;

  // Writes what stands here, and returns how many bytes of the text that takes.
  std::size_t step();
  void write(std::string_view piece);
  std::size_t copy(std::size_t size);
  // Where `what` comes next, at least `from` and at most `near` bytes ahead; npos where it does not.
  std::size_t ahead(std::string_view what, std::size_t from, std::size_t near = kNear) const;
  std::size_t escape();
  std::size_t code();
  // Formulas read best as they are written, which code does; prices and variables are none.
  std::size_t formula(std::string_view opening, std::string_view closing);
  std::size_t bracket(std::size_t open, bool image);
  // "[label]" or "[^footnote]" alone.
  std::size_t shortcut(std::string_view words, std::size_t size, bool image);
  void write_link(std::string_view words, std::string_view url, bool image);
  std::string words_of(std::string_view words);
  std::size_t angle();
  std::size_t entity();
  // Whether a character that was written as an entity, to be no mark, would be one for Discord.
  bool is_mark(std::string_view decoded, std::string_view behind) const;
  // Nothing in an address is a mark.
  std::size_t url();
  // Colours for a terminal, and other characters that nobody sees.
  std::size_t control();
  // How many bytes from here on begin nothing.
  std::size_t plain_run() const;

  // Marks of Markdown (inline_marks.cc).
  // "||" hides words in Discord; between blanks it is an operator.
  std::size_t bars();
  std::size_t underscores();
  // In a fence marks would be seen: those that emphasize are left out.
  std::size_t emphasis(char mark);
  // In paths they stand for names, and Discord would take two such for marks.
  std::size_t stars();
  // "src/**/*.cc", but not "**/etc/passwd** is".
  bool is_glob(std::size_t run) const;

  // Elements of HTML (inline_html.cc).
  std::size_t element(const Tag& tag);
  bool is_markup(const Tag& tag) const;
  bool first_in_line() const;
  std::size_t close_element(const Tag& tag);
  void open(const std::string& name, const char* mark);
  void open_heading(const std::string& name);
  std::size_t closed_ahead(const Tag& tag, std::size_t near) const;
  // An element that is read to its end at once; without an end its tag alone is left out.
  std::size_t whole_element(const Tag& tag);
  void write_anchor(std::string_view words, const std::string& url);

  std::string_view rest(std::size_t from = 0) const {
    return text_.substr(std::min(at_ + from, text_.size()));
  }
  char next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }
  char before() const { return at_ > 0 ? text_[at_ - 1] : '\0'; }
  char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\0'; }
  char next_but(std::size_t count) const { return at(at_ + count); }

  std::string_view text_;
  References& references_;
  InlineStyle style_;
  int depth_;
  Brackets brackets_;
  std::size_t at_ = 0;
  std::string out_;
  bool break_ = false;                                     // a line ends before what is written next
  std::vector<std::pair<std::string, std::string>> open_;  // HTML's elements and their marks
  std::array<bool, 2> stars_open_{};                       // "*" and "**"
  std::vector<std::size_t> emphasis_;                      // where marks that were left out are closed
};

bool word_character(char c);
bool is_blank(char c);
std::size_t run_of(std::string_view text, char mark);
// As code, with marks that nothing in it can close; three of them would be a fence for Discord.
std::string as_code(std::string_view words);

}  // namespace coordinator::render
