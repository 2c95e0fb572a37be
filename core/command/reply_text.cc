#include "command/reply_text.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "discord/limits.h"
#include "render/markdown.h"
#include "render/splitter.h"

namespace coordinator::command {

namespace {

constexpr std::size_t kRoom = 100;             // for the sentence at the end
constexpr std::size_t kMarkdown = 256 * 1024;  // bytes; far more than ten messages hold

}  // namespace

std::vector<std::string> reply_messages(std::string_view markdown) {
  std::string text = render::for_discord(markdown.substr(0, kMarkdown));
  std::vector<render::Chunk> chunks = render::split(text, {discord::limits::kContent});
  bool cut = chunks.size() > kReplyMessages;
  if (cut) chunks = render::split(text, {discord::limits::kContent - kRoom});
  std::vector<std::string> messages;
  std::size_t left = 0;
  for (render::Chunk& chunk : chunks) {
    if (messages.size() < kReplyMessages)
      messages.push_back(std::move(chunk.text));
    else
      left += text::code_points(chunk.text);
  }
  if (cut) messages.back() += fmt::format("\n-# {} more characters were left out.", left);
  return messages;
}

}  // namespace coordinator::command
