// A message as far as Coordinator reads it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/json.h"

namespace coordinator::discord {

struct User {
  UserId id;
  std::string name;          // the account's name
  std::string display_name;  // the server's nickname, else the global name, else the account's name
  bool bot = false;
};

struct Attachment {
  std::string id, filename, content_type, url;
  std::uint64_t size = 0;
};

// https://discord.com/developers/docs/resources/message#message-object-message-types
enum class MessageType { normal = 0, reply = 19, thread_starter = 21, other = -1 };

struct ReferencedMessage {
  MessageId id;
  User author;
  std::string content;  // may be empty without the message content intent
  std::vector<Attachment> attachments;
};

struct Message {
  MessageId id;
  ChannelId channel;
  std::optional<GuildId> guild;  // none: a direct message
  MessageType type = MessageType::normal;
  User author;
  bool from_webhook = false;
  std::vector<RoleId> author_roles;
  std::string content;
  std::vector<UserId> mentions;
  std::vector<Attachment> attachments;
  std::optional<ReferencedMessage> referenced;
};

// What a server says about one of its members, which a message of the REST API lacks.
struct Member {
  std::string nick;  // empty: none
  std::vector<RoleId> roles;
};
Member parse_member(JsonView data);
// As MESSAGE_CREATE would have told the message.
void add_member(Message& message, const Member& member);

// The `d` of MESSAGE_CREATE or MESSAGE_UPDATE, or a message of the REST API. An error when ids or author are
// missing.
Result<Message> parse_message(JsonView data);

}  // namespace coordinator::discord
