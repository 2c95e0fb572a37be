// What the gateway tells the application, decoded. Everything else is dropped before a JSON tree is built.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "discord/message.h"

namespace coordinator::discord {

struct Ready {
  UserId user;
  ApplicationId application;
  std::string user_name;
  std::vector<GuildId> guilds;
  bool resuming = false;  // an earlier process's session goes on; else it is a new one, and what was said
                          // between the two is told by nobody
};

struct Resumed {};

// A channel or thread that became known or changed. `parent` is a thread's channel (or a channel's category).
struct ChannelSeen {
  ChannelId id;
  std::optional<GuildId> guild;
  std::optional<ChannelId> parent;
  bool is_thread = false;
  std::string name;
  MessageId last_message{};  // perhaps deleted since; zero: there is none, or it holds threads only
};
// All channels and active threads of that server have been told.
struct GuildSeen {
  GuildId id;
};
struct ChannelGone {
  ChannelId id;
};

struct MessageCreated {
  Message message;
};
struct MessageUpdated {
  Message message;
};
struct MessageDeleted {
  MessageId id;
  ChannelId channel;
};
struct ReactionAdded {
  MessageId message;
  ChannelId channel;
  UserId user;
  std::string emoji;  // the character itself, or name:id
};
struct TypingStarted {
  ChannelId channel;
  UserId user;
};
// Whole, since commands and components read different parts of it.
struct InteractionCreated {
  Json interaction;
};

using Event = std::variant<Ready, Resumed, ChannelSeen, GuildSeen, ChannelGone, MessageCreated,
                           MessageUpdated, MessageDeleted, ReactionAdded, TypingStarted, InteractionCreated>;

}  // namespace coordinator::discord
