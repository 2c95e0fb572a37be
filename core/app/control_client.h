// The other end of the control socket: one question of the person's command to the daemon.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "base/clock.h"
#include "base/environment.h"
#include "base/json.h"

namespace coordinator::app {

// As the exit status of `coordinator`.
enum class ControlFailure {
  refused = 1,       // the daemon answered: no
  no_daemon = 69,    // EX_UNAVAILABLE of sysexits.h: none runs, or it does not answer
  no_directory = 78  // EX_CONFIG: the state directory cannot be told, or is another user's
};

struct ControlError {
  ControlFailure failure;
  std::string what;
};

// Where the daemon is asked: in `given` (a state directory), else in that of the environment, or in that of
// an installed service (/var/lib/coordinator): the first that holds a control socket.
tl::expected<std::string, ControlError> find_control_socket(const std::optional<std::string>& given,
                                                            const Environment& environment);

// Blocks until the answer has come, at most `patience`.
tl::expected<Json, ControlError> ask_daemon(const std::string& socket, const Json& request,
                                            Millis patience = 60s);

}  // namespace coordinator::app
