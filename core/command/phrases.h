// What the desk itself says to people: each sentence names what to do next.
#pragma once

#include <string>
#include <string_view>

namespace coordinator::command::phrases {

std::string unknown_command(std::string_view command);
std::string plugin_not_loaded(std::string_view plugin);
std::string expired(bool modal);
std::string foreign();
std::string nothing_behind(std::string_view plugin);
std::string busy();

}  // namespace coordinator::command::phrases
