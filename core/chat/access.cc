#include "chat/access.h"

#include <algorithm>

namespace coordinator::chat {

namespace {

template <class Id>
bool contains(const std::vector<Id>& ids, Id wanted) {
  return std::find(ids.begin(), ids.end(), wanted) != ids.end();
}

}  // namespace

Person author_of(const discord::Message& message) {
  return {message.author.id, message.author.display_name, message.author_roles, message.guild,
          message.channel};
}

bool allows(const Access& access, const Person& person) {
  if (access.everyone || names(access, person.user)) return true;
  if (person.guild && contains(access.guilds, *person.guild)) return true;
  return std::any_of(person.roles.begin(), person.roles.end(),
                     [&](RoleId role) { return contains(access.roles, role); });
}

bool names(const Access& access, UserId user) { return contains(access.users, user); }

}  // namespace coordinator::chat
