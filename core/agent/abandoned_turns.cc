#include "agent/abandoned_turns.h"

#include <filesystem>
#include <memory>
#include <set>
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

struct Place {
  std::string turn_id, socket;
};

std::vector<Place> places_below(const std::string& directory) {
  std::vector<Place> places;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
    std::string socket = entry.path().string() + "/" + shim::kSocketName;
    if (std::filesystem::exists(socket, none)) places.push_back({entry.path().filename(), std::move(socket)});
  }
  return places;
}

}  // namespace

AbandonedTurns end_abandoned_turns(const std::string& directory) {
  io::Loop loop;
  AbandonedTurns turns;
  std::set<std::string> asked;
  std::vector<std::unique_ptr<io::PipeStream>> shims;
  for (const Place& place : places_below(directory)) {
    auto gone = [&, id = place.turn_id] {
      turns.ended += asked.erase(id);
      if (asked.empty()) loop.stop();
    };
    auto shim = io::connect_unix(loop, place.socket, {[](std::string_view) {}, gone});
    if (shim && (*shim)->write(shim::command_line(shim::EndAll{}))) {
      shims.push_back(std::move(*shim));
      asked.insert(place.turn_id);
    } else if (shim || shim.error().cause == Cause::busy) {  // else nobody is there any more
      turns.left.push_back(place.turn_id);
    }
  }
  io::Timer patience(loop, [&] { loop.stop(); });
  patience.start(kPatience);
  if (!asked.empty()) loop.run();
  turns.left.insert(turns.left.end(), asked.begin(), asked.end());
  return turns;
}

}  // namespace coordinator::agent
