#include "agent/abandoned_turns.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "base/clock.h"
#include "io/loop.h"
#include "io/timer.h"
#include "io/unix_socket.h"
#include "shim/protocol.h"

namespace coordinator::agent {

namespace {

constexpr Millis kPatience = 30s;

std::vector<std::string> sockets_below(const std::string& directory) {
  std::vector<std::string> sockets;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
    std::string socket = entry.path().string() + "/" + shim::kSocketName;
    if (std::filesystem::exists(socket, none)) sockets.push_back(std::move(socket));
  }
  return sockets;
}

}  // namespace

std::size_t end_abandoned_turns(const std::string& directory) {
  io::Loop loop;
  std::size_t left = 0;
  std::vector<std::unique_ptr<io::PipeStream>> shims;
  auto gone = [&] {
    if (--left == 0) loop.stop();
  };
  for (const std::string& socket : sockets_below(directory)) {
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

}  // namespace coordinator::agent
