// What Discord lets a slash command and its options be called.
#pragma once

#include <string>
#include <string_view>

namespace coordinator::command {

// Empty when it may be called so; otherwise what is wrong, to follow "its name ":
// `has 40 characters; Discord takes 1 to 32`.
// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming
std::string wrong_in_command_name(std::string_view name);

}  // namespace coordinator::command
