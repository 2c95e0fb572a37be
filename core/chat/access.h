// Who may do what: one rule list against one person.
#pragma once

#include "chat/project.h"
#include "discord/message.h"

namespace coordinator::chat {

// True when the list names the author, one of the author's roles, or the guild; an empty list names nobody.
bool allows(const Access& access, const discord::Message& message);

}  // namespace coordinator::chat
