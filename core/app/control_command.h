// `coordinator reload` and `coordinator metrics`: requests of one word to the running daemon.
#pragma once

#include <optional>
#include <string>

#include "app/control_client.h"

namespace coordinator::app {

struct ControlCommand {
  std::string request;  // as the control socket knows it
  bool json = false;
  std::optional<std::string> state;  // the state directory; absent: the usual places
};

// Prints the answer's text (or the answer as JSON), and returns the program's exit status (see
// ControlFailure).
int run_control_command(const ControlCommand& command);

// Asks, and says on stderr why there is no answer. `who` is the subcommand.
tl::expected<Json, int> ask_or_complain(const std::string& who, const std::optional<std::string>& state,
                                        const Json& request);

}  // namespace coordinator::app
