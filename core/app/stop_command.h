// `coordinator stop`: ends the daemon and the turns that run, also those that a daemon which is gone has left
// behind.
#pragma once

#include <optional>
#include <string>

namespace coordinator::app {

struct StopCommand {
  bool leave_turns = false;  // they go on under their shims, for the next daemon
  bool json = false;
  std::optional<std::string> state;  // the state directory; absent: the usual places
};

// Prints what was done, and returns the program's exit status (see ControlFailure).
int run_stop_command(const StopCommand& command);

}  // namespace coordinator::app
