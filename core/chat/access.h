// Who may do what: one rule list against one person.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "chat/project.h"
#include "discord/message.h"

namespace coordinator::chat {

// Who asks, and from where.
struct Person {
  UserId user;
  std::string name;
  std::vector<RoleId> roles;
  std::optional<GuildId> guild;
  ChannelId channel;              // or the thread
  std::uint64_t permissions = 0;  // Discord's bits there, of an interaction; a message does not tell them
};

Person author_of(const discord::Message& message);

// Discord's permission bits: https://discord.com/developers/docs/topics/permissions
inline constexpr std::uint64_t kAdministrator = 1u << 3;
inline constexpr std::uint64_t kManageMessages = 1u << 13;

// True when the list names the person, one of the person's roles, or the guild; an empty list names nobody.
bool allows(const Access& access, const Person& person);

// True when the list names this very user.
bool names(const Access& access, UserId user);

}  // namespace coordinator::chat
