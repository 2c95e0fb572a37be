// The narrow edge between a conversation and the processes that hold it: start a turn, cancel it, hear what
// it says.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "agent/adapter.h"
#include "agent/event.h"
#include "agent/spec.h"

namespace coordinator::agent {

// How a turn came to its end. Nothing that it started is left when this is told; its agent is gone too, or
// stays for the session's next turn (AgentSettings::warm_for).
struct TurnEnded {
  Outcome outcome = Outcome::success;
  Failure failure = Failure::none;
  std::string
      text;  // for a failure: the agent's words, or the tail of its stderr, for the log; never shown unasked
  TurnResult result;  // the agent's own result; its session_id is empty where there was none
};

using TurnReport = std::variant<Event, TurnEnded>;

class Runner {
 public:
  // Called for each event in order and then once with TurnEnded; never from inside a call to the Runner.
  using Listener = std::function<void(const std::string& turn_id, const TurnReport&)>;

  virtual ~Runner() = default;
  virtual void listen(Listener listener) = 0;
  // A failure to start is reported as TurnEnded, not thrown or returned.
  virtual void start(const TurnSpec& spec) = 0;
  // Asks the turn to end early: interrupt, SIGINT, SIGTERM, SIGKILL, each after the other's time. Unknown
  // turns are ignored.
  virtual void cancel(const std::string& turn_id) = 0;
  // Answers what the turn's PermissionRequest asked. Unknown turns, and requests that were answered before or
  // withdrawn, are ignored: it may be answered again after a restart.
  virtual void answer(const std::string& turn_id, const PermissionAnswer& answer) = 0;
  // Says more to a turn that runs: Steered follows once the agent has taken it, and the turn then ends with
  // the result that covers it. A turn that ends without Steered has not taken it. Unknown turns, and turns
  // that are ending, ignore it; it may be said again after a restart.
  virtual void steer(const std::string& turn_id, const Steering& steering) = 0;
  // Starts the session's agent ahead of its next turn, where that saves time and there is room. Nothing is
  // ever told of it. `spec` is as for start(), without what names the turn and its message.
  virtual void prepare(TurnSpec spec) = 0;
  // Takes up a turn that an earlier daemon started and whose shim may still live: its events are told again
  // from the first one. A turn that was not begun ends with Failure::not_begun, one whose shim
  // vanished with Failure::lost.
  virtual void adopt(const TurnSpec& spec) = 0;
  // Removes what an ended turn left on the disk: its end is written down elsewhere. Unknown turns are
  // ignored.
  virtual void forget(const std::string& turn_id) = 0;
};

}  // namespace coordinator::agent
