// The code itself never changes, but for marks that would end it too early.
#include "render/code_block.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "render/file.h"
#include "render/line.h"

namespace coordinator::render {

namespace {

constexpr std::string_view kBrokenMark = "``\u200B`";
constexpr std::size_t kPreviewLines = 20, kPreviewCharacters = 1000;

std::string with_broken_marks(std::string_view code) {
  std::string out;
  for (std::size_t at = 0;;) {
    std::size_t mark = code.find("```", at);
    out += code.substr(at, mark - at);
    if (mark == std::string_view::npos) return out;
    out += kBrokenMark;
    at = mark + 3;
  }
}

// Colours of a terminal show in this language of Discord's only.
std::string_view language_of(const CodeBlock& block) {
  constexpr std::string_view kPlain[] = {"",    "text",   "txt",       "console",
                                         "log", "output", "plaintext", "terminal"};
  bool plain = std::find(std::begin(kPlain), std::end(kPlain), block.fence.language) != std::end(kPlain);
  return plain && block.body.find("\x1B[") != std::string_view::npos ? "ansi"
                                                                     : std::string_view(block.fence.language);
}

std::string_view lead_of_mark(std::string_view line, const Fence& fence) {
  return line.substr(0, line.find(std::string(fence.length, fence.mark)));
}

std::string_view preview_of(std::string_view body) {
  std::size_t end = 0;
  for (std::size_t lines = 0; lines < kPreviewLines && end < body.size(); ++lines)
    end = std::min(body.find('\n', end), body.size() - 1) + 1;
  std::size_t most = text::offset_of(body, kPreviewCharacters);
  if (end <= most) return body.substr(0, end);
  std::size_t line = body.rfind('\n', most);
  bool near = line != std::string_view::npos && line > most / 2;
  return body.substr(0, near ? line + 1 : text::grapheme_floor(body, most));
}

std::string written(const CodeBlock& block, std::string_view body) {
  std::string out = std::string(lead_of_mark(block.opening, block.fence)) + "```";
  out.append(language_of(block)).append("\n").append(with_broken_marks(body));
  if (!out.ends_with('\n')) out += '\n';
  std::string_view closing =
      block.closing.empty() ? std::string_view() : lead_of_mark(block.closing, block.fence);
  return out + (block.closing.empty() ? quote_marks(block.fence.quotes) : std::string(closing)) + "```";
}

}  // namespace

std::string CodeBlock::code() const {
  std::size_t indent = opening.find_first_not_of(" \t");
  std::string out;
  for (std::string_view rest = body; !rest.empty();) {
    Line line = next_line(rest);
    std::string_view words = line.text;
    for (std::size_t quotes = fence.quotes; quotes > 0 && text::trimmed(words).starts_with('>'); --quotes)
      words.remove_prefix(std::min(
          words.size(), words.find('>') + (words.substr(words.find('>')).starts_with("> ") ? 2 : 1)));
    if (fence.quotes == 0)
      words.remove_prefix(std::min({indent, words.size(), words.find_first_not_of(" \t")}));
    out.append(words).append("\n");
    rest.remove_prefix(line.size());
  }
  return out;
}

CodeBlock code_block_at(std::string_view text, const Fence& fence) {
  CodeBlock block;
  Line line = next_line(text);
  FenceReader fences;
  fences.read(line.text);
  block.fence = fence;
  block.opening = line.text;
  block.end = line.end;
  std::size_t begin = line.size(), at = begin;
  while (at < text.size()) {
    line = next_line(text.substr(at));
    if (quote_depth(line.text) < fence.quotes) break;  // which ends the fence
    block.closed = fences.read(line.text) == FenceReader::Line::closes;
    block.end = line.end;
    if (block.closed) break;
    at += line.size();
  }
  block.body = text.substr(begin, at - begin);
  if (block.closed) block.closing = line.text;
  block.closed = block.closed || at < text.size();
  block.size = at + (block.closing.empty() ? 0 : line.size());
  return block;
}

std::string shown(const CodeBlock& block) {
  return text::blank(block.body) ? std::string() : written(block, block.body);
}

std::string preview(const CodeBlock& block) { return written(block, preview_of(block.body)); }

bool has_more(const CodeBlock& block) { return preview_of(block.body).size() < block.body.size(); }

std::string more(const CodeBlock& block) {
  std::string_view rest = block.body.substr(preview_of(block.body).size());
  auto lines = static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n'));
  if (lines > 1) return grouped(lines) + " more lines";
  return grouped(text::code_points(rest)) + " more characters";
}

std::string fenced(std::string_view language, std::string_view code) {
  return "```" + std::string(language) + "\n" + with_broken_marks(code) + (code.ends_with('\n') ? "" : "\n") +
         "```\n";
}

}  // namespace coordinator::render
