// `coordinator plugins`: what commands are loaded, and turning them on and off, by the running daemon.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"

namespace coordinator::app {

struct PluginsCommand {
  enum class Verb { list, enable, disable, reload };

  Verb verb = Verb::list;
  std::string name;
  bool json = false;
  std::optional<std::string> state;  // the state directory; absent: the usual places
};

// Prints, and returns the program's exit status (see ControlFailure).
int run_plugins_command(const PluginsCommand& command);

// The answer of plugins.list as a table for a person. Nothing in it can move a terminal's cursor.
std::string plugins_table(JsonView answer);

}  // namespace coordinator::app
