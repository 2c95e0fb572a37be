// The calls that are under way: each a number that stands for one use of a command, with its machine.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "command/effects.h"
#include "command/event.h"
#include "command/interaction.h"
#include "command/invocation.h"
#include "coordinator/plugin.h"
#include "io/timer.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::command {

// Whose function a call runs in.
class CallOwner {
 public:
  virtual ~CallOwner() = default;
  // One that it held is over without it: it was held for too long.
  virtual void lost_a_call() = 0;
  virtual const std::string& name() const = 0;
};

struct Call {
  coordinator_call number = 0;
  Interaction interaction;
  Invocation invocation;
  std::string about;           // for the log
  CallOwner* owner = nullptr;  // null: the plugin is done with it, or never had it
  std::size_t holds = 0;       // each needs its release
  Instant hold_until{};
};

// A call lives until its plugin is done with it and Discord has been told everything.
class Calls {
 public:
  static constexpr std::size_t kOwned = 200;  // at once, of all plugins
  static constexpr std::size_t kAll = 1000;   // with those that only wait for Discord
  static constexpr std::size_t kHeld = 100;   // of one plugin, its old versions included
  static constexpr Millis kHold = 1h;

  using Emit = std::function<void(Effects)>;

  Calls(io::Loop& loop, Emit emit);

  // Numbers are never used twice while the daemon runs.
  std::shared_ptr<Call> open(Interaction interaction, Opening opening, CallOwner* owner);
  // Absent when it is over, or another's.
  std::shared_ptr<Call> find(coordinator_call number, const CallOwner* owner) const;
  // Lets the effects go. The result for the plugin; a refusal is logged.
  int ask(Call& call, Invocation::Asked asked);
  void hold(Call& call);
  // The plugin is done with it; where it has not answered, the user is told this sentence.
  void end(Call& call, std::string_view sentence);
  // All that this one still has.
  void end_all(const CallOwner* owner, std::string_view sentence);

  void said(const Said& said);

  bool knows(InteractionId interaction) const { return by_interaction_.contains(interaction); }
  std::size_t size() const { return calls_.size(); }
  std::size_t owned() const;
  std::size_t held(const CallOwner* owner) const;
  std::size_t held_by(std::string_view name) const;
  bool quiet() const;

 private:
  void ring();
  void settle(Call& call, Effects effects);
  void set_alarm();

  io::Loop& loop_;
  Emit emit_;
  io::Timer alarm_;
  coordinator_call last_ = 0;
  std::map<coordinator_call, std::shared_ptr<Call>> calls_;
  std::unordered_map<InteractionId, coordinator_call> by_interaction_;
};

}  // namespace coordinator::command
