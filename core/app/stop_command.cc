#include "app/stop_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "agent/abandoned_turns.h"
#include "app/control_client.h"
#include "base/environment.h"
#include "io/file.h"

namespace coordinator::app {

namespace {

int done(const StopCommand& command, const std::string& words) {
  fmt::print("{}\n", command.json ? Json(words).dump() : words);
  return 0;
}

int complain(const StopCommand& command, const ControlError& error) {
  fmt::print(stderr, "coordinator stop: {}\n", error.what);
  if (command.json) fmt::print("{}\n", Json::object().set("error", error.what).dump());
  return static_cast<int>(error.failure);
}

}  // namespace

int run_stop_command(const StopCommand& command) {
  auto socket = find_control_socket(command.state, own_environment());
  if (!socket) return complain(command, socket.error());
  auto answer = ask_daemon(
      *socket, Json::object().set("request", "stop").set("turns", command.leave_turns ? "leave" : "end"));
  if (answer) return done(command, answer->view().text_or(answer->dump()));
  if (answer.error().failure != ControlFailure::no_daemon || command.leave_turns)
    return complain(command, answer.error());
  std::size_t ended = agent::end_abandoned_turns(io::parent_of(*socket) + "/turns");
  if (ended == 0) return complain(command, answer.error());
  return done(command, fmt::format("no daemon runs; {} turn{} of an earlier one {} ended", ended,
                                   ended == 1 ? "" : "s", ended == 1 ? "was" : "were"));
}

}  // namespace coordinator::app
