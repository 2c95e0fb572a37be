// Reads a line's container marks (quotes, lists, indentation) first, then the fence behind them.
#include "render/fence.h"

#include <algorithm>

#include "base/text.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kDeepestQuote = 8;
constexpr std::size_t kLongestRun = 40;
constexpr std::size_t kLongestLanguage = 32;

std::size_t run_of(std::string_view text, char mark) {
  return std::min(text.find_first_not_of(mark), text.size());
}

// Whatever a message may lose at its beginning.
std::string_view without_indent(std::string_view text) {
  while (!text.empty()) {
    text::CodePoint c = text::first(text);
    if (!text::white(c.value)) break;
    text.remove_prefix(c.size);
  }
  return text;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

// Takes a list item's mark ("- ", "12. ") and what stands behind it; unchanged where there is none.
std::string_view without_list_mark(std::string_view text) {
  std::size_t mark = 0;
  while (mark < text.size() && mark < 9 && digit(text[mark])) ++mark;
  std::string_view after = mark > 0 ? ".)" : "-*+";
  if (mark >= text.size() || after.find(text[mark]) == std::string_view::npos) return text;
  ++mark;
  if (mark >= text.size() || (text[mark] != ' ' && text[mark] != '\t')) return text;
  return without_indent(text.substr(mark));
}

// Takes quotes, list marks and indentation, and counts the quotes.
std::string_view without_containers(std::string_view line, std::size_t& quotes) {
  quotes = 0;
  for (std::string_view rest = without_indent(line);;) {
    if (rest.starts_with('>')) {
      ++quotes;
      rest = without_indent(rest.substr(1));
    } else if (std::string_view item = without_list_mark(rest); item.size() != rest.size()) {
      rest = item;
    } else {
      return rest;
    }
  }
}

std::string_view without_quotes(std::string_view line, std::size_t quotes) {
  line = without_indent(line);
  for (; quotes > 0 && line.starts_with('>'); --quotes) line = without_indent(line.substr(1));
  return line;
}

// What is safe to write again behind a mark.
std::string language_of(std::string_view info) {
  std::string_view word = without_indent(info);
  word = word.substr(0, word.find_first_of(" \t\r{,"));
  bool plain = std::all_of(word.begin(), word.end(), [](char c) {
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("+-_.#").find(c) != std::string_view::npos;
  });
  return plain && word.size() <= kLongestLanguage ? std::string(word) : std::string();
}

std::optional<Fence> fence_opened_by(std::string_view line) {
  Fence fence;
  std::string_view rest = without_containers(line, fence.quotes);
  if (fence.quotes > kDeepestQuote || !begins_with_fence_mark(rest)) return std::nullopt;
  fence.mark = rest[0];
  fence.length = run_of(rest, fence.mark);
  std::string_view info = rest.substr(fence.length);
  if (fence.length > kLongestRun) return std::nullopt;
  if (fence.mark == '`' && info.find('`') != std::string_view::npos) return std::nullopt;
  fence.language = language_of(info);
  return fence;
}

}  // namespace

std::string Fence::opening() const { return closing() + language; }

std::string Fence::closing() const { return quote_marks(quotes) + std::string(length, mark); }

FenceReader::Line FenceReader::read(std::string_view line) {
  if (open_ && quote_depth(line) < open_->quotes) open_.reset();
  bool readable = line.size() <= longest_line_;
  if (open_) {
    if (!readable || !closes(line)) return Line::inside;
    open_.reset();
    return Line::closes;
  }
  if (readable) open_ = fence_opened_by(line);
  return open_ ? Line::opens : Line::outside;
}

bool FenceReader::closes(std::string_view line) const {
  std::string_view rest = without_quotes(line, open_->quotes);
  std::size_t length = run_of(rest, open_->mark);
  return length >= open_->length && rest.find_first_not_of(" \t\r", length) == std::string_view::npos;
}

std::size_t quote_depth(std::string_view line) {
  std::size_t depth = 0;
  for (line = without_indent(line); depth <= kDeepestQuote && line.starts_with('>'); ++depth)
    line = without_indent(line.substr(1));
  return depth;
}

std::string quote_marks(std::size_t depth) {
  std::string marks;
  for (; depth > 0; --depth) marks += "> ";
  return marks;
}

bool begins_with_fence_mark(std::string_view text) {
  return text.starts_with("```") || text.starts_with("~~~");
}

}  // namespace coordinator::render
