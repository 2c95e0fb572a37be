// `coordinator reload` and `coordinator metrics`: requests of one word to the running daemon.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "base/json.h"

namespace coordinator::app {

struct ControlCommand {
  std::string request;  // as the control socket knows it; also the subcommand
  bool json = false;
  std::optional<std::string> state;  // the state directory; absent: the usual places
};

// Prints the answer, and returns the program's exit status (see ControlFailure).
int run_control_command(const ControlCommand& command);

// The daemon's answer; or, when why there is none has been printed for a person (or as {"error": ...} with
// `json`), the exit status. `who` is the subcommand.
tl::expected<Json, int> ask_or_complain(const std::string& who, const std::optional<std::string>& state,
                                        const Json& request, bool json);

}  // namespace coordinator::app
