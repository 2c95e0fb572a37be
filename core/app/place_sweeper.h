// Takes away what has been in the projects' inboxes and outboxes for too long.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

inline constexpr Millis kFilesKept = 7 * Millis(24h);

// What was attached to messages, what agents have given, and what they left lying in their outboxes. It
// blocks. What cannot be removed stays, and the log says why.
void sweep_place(const std::string& project, WallTime now);

class PlaceSweeper {
 public:
  explicit PlaceSweeper(io::Loop& loop) : loop_(loop) {}

  // To be called now and then: once an hour it goes through these projects' directories, beside the loop.
  void look(const std::vector<std::string>& projects);

 private:
  io::Loop& loop_;
  std::optional<Instant> last_;
  std::shared_ptr<bool> busy_ = std::make_shared<bool>(false);
};

}  // namespace coordinator::app
