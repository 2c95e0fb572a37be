// Messages of channels, and reactions to them.
// https://discord.com/developers/docs/resources/message
#include <algorithm>

#include "api.h"
#include "message_form.h"
#include "objects.h"

namespace coordinator::playground {

namespace {

// As this application may see it: over REST the portal's switch decides, not the intents of a session.
Json visible(Backstage& backstage, const Call& call, const Message& message) {
  Json object = kept_message_object(backstage.world, message, call.application->user);
  if (call.application->message_content) return object;
  return without_content(std::move(object), call.application->user);
}

Reply list_messages(Backstage& backstage, Call& call) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  auto parameter = [&call](const char* name) -> std::optional<MessageId> {
    auto text = call.request.parameter(name);
    return text ? MessageId::parse(*text) : std::nullopt;
  };
  auto limit_text = call.request.parameter("limit").value_or("50");
  std::size_t limit = static_cast<std::size_t>(std::atoi(std::string(limit_text).c_str()));
  if (limit < 1 || limit > 100) {
    FormErrors errors;
    errors.add("limit", "int value should be between 1 and 100.");
    return Reply::invalid(errors);
  }
  auto before = parameter("before"), after = parameter("after"), around = parameter("around");
  std::vector<const Message*> found;
  for (const auto& [id, message] : backstage.world.messages((*channel)->id)) {
    if (message.ephemeral_for || (before && !(id < *before)) || (after && !(id > *after))) continue;
    found.push_back(&message);
  }
  auto first = found.begin(), last = found.end();
  if (after) {
    last = first + static_cast<std::ptrdiff_t>(std::min(limit, found.size()));
  } else if (around) {
    auto middle =
        std::lower_bound(first, last, *around, [](const Message* m, MessageId id) { return m->id < id; });
    auto half = static_cast<std::ptrdiff_t>(limit / 2);
    if (middle - first > half) first = middle - half;
    if (last - first > static_cast<std::ptrdiff_t>(limit)) last = first + static_cast<std::ptrdiff_t>(limit);
  } else if (found.size() > limit) {
    first = last - static_cast<std::ptrdiff_t>(limit);
  }
  Json out = Json::array();
  while (last != first) out.push(visible(backstage, call, **--last));  // the newest first
  return Reply::of(std::move(out));
}

Reply get_message(Backstage& backstage, Call& call) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  auto message = message_of(backstage, call, (*channel)->id);
  if (!message) return std::move(message.error());
  return Reply::of(visible(backstage, call, **message));
}

// The first message with this nonce, where enforce_nonce asks for it: 10008 when that one was deleted since.
std::optional<Reply> repeated(Backstage& backstage, const Call& call, const MessageForm& form,
                              ChannelId channel) {
  if (!form.nonce || !form.enforce_nonce) return std::nullopt;
  auto first = backstage.nonces.find(call.application->user, form.nonce->dump(), call.now.wall);
  if (!first) return std::nullopt;
  const auto* message = backstage.world.message(channel, *first);
  if (!message) return Reply::error(404, 10008, "Unknown Message");
  return Reply::of(message_object(backstage.world, *message, call.application->user));
}

Reply create_message(Backstage& backstage, Call& call) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  bool may = (*channel)->bot_may_send && (call.files.empty() || (*channel)->bot_may_attach);
  if (!may) return Reply::error(403, 50013, "Missing Permissions");
  if ((*channel)->locked && (*channel)->archived) return Reply::error(400, 50083, "Thread is archived");
  auto form = read_message(call.body.view(), std::move(call.files), Purpose::create);
  if (!form) return std::move(form.error());
  if (auto first = repeated(backstage, call, *form, (*channel)->id)) return std::move(*first);
  if (form->reply_to && !backstage.world.message((*channel)->id, *form->reply_to)) {
    if (form->fail_if_not_exists) {
      FormErrors errors;
      errors.add("message_reference", "Unknown message");
      return Reply::invalid(errors);
    }
    form->reply_to.reset();
  }
  std::optional<std::string> nonce;
  if (form->nonce) nonce = form->nonce->dump();
  auto& message = backstage.chat.post(Draft::from(std::move(*form), call.application->user, (*channel)->id));
  if (nonce) backstage.nonces.remember(message.author, *nonce, message.id, call.now.wall);
  return Reply::of(message_object(backstage.world, message, call.application->user));
}

Reply edit_message(Backstage& backstage, Call& call) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  auto message = message_of(backstage, call, (*channel)->id);
  if (!message) return std::move(message.error());
  if ((*message)->author != call.application->user)
    return Reply::error(403, 50005, "Cannot edit a message authored by another user");
  if (!call.files.empty() && !(*channel)->bot_may_attach)
    return Reply::error(403, 50013, "Missing Permissions");
  auto form = read_message(call.body.view(), std::move(call.files), Purpose::edit);
  if (!form) return std::move(form.error());
  backstage.chat.edit(**message, std::move(*form));
  return Reply::of(message_object(backstage.world, **message, call.application->user));
}

Reply delete_message(Backstage& backstage, Call& call) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  auto message = message_of(backstage, call, (*channel)->id);
  if (!message) return std::move(message.error());
  backstage.chat.remove((*channel)->id, (*message)->id);
  return Reply::empty();
}

Reply react(Backstage& backstage, Call& call, bool add) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  auto message = message_of(backstage, call, (*channel)->id);
  if (!message) return std::move(message.error());
  auto emoji = Emoji::parse(call.params[2]);
  if (!emoji) return Reply::error(400, 10014, "Unknown Emoji");
  UserId who = call.application->user;
  if (call.params.size() > 3) who = UserId::parse(call.params[3]).value_or(UserId{});
  if (!backstage.chat.react(**message, who, *emoji, add))
    return Reply::error(403, 30010, "Maximum number of reactions reached (20)");
  return Reply::empty();
}

Reply list_reactions(Backstage& backstage, Call& call) {
  auto channel = channel_of(backstage, call);
  if (!channel) return std::move(channel.error());
  auto message = message_of(backstage, call, (*channel)->id);
  if (!message) return std::move(message.error());
  auto emoji = Emoji::parse(call.params[2]);
  if (!emoji) return Reply::error(400, 10014, "Unknown Emoji");
  Json out = Json::array();
  for (const auto& reaction : (*message)->reactions)
    if (reaction.emoji == *emoji)
      for (UserId id : reaction.users)
        if (const auto* user = backstage.world.user(id)) out.push(user_object(*user));
  return Reply::of(std::move(out));
}

}  // namespace

void add_message_routes(Routes& routes) {
  routes.add("GET", "/channels/{}/messages", list_messages);
  routes.add("POST", "/channels/{}/messages", create_message);
  routes.add("GET", "/channels/{}/messages/{}", get_message);
  routes.add("PATCH", "/channels/{}/messages/{}", edit_message);
  routes.add("DELETE", "/channels/{}/messages/{}", delete_message);
}

void add_reaction_routes(Routes& routes) {
  auto add = [](Backstage& backstage, Call& call) { return react(backstage, call, true); };
  auto remove = [](Backstage& backstage, Call& call) { return react(backstage, call, false); };
  routes.add("PUT", "/channels/{}/messages/{}/reactions/{}/@me", add);
  routes.add("DELETE", "/channels/{}/messages/{}/reactions/{}/@me", remove);
  routes.add("DELETE", "/channels/{}/messages/{}/reactions/{}/{}", remove);
  routes.add("GET", "/channels/{}/messages/{}/reactions/{}", list_reactions);
}

}  // namespace coordinator::playground
