// A TOML text with the places of what stands in it, and changes to it that leave the rest alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_tree.h"
#include "base/result.h"

namespace coordinator::app {

// Lines count from 1, as in ConfigNode. The text must outlive it.
class ConfigText {
 public:
  // The error is the first mistake in the TOML, with its line.
  static Result<ConfigText> read(std::string_view text);

  const ConfigNode& root() const { return root_; }
  std::string_view text() const { return text_; }
  // "\n" or "\r\n", as the first line has it.
  std::string_view line_end() const { return line_end_; }

  // Byte offsets.
  std::size_t begin_of(const ConfigNode& node) const { return offset(node.line, node.column); }
  std::size_t end_of(const ConfigNode& node) const { return offset(node.end_line, node.end_column); }

  int line_count() const { return static_cast<int>(lines_.size()) - 1; }
  // The line with its end; empty behind the last.
  std::string_view line(int number) const;
  std::size_t begin_of_line(int number) const;  // of one behind the last: the text's end
  bool blank(int number) const;
  bool comment(int number) const;
  // The blanks that the line begins with.
  std::string_view indentation(int number) const;
  // The first line behind this one with a table's header; one behind the last where there is none.
  int next_header(int number) const;

  // Replaces bytes, or inserts where begin == end; in the order of the calls where that is at one place. The
  // places are those of the text before any change, and must not overlap.
  void replace(std::size_t begin, std::size_t end, std::string with);
  void remove_lines(int first, int last) { replace(begin_of_line(first), begin_of_line(last + 1), ""); }
  std::string changed() const;

 private:
  struct Change {
    std::size_t begin, end;
    std::string with;
  };

  ConfigText(std::string_view text, ConfigNode root);
  std::size_t offset(int line, int column) const;
  void mark_values(const ConfigNode& node);

  std::string_view text_;
  ConfigNode root_;
  std::string line_end_ = "\n";
  std::vector<std::size_t> lines_;  // where each begins, and the end
  std::vector<bool> in_value_;      // lines that a value goes on in
  std::vector<Change> changes_;
};

}  // namespace coordinator::app
