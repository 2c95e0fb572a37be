// One turn as a pure machine: from its prompt to the end of the last process that it started.
//
//   starting --Ready--> running --our result--> settling --Settled--> ended, its agent stays
//                          |         |              v
//                          |         +--------> finishing --Gone--> ended
//                          |                        ^
//                          +--Cancel, watchdogs--> cancelling
//
// Finishing and cancelling are ladders: each rung asks harder than the one before and waits its time.
// Whatever happens, the way ends in Gone, and only Gone ends the turn, unless its agent is kept for the next
// one and what else the turn had started is gone.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "agent/adapter.h"
#include "agent/event.h"
#include "agent/runner.h"
#include "agent/shim_exit.h"
#include "agent/spec.h"
#include "base/clock.h"

namespace coordinator::agent {

// What happens to a turn.
struct Ready {
  bool asked = false;      // the prompt was written already, by an earlier daemon
  Millis age{};            // of the turn, whichever daemon began it
  bool can_settle = true;  // its shim knows how to end a turn and keep the agent
};
struct Said {
  Event event;
};
struct CaughtUp {};     // everything that the agent has said until now was told
struct LineTooLong {};  // a line beyond Limits::line_bytes
struct Refused {        // what was written did not reach the agent
  std::string why;
};
struct Cancel {};
struct Answered {
  PermissionAnswer answer;
};
struct Steer {
  Steering steering;
};
struct Settled {};  // what the turn has left behind is gone, its agent stands by
struct Tick {};     // next_deadline() has come; too early is harmless
struct Gone {       // nothing of the process tree is left, and everything it said was told
  ShimExit exit;
  Failure hint = Failure::other;  // what the adapter reads in its stderr
};
using TurnInput =
    std::variant<Ready, Said, CaughtUp, LineTooLong, Refused, Cancel, Answered, Steer, Settled, Tick, Gone>;

// What is to be done about it, in order.
struct SendPrompt {};
struct SendInterrupt {};
struct SendAnswer {
  PermissionAnswer answer;
};
struct SendSteering {
  Steering steering;
};
struct Settle {};  // Settled, Refused or Gone must follow
struct CloseStdin {};
struct Signal {
  int number = 0;
};
struct EndTree {};   // SIGKILL for everything
struct KillShim {};  // the shim itself does not answer: end it and sweep behind it; Gone must follow
struct Tell {
  TurnReport report;
};
using TurnEffect = std::variant<SendPrompt, SendInterrupt, SendAnswer, SendSteering, Settle, CloseStdin,
                                Signal, EndTree, KillShim, Tell>;

struct TurnPolicy {
  std::string message_uuid;
  Limits limits;
  bool refuse_permissions = true;  // at once, with a sentence; else they wait for Answered
  bool keep = false;               // the agent, for the next turn
  bool reused = false;             // the agent was not started for this turn
};

class TurnMachine {
 public:
  TurnMachine(TurnPolicy policy, Instant now);

  std::vector<TurnEffect> handle(Instant now, const TurnInput& input);
  // When to call with Tick if nothing happens before.
  std::optional<Instant> next_deadline() const;
  bool ended() const { return std::holds_alternative<Ended>(state_); }
  // It has ended, and its agent can take the next turn.
  bool kept() const { return ended() && kept_; }

 private:
  enum class Rung { closed, interrupted, sigint, sigterm, end, kill };
  struct Starting {};
  struct Running {};
  struct Settling {
    Instant until;
  };
  struct Finishing {
    Rung rung;
    Instant until;
  };
  struct Cancelling {
    Rung rung;
    Instant until;
  };
  struct Ended {};
  using State = std::variant<Starting, Running, Settling, Finishing, Cancelling, Ended>;
  using Effects = std::vector<TurnEffect>;

  // Why we end a turn ourselves.
  struct Stop {
    bool by_user = false;
    bool unheard = false;  // what was written may not have arrived
    bool spoiled = false;  // what was said is not whole: no result makes it good
    Failure failure = Failure::other;
    std::string words;
  };
  struct RungRule {
    Millis patience;
    Rung next;
  };

  Effects on(const Ready& ready);
  Effects on(const Said& said);
  Effects on(const CaughtUp&);
  Effects on(const LineTooLong&);
  Effects on(const Refused& refused);
  Effects on(const Cancel&);
  Effects on(const Answered& answered);
  Effects on(const Steer& steer);
  Effects on(const Settled&);
  Effects on(const Tick&);
  Effects on(const Gone& gone);

  Effects hear(const Event& event);
  Effects hear_of_message(const std::string& uuid, bool taken);
  Effects take_result(TurnResult result);
  Effects finish(Rung first);
  bool can_keep() const;
  bool was_never_asked(const Gone& gone) const;
  void track_permissions(const Event& event);
  bool is_ours(const TurnResult& result) const;
  Effects check_watchdogs();
  Effects stop(Rung first, Stop why);
  Effects climb(Rung& rung, Instant& until);
  static Effects ask(Rung rung);
  static RungRule rule(Rung rung);
  bool going() const;
  TurnEnded ending(const Gone& gone) const;
  TurnEnded ending_without_result(const Gone& gone) const;

  TurnPolicy policy_;
  Instant now_, started_, last_line_;
  State state_;
  std::optional<Stop> stop_;
  std::optional<TurnResult> result_;
  std::map<std::string, PermissionRequest> pending_;  // by request id
  std::map<std::string, PermissionAnswer> answers_;   // until everything that was said before has been told
  bool caught_up_ = false;
  std::vector<Steering> held_;  // until it is known what an earlier daemon has said
  std::set<std::string> said_,
      taken_;                         // messages beside the prompt: all of them, and those that Steered told
  std::set<std::string> unanswered_;  // of those
  bool heard_ = false;                // the agent has read the prompt
  bool answered_ = false;             // a result covers the prompt
  bool can_settle_ = true, kept_ = false;
};

}  // namespace coordinator::agent
