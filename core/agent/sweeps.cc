#include "agent/sweeps.h"

#include <utility>

#include "agent/shim_client.h"
#include "base/log.h"
#include "io/loop.h"

namespace coordinator::agent {

namespace {

constexpr Millis kAgain = 1s;

}  // namespace

Sweeps::Sweeps(io::Loop& loop, std::string shim)
    : loop_(loop), shim_(std::move(shim)), again_(loop, [this] { next(); }) {}

void Sweeps::sweep(const std::string& turn_id, const std::string& control_group, Done done) {
  waiting_.push_back({turn_id, control_group, std::move(done)});
  if (waiting_.size() == 1) next();
}

void Sweeps::next() {
  if (waiting_.empty()) return;
  const Sweep& sweep = waiting_.front();
  io::ProcessSpec spec;
  spec.argv = sweep_argv(shim_, sweep.turn_id, sweep.control_group);
  auto process =
      io::Process::spawn(loop_, spec, {{}, {}, [this](const io::ProcessExit& exit) { finished(exit); }});
  if (process) {
    process_ = std::move(*process);
    return;
  }
  log::warning("agent", "turn {}: what it left behind cannot be ended yet: {}", sweep.turn_id,
               process.error().what);
  again_.start(kAgain);
}

void Sweeps::finished(const io::ProcessExit& exit) {
  loop_.bury(std::move(process_));
  Sweep sweep = std::move(waiting_.front());
  waiting_.pop_front();
  bool all = exit.status == 0 && exit.signal == 0;
  if (!all)
    log::error("agent",
               "turn {}: not all of it could be ended; look for COORDINATOR_TURN={} in the environment",
               sweep.turn_id, sweep.turn_id);
  sweep.done(all);
  next();
}

}  // namespace coordinator::agent
