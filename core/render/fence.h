// Code fences, read line by line: as CommonMark has them, with indentation as forgiving as Discord's
// (https://spec.commonmark.org/0.31.2/#fenced-code-blocks).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace coordinator::render {

// An open fence. It closes at a line of at least `length` of the same mark and nothing else, or where the
// block quote around it ends. Indentation does not matter, since Discord does not look at it.
struct Fence {
  char mark = '`';         // or '~'
  std::size_t length = 3;  // how often it is written, at least 3
  std::size_t quotes = 0;  // how many '>' stand before it
  std::string language;    // the first word of its info string; empty when that is no plain word

  bool operator==(const Fence&) const = default;

  // The line that opens it again, without its line end.
  std::string opening() const;
  // The line that closes it, without a line end.
  std::string closing() const;
};

// What a line does to the fences, told line by line from the beginning of a text. Lines come without their
// line ends, and those longer than `longest_line` bytes are never fences: that keeps hostile text cheap.
class FenceReader {
 public:
  enum class Line { outside, opens, inside, closes };

  explicit FenceReader(std::size_t longest_line = 500) : longest_line_(longest_line) {}

  Line read(std::string_view line);
  // The fence that is open behind the lines read so far.
  const std::optional<Fence>& open() const { return open_; }
  // A closing mark stands for a line that is not shown.
  void close() { open_.reset(); }

 private:
  bool closes(std::string_view line) const;

  std::size_t longest_line_;
  std::optional<Fence> open_;
};

// How many '>' stand at the beginning of a line.
std::size_t quote_depth(std::string_view line);
// "> " so many times.
std::string quote_marks(std::size_t depth);
// True when the text would begin with a mark of a fence: a cut in front of it would make one.
bool begins_with_fence_mark(std::string_view text);

}  // namespace coordinator::render
