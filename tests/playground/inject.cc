#include "inject.h"

#include <cctype>

namespace coordinator::playground {

namespace {

// Only a whole word counts: "@alice" is a mention in "hi @alice!", and not in "x@alice.example".
std::string with_mentions(World& world, const std::string& text) {
  std::string out;
  auto word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
  };
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    if (text[i] == '@' && (i == 0 || !word(text[i - 1])))
      while (end < text.size() && word(text[end])) ++end;
    std::string_view name(text.data() + i, end - i);
    while (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
    const auto* user = name.size() > 1 ? world.find_user(name) : nullptr;
    if (user)
      out += "<@" + user->id.text() + ">";
    else
      out += name;
    i += name.size();
  }
  return out;
}

}  // namespace

Result<Message*> inject(Chat& chat, Injection injection) {
  World& world = chat.world();
  const auto* channel = world.find_channel(injection.channel);
  if (!channel) return fail("there is no channel \"{}\"", injection.channel);
  const auto* author = world.find_user(injection.author);
  if (!author) return fail("there is no user \"{}\"", injection.author);
  Draft draft;
  draft.author = author->id;
  draft.channel = channel->id;
  draft.content = with_mentions(world, injection.content);
  if (injection.mention_bot) draft.content = "<@" + world.bot().user.text() + "> " + draft.content;
  if (length(draft.content) > 4000) return fail("the content is longer than 4000 characters");
  for (auto& embed : injection.embeds) draft.embeds.push(std::move(embed));
  draft.attachments = std::move(injection.attachments);
  draft.reply_to = injection.reply_to;
  return &chat.post(std::move(draft));
}

}  // namespace coordinator::playground
