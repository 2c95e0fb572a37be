// Joins the blocks by blank lines, splits them, and closes what is cut off with a sentence.
#include "render/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "render/markdown.h"
#include "render/splitter.h"

namespace coordinator::render {

namespace {

// What stands between blocks; the indentation at a block's beginning is its own.
std::string joined(const std::vector<agent::Text>& blocks) {
  std::string out;
  for (const agent::Text& block : blocks) {
    if (text::blank(block.text)) continue;
    if (!out.empty()) out += "\n\n";
    std::size_t begin = block.text.find_first_not_of("\r\n");
    out += block.text.substr(begin, block.text.find_last_not_of(" \t\r\n") + 1 - begin);
  }
  return out;
}

// Code points of the answer that may be among the messages, since rewriting for Discord shortens few of them
// to less than a fourth. The rest is only counted, however long it is.
std::size_t worth_rendering(const AnswerOptions& options) { return options.messages * options.limit * 4; }

// Lead bytes: each is one code point, in text that is UTF-8.
std::size_t count_roughly(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xc0) != 0x80; }));
}

std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string closing(std::size_t left_out, std::size_t messages) {
  return fmt::format(
      "\n\n*… {} more characters were left out: an answer takes at most {} message{}. "
      "Ask for the rest, or for a shorter answer.*",
      grouped(left_out), messages, messages == 1 ? "" : "s");
}

std::size_t source_size(const std::vector<Chunk>& chunks, std::size_t count) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) size += text::code_points(source(chunks[i]));
  return size;
}

// As much of the last message that may be sent as leaves room for the sentence. `all` counts the answer.
std::string last_message(const std::vector<Chunk>& chunks, std::size_t all, const AnswerOptions& options) {
  std::size_t at = std::min(chunks.size(), options.messages) - 1;
  const Chunk& last = chunks[at];
  std::size_t room = options.limit - text::code_points(closing(all, options.messages));
  const Chunk kept = split(last.text, {room}).front();
  std::size_t sent = text::code_points(kept.text) - kept.suffix - last.prefix;  // marks are ASCII
  std::size_t before = source_size(chunks, at);
  return kept.text + closing(all - std::min(all, before + sent), options.messages);
}

}  // namespace

std::vector<std::string> answer(const std::vector<agent::Text>& blocks, const AnswerOptions& asked) {
  AnswerOptions options = asked;
  options.messages = std::max<std::size_t>(options.messages, 1);
  options.limit = std::max<std::size_t>(options.limit, 200);
  std::string whole = joined(blocks);
  std::size_t cut = text::offset_of(whole, worth_rendering(options));
  std::size_t behind = count_roughly(std::string_view(whole).substr(cut));
  whole = text::valid_utf8(std::string_view(whole).substr(0, cut));
  if (options.for_discord) whole = for_discord(whole);
  std::vector<Chunk> chunks = split(whole, {options.limit});
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < std::min(chunks.size(), options.messages); ++i)
    messages.push_back(chunks[i].text);
  if (!messages.empty() && (behind > 0 || chunks.size() > options.messages))
    messages.back() = last_message(chunks, text::code_points(whole) + behind, options);
  return messages;
}

}  // namespace coordinator::render
