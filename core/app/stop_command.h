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

// Ends every turn below that state directory whose shim listens, and waits until they are gone, at most half
// a minute: how many there were. For when no daemon runs; the next one tells their channels.
std::size_t end_turns_without_daemon(const std::string& state);

}  // namespace coordinator::app
