#include "chat/access.h"

#include <algorithm>

namespace coordinator::chat {

namespace {

template <class Id>
bool contains(const std::vector<Id>& ids, Id wanted) {
  return std::find(ids.begin(), ids.end(), wanted) != ids.end();
}

}  // namespace

bool allows(const Access& access, const discord::Message& message) {
  if (access.everyone || contains(access.users, message.author.id)) return true;
  if (message.guild && contains(access.guilds, *message.guild)) return true;
  return std::any_of(message.author_roles.begin(), message.author_roles.end(),
                     [&](RoleId role) { return contains(access.roles, role); });
}

}  // namespace coordinator::chat
