#include "command/phrases.h"

#include <fmt/format.h>

namespace coordinator::command::phrases {

std::string unknown_command(std::string_view command) {
  return fmt::format(
      "`/{}` is not loaded just now: its plugin was removed, or is being replaced. Try again in "
      "a few seconds; `/plugins` says what is there.",
      command);
}

std::string plugin_not_loaded(std::string_view plugin) {
  return fmt::format(
      "The plugin `{}` that made this is not loaded just now. Try again in a few seconds; "
      "`/plugins` says what is there.",
      plugin);
}

std::string expired(bool modal) {
  return fmt::format("This {} has expired. Use its command again for a fresh one.",
                     modal ? "form" : "button");
}

std::string too_late() { return "This button has expired. Ask again with a new message."; }

std::string foreign() {
  return "This button was not made by any plugin of mine. Use its command again for a fresh one.";
}

std::string nothing_behind(std::string_view plugin) {
  return fmt::format("The plugin `{}` has nothing behind this any more. Use its command again.", plugin);
}

std::string elsewhere() {
  return "I have no project on this server. Whoever runs me can give one of its channels a project in my "
         "configuration.";
}

std::string off() { return "Commands are switched off here. Mention me instead."; }

std::string busy() { return "Too many commands are at work just now. Try again in a few seconds."; }

}  // namespace coordinator::command::phrases
