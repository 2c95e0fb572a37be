#include "chat/mention.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace coordinator::chat {

namespace {

std::string quote_lines(std::string_view text) {
  std::string out = "> ";
  for (char c : text) {
    out += c;
    if (c == '\n') out += "> ";
  }
  return out;
}

}  // namespace

bool mentions(const discord::Message& message, UserId self) {
  if (message.author.bot || message.from_webhook || message.author.id == self) return false;
  if (message.type == discord::MessageType::other) return false;
  return std::find(message.mentions.begin(), message.mentions.end(), self) != message.mentions.end();
}

std::string without_mention(std::string_view content, UserId self) {
  std::string words(content);
  for (const std::string& mark : {"<@" + self.text() + ">", "<@!" + self.text() + ">"}) {
    for (std::size_t at = words.find(mark); at != std::string::npos; at = words.find(mark, at)) {
      std::size_t length = mark.size();
      bool blank_before = at == 0 || words[at - 1] == ' ' || words[at - 1] == '\n';
      if (blank_before && at + length < words.size() && words[at + length] == ' ') ++length;
      words.erase(at, length);
    }
  }
  return std::string(text::trimmed(words));
}

std::string prompt_for(std::string_view speaker, std::string_view quoted, std::string_view words,
                       std::string_view attached) {
  std::string prompt;
  if (!quoted.empty())
    prompt = fmt::format("{} replies to this message:\n\n{}\n\n", speaker, quote_lines(quoted));
  if (words.empty() && !attached.empty())
    return prompt + fmt::format("{} sends this without words.\n\n{}", speaker, attached);
  prompt += fmt::format("{} says:\n\n{}", speaker, words);
  return attached.empty() ? prompt : prompt + fmt::format("\n\n{}", attached);
}

}  // namespace coordinator::chat
