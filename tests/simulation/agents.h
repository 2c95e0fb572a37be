// The simulated process table: agents under their shims, which live on when the daemon dies and tell their
// story again.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/runner.h"
#include "scheduler.h"

namespace coordinator::simulation {

class Agents {
 public:
  using Listener = std::function<void(const std::string& turn_id, const agent::TurnReport& report)>;

  explicit Agents(Scheduler& clock) : clock_(clock) {}

  Listener listener;  // the daemon that lives now
  // That daemon is gone: its turns go on, and nobody hears them until they are adopted.
  void detach() {
    listener = nullptr;
    attached_.clear();
  }
  std::function<void(const std::string& turn_id, bool alive)> watch;

  void start(const agent::TurnSpec& spec) {
    table_[spec.turn_id] = {};
    attached_.insert(spec.turn_id);
    watch(spec.turn_id, true);
    story(spec);
  }
  void adopt(const agent::TurnSpec& spec) {
    auto found = table_.find(spec.turn_id);
    attached_.insert(spec.turn_id);
    if (found == table_.end()) return told_gone(spec.turn_id, agent::Failure::not_begun);
    for (const agent::TurnReport& report : found->second.spool) report_later(spec.turn_id, report);
  }
  void cancel(const std::string& turn_id) {
    auto found = table_.find(turn_id);
    if (found == table_.end() || !found->second.alive) return;
    clock_.after(clock_.between(5ms, 3s), [this, turn_id] {
      agent::TurnEnded end;
      end.outcome = agent::Outcome::aborted;
      finish(turn_id, end);
    });
  }
  void forget(const std::string& turn_id) { table_.erase(turn_id); }
  // Power cut, out of memory: the shim and everything that it wrote are gone.
  void lose(const std::string& turn_id) {
    auto found = table_.find(turn_id);
    if (found == table_.end() || !found->second.alive) return;
    found->second.alive = false;
    watch(turn_id, false);
    agent::TurnEnded lost;
    lost.outcome = agent::Outcome::failed;
    lost.failure = agent::Failure::lost;
    found->second.spool.push_back(lost);
    tell(turn_id, lost);
  }
  std::vector<std::string> alive() const {
    std::vector<std::string> turns;
    for (const auto& [id, process] : table_)
      if (process.alive) turns.push_back(id);
    return turns;
  }

 private:
  struct Process {
    bool alive = true;
    std::vector<agent::TurnReport> spool;
  };

  void story(const agent::TurnSpec& spec) {
    if (spec.resume && clock_.chance(0.02)) {
      agent::TurnEnded unknown;
      unknown.outcome = agent::Outcome::failed;
      unknown.failure = agent::Failure::session_unknown;
      clock_.after(clock_.between(100ms, 1s), [this, id = spec.turn_id, unknown] { finish(id, unknown); });
      return;
    }
    Millis at = clock_.between(10ms, 2s);
    say(at, spec.turn_id, agent::Started{spec.session_id, "model"});
    for (std::uint64_t part = 0, parts = clock_.random.below(3); part < parts; ++part) {
      at += clock_.between(10ms, 1min);
      say(at, spec.turn_id,
          agent::Text{std::string(1 + clock_.random.below(5000), 'x') + " for " + spec.prompt});
    }
    agent::TurnEnded end;
    end.result.cost_usd = 0.01;
    if (clock_.chance(0.1)) end.outcome = agent::Outcome::failed, end.failure = agent::Failure::other;
    clock_.after(at + clock_.between(1ms, clock_.chance(0.05) ? 30min : 20s),
                 [this, id = spec.turn_id, end] { finish(id, end); });
  }
  void say(Millis at, const std::string& id, const agent::Event& event) {
    clock_.after(at, [this, id, event] { report(id, event); });
  }
  void report(const std::string& id, const agent::TurnReport& report) {
    auto found = table_.find(id);
    if (found == table_.end() || !found->second.alive) return;
    found->second.spool.push_back(report);
    tell(id, report);
  }
  void tell(const std::string& id, const agent::TurnReport& report) {
    if (listener && attached_.contains(id)) listener(id, report);
  }
  void finish(const std::string& id, const agent::TurnEnded& end) {
    auto found = table_.find(id);
    if (found == table_.end() || !found->second.alive) return;
    found->second.spool.push_back(end);
    found->second.alive = false;
    watch(id, false);  // the end is told when nothing of the process is left
    tell(id, end);
  }
  void told_gone(const std::string& id, agent::Failure failure) {
    agent::TurnEnded gone;
    gone.outcome = agent::Outcome::failed;
    gone.failure = failure;
    report_later(id, gone);
  }
  void report_later(const std::string& id, const agent::TurnReport& report) {
    clock_.after(1ms, [this, id, report] { tell(id, report); });
  }

  Scheduler& clock_;
  std::map<std::string, Process> table_;
  std::set<std::string> attached_;
};

}  // namespace coordinator::simulation
