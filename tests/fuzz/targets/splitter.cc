// The splitter: messages within the limit whose pieces are the text again, with every fence closed.
#include <algorithm>
#include <string>

#include "base/text.h"
#include "fuzz.h"
#include "render/fence.h"
#include "render/splitter.h"

namespace coordinator::fuzz {

namespace {

using namespace render;

constexpr std::size_t kDiscords = 2000;

// What the reader of fences finds open behind the last line; the splitter takes longer lines for no fences.
bool leaves_open(std::string_view message, std::size_t limit) {
  FenceReader fences(std::min<std::size_t>(500, limit / 2));
  while (!message.empty()) {
    auto end = message.find('\n');
    fences.read(message.substr(0, end));
    message.remove_prefix(end == std::string_view::npos ? message.size() : end + 1);
  }
  return fences.open().has_value() && fences.open()->quotes == 0;  // a quote ends its fences by ending
}

// Lines that are cut may show marks at their beginning that were none in the middle: only what was cut at
// line ends is held to balanced fences.
bool cut_in_lines(const std::vector<Chunk>& chunks) {
  for (const Chunk& chunk : chunks)
    if (chunk.after.find('\n') == std::string::npos && &chunk != &chunks.back()) return true;
  return false;
}

// Behind much white space a mark is no fence by CommonMark, and is read as one here: whether it still is when
// a message has lost that white space, or was cut in it, is not held against anybody.
bool far_indented(std::string_view markdown, std::size_t limit) {
  constexpr std::size_t kFar = 16;
  std::size_t longest = std::min<std::size_t>(500, limit / 2);
  while (!markdown.empty()) {
    std::string_view line = markdown.substr(0, markdown.find('\n'));
    std::size_t indent = 0;
    while (indent < std::min(kFar, line.size()) && text::white(text::first(line.substr(indent)).value))
      ++indent;
    if (indent == kFar || (indent > 0 && line.size() > longest)) return true;
    markdown.remove_prefix(std::min(line.size() + 1, markdown.size()));
  }
  return false;
}

}  // namespace

void splitter(std::string_view bytes) {
  Input input(bytes);
  std::size_t choice = input.number(256);
  std::size_t limit = choice < 128 ? kDiscords : 1 + input.number(400);
  std::string_view markdown = input.rest();
  std::string joined;
  auto chunks = split(markdown, {limit});
  for (const Chunk& chunk : chunks) {
    require(text::code_points(chunk.text) <= limit, "a message is too long");
    require(!text::blank(chunk.text), "a message is blank");
    joined += source(chunk);
  }
  require(text::blank(markdown) ? chunks.empty() : joined == markdown, "the pieces are not the text");
  if (limit >= 200 && !cut_in_lines(chunks) && !far_indented(markdown, limit))
    for (const Chunk& chunk : chunks)
      require(!leaves_open(chunk.text, limit) || chunks.size() == 1, "a fence is left open: " + chunk.text);
}

}  // namespace coordinator::fuzz
