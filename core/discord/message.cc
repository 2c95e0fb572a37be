#include "discord/message.h"

#include <utility>

namespace coordinator::discord {

namespace {

MessageType type_of(JsonView type) {
  switch (type.integer().value_or(0)) {
    case 0:
      return MessageType::normal;
    case 19:
      return MessageType::reply;
    case 21:
      return MessageType::thread_starter;
    default:
      return MessageType::other;
  }
}

// `member` is what the server adds to its own messages: the nickname, the roles.
User user_of(JsonView user, JsonView member) {
  User out;
  out.id = user["id"].id<UserId>().value_or(UserId{});
  out.name = user["username"].text_or("");
  out.display_name = member["nick"].text_or(user["global_name"].text_or(out.name));
  out.bot = user["bot"].truthy();
  return out;
}

template <class Id>
std::vector<Id> ids_of(JsonView array) {
  std::vector<Id> ids;
  for (JsonView element : array) {
    auto id = element.is_object() ? element["id"].id<Id>() : element.id<Id>();
    if (id) ids.push_back(*id);
  }
  return ids;
}

std::vector<Attachment> attachments_of(JsonView array) {
  std::vector<Attachment> out;
  for (JsonView file : array)
    out.push_back({file["id"].text_or(""), file["filename"].text_or(""), file["content_type"].text_or(""),
                   file["url"].text_or(""), static_cast<std::uint64_t>(file["size"].integer().value_or(0))});
  return out;
}

// Null is a deleted message, absent one that was not loaded: both read as none.
std::optional<ReferencedMessage> referenced_of(JsonView message) {
  auto id = message["id"].id<MessageId>();
  if (!id) return std::nullopt;
  return ReferencedMessage{*id, user_of(message["author"], message["member"]), message["content"].text_or(""),
                           attachments_of(message["attachments"])};
}

}  // namespace

Member parse_member(JsonView data) { return {data["nick"].text_or(""), ids_of<RoleId>(data["roles"])}; }

void add_member(Message& message, const Member& member) {
  message.author_roles = member.roles;
  if (!member.nick.empty()) message.author.display_name = member.nick;
}

Result<Message> parse_message(JsonView data) {
  auto id = data["id"].id<MessageId>();
  auto channel = data["channel_id"].id<ChannelId>();
  if (!id || !channel) return fail("a message without id or channel");
  Message message;
  message.id = *id;
  message.channel = *channel;
  message.author = user_of(data["author"], data["member"]);
  if (!message.author.id) return fail("message {} has no author", id->text());
  message.guild = data["guild_id"].id<GuildId>();
  message.type = type_of(data["type"]);
  message.from_webhook = data["webhook_id"].is_string();
  message.author_roles = ids_of<RoleId>(data["member"]["roles"]);
  message.content = data["content"].text_or("");
  message.mentions = ids_of<UserId>(data["mentions"]);
  message.attachments = attachments_of(data["attachments"]);
  message.referenced = referenced_of(data["referenced_message"]);
  return message;
}

}  // namespace coordinator::discord
