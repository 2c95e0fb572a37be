#include "chat/reactions.h"

namespace coordinator::chat {

Effects Reactions::want(ChannelId channel, MessageId message, const std::string& emoji, bool present) {
  auto [mark, idle] = marks_.try_emplace(message, Mark{channel, emoji, present, present});
  mark->second.wanted = present;
  return idle ? ask(message, mark->second) : Effects{};
}

Effects Reactions::settled(MessageId message) {
  auto mark = marks_.find(message);
  if (mark == marks_.end()) return {};
  if (mark->second.wanted != mark->second.asked) return ask(message, mark->second);
  marks_.erase(mark);
  return {};
}

Effects Reactions::ask(MessageId message, Mark& mark) {
  mark.asked = mark.wanted;
  Effects effects;
  effects.act(SetReaction{mark.channel, message, mark.emoji, mark.asked});
  return effects;
}

}  // namespace coordinator::chat
