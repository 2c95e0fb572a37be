#include "chat/reactions.h"

namespace coordinator::chat {

Effects Reactions::want(ChannelId channel, MessageId message, const std::string& emoji, bool present) {
  auto [mark, idle] = marks_.try_emplace({message, emoji}, Mark{channel, present, present});
  mark->second.wanted = present;
  return idle ? ask(mark->first, mark->second) : Effects{};
}

Effects Reactions::settled(MessageId message, const std::string& emoji, bool certain) {
  auto found = marks_.find({message, emoji});
  if (found == marks_.end()) return {};
  Mark& mark = found->second;
  if (mark.wanted != mark.asked) return ask(found->first, mark);
  Effects effects;
  if (certain && !mark.wanted) effects.write(store::Mark{message, mark.channel, emoji, false});
  marks_.erase(found);
  return effects;
}

Effects Reactions::ask(const Key& key, Mark& mark) {
  mark.asked = mark.wanted;
  Effects effects;
  if (mark.asked) effects.write(store::Mark{key.first, mark.channel, key.second, true});
  effects.act(SetReaction{mark.channel, key.first, key.second, mark.asked});
  return effects;
}

}  // namespace coordinator::chat
