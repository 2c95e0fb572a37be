// The words of a mention: what is left for the agent when the mention itself is taken out.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "discord/message.h"

namespace coordinator::chat {

// By mentions[] (which a reply with a ping fills as well); only ordinary messages and replies by people.
bool mentions(const discord::Message& message, UserId self);

// The content without `<@self>` and `<@!self>`, trimmed; blanks that the mention left behind are closed up.
std::string without_mention(std::string_view content, UserId self);

// The prompt for the agent: who speaks, the quoted message when there is one, the words, and what is
// attached; one of the last two may be empty.
std::string prompt_for(std::string_view speaker, std::string_view quoted, std::string_view words,
                       std::string_view attached = {});

}  // namespace coordinator::chat
