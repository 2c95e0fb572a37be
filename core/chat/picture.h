// One turn as people see it while it goes on: what the agent has written, what it writes just now, and one
// line for what it does meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event.h"
#include "base/clock.h"

namespace coordinator::chat {

class Picture {
 public:
  // Whether there is something new to see.
  bool hear(const agent::Event& event, Instant now);
  // The messages that should be there now; none where there is nothing to show yet. `blocks` is what the
  // agent has finished, `age` the turn's.
  std::vector<std::string> messages(const std::vector<agent::Text>& blocks, std::size_t most, Millis age,
                                    Instant now) const;
  // What the agent was writing when its turn ended.
  const std::string& growing() const { return growing_; }
  // When it should be looked at again though nothing has happened: time passes in it.
  Instant stale() const { return changed_ + kRefresh; }
  void drawn(Instant now) { changed_ = now; }

  static constexpr Millis kRefresh = 15s;

 private:
  std::string status(Millis age, Instant now) const;

  std::string growing_;
  agent::ToolUse tool_;    // in use; without an id: none
  agent::ApiRetry retry_;  // going on; without an attempt: none
  Instant changed_{};
};

}  // namespace coordinator::chat
