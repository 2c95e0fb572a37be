#include "app/stop_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "app/control_client.h"
#include "base/environment.h"
#include "io/file.h"
#include "io/loop.h"
#include "io/timer.h"
#include "io/unix_socket.h"
#include "shim/protocol.h"

namespace coordinator::app {

namespace {

constexpr Millis kPatience = 30s;

int done(const StopCommand& command, const std::string& words) {
  fmt::print("{}\n", command.json ? Json(words).dump() : words);
  return 0;
}

int complain(const StopCommand& command, const ControlError& error) {
  fmt::print(stderr, "coordinator stop: {}\n", error.what);
  if (command.json) fmt::print("{}\n", Json::object().set("error", error.what).dump());
  return static_cast<int>(error.failure);
}

std::vector<std::string> sockets_below(const std::string& state) {
  std::vector<std::string> sockets;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(state + "/turns", none)) {
    std::string socket = entry.path().string() + "/" + shim::kSocketName;
    if (std::filesystem::exists(socket, none)) sockets.push_back(std::move(socket));
  }
  return sockets;
}

}  // namespace

std::size_t end_turns_without_daemon(const std::string& state) {
  io::Loop loop;
  std::size_t left = 0;
  std::vector<std::unique_ptr<io::PipeStream>> shims;
  auto gone = [&] {
    if (--left == 0) loop.stop();
  };
  for (const std::string& socket : sockets_below(state)) {
    auto shim = io::connect_unix(loop, socket, {[](std::string_view) {}, gone});
    if (!shim || !(*shim)->write(shim::command_line(shim::EndAll{}))) continue;
    shims.push_back(std::move(*shim));
    ++left;
  }
  io::Timer patience(loop, [&] { loop.stop(); });
  patience.start(kPatience);
  if (left > 0) loop.run();
  return shims.size();
}

int run_stop_command(const StopCommand& command) {
  auto socket = find_control_socket(command.state, own_environment());
  if (!socket) return complain(command, socket.error());
  auto answer = ask_daemon(
      *socket, Json::object().set("request", "stop").set("turns", command.leave_turns ? "leave" : "end"));
  if (answer) return done(command, answer->view().text_or(answer->dump()));
  if (answer.error().failure != ControlFailure::no_daemon || command.leave_turns)
    return complain(command, answer.error());
  std::size_t ended = end_turns_without_daemon(io::parent_of(*socket));
  if (ended == 0) return complain(command, answer.error());
  return done(command, fmt::format("no daemon runs; {} turn{} of an earlier one {} ended", ended,
                                   ended == 1 ? "" : "s", ended == 1 ? "was" : "were"));
}

}  // namespace coordinator::app
