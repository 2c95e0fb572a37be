#include "app/stop_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
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

std::string turns(std::size_t count) { return fmt::format("{} turn{}", count, count == 1 ? "" : "s"); }

// Nobody else begins or takes up turns meanwhile.
int end_without_daemon(const StopCommand& command, const std::string& state, const ControlError& no_daemon) {
  auto lock = io::LockFile::take(state + "/lock", "coordinatord");
  if (!lock)
    return complain(command,
                    {ControlFailure::no_daemon,
                     no_daemon.what + "; but one is just starting or ending, so try again in a moment (" +
                         lock.error().what + ")"});
  agent::AbandonedTurns abandoned = agent::end_abandoned_turns(state + "/turns");
  if (!abandoned.left.empty())
    return complain(
        command,
        {ControlFailure::refused,
         fmt::format("no daemon runs; {} of an earlier one ended, and {} did not: {}. Try "
                     "again, or look at their processes: each has its turn's name in its "
                     "environment",
                     turns(abandoned.ended), turns(abandoned.left.size()), fmt::join(abandoned.left, ", "))});
  if (abandoned.ended == 0) return complain(command, no_daemon);
  return done(command, fmt::format("no daemon runs; {} of an earlier one ended", turns(abandoned.ended)));
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
  return end_without_daemon(command, io::parent_of(*socket), answer.error());
}

}  // namespace coordinator::app
