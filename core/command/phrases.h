// What the desk itself says to people: each sentence names what to do next.
#pragma once

#include <string>
#include <string_view>

namespace coordinator::command::phrases {

std::string unknown_command(std::string_view command);
std::string plugin_not_loaded(std::string_view plugin);
std::string expired(bool modal);
std::string too_late();
std::string foreign();
std::string nothing_behind(std::string_view plugin);
// Used in a server that has none of our channels.
std::string elsewhere();
// The configuration has turned plugins off.
std::string off();
std::string busy();

}  // namespace coordinator::command::phrases
