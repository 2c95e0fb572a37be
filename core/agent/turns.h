// All turns that run: the Runner over real processes, each in its directory under STATE/turns.
//
// An agent lives in the directory of the turn that it was started for, and carries that turn's marker,
// through all the turns that it takes (TurnFiles::place() of each says where). That directory goes when the
// agent and the last of its turns are gone. A session never has two agents: a turn whose session has one that
// stands by takes it, or waits until it has ended.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "agent/environment.h"
#include "agent/idle_process.h"
#include "agent/runner.h"
#include "agent/sweeps.h"
#include "agent/turn_files.h"
#include "agent/warm_pool.h"
#include "base/random.h"
#include "io/timer.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::agent {

class Turn;

// A turn's directory stays until it is forgotten, so that a daemon which dies before the end is written down
// is told it again. Destroying this lets go of the turns that run: their shims go on, for a later daemon to
// adopt; agents that stand by end.
class Turns : public Runner {
 public:
  struct Settings {
    std::string directory;  // STATE/turns; made when it is missing
    std::string shim;       // the program coordinator-shim, by a path with a slash
    Environment own = own_environment();
    std::string control_groups = {};    // a directory of them that is ours to use, if there is one
    std::uint64_t keep_free_bytes = 0;  // of the disk of `directory`: turns end before they fill it
  };

  Turns(io::Loop& loop, Settings settings);
  ~Turns() override;

  void listen(Listener listener) override { listener_ = std::move(listener); }
  // A turn that was begun before is adopted instead: no question is asked twice. Where this machine has no
  // room for another program just now it is begun when there is, and ends with Failure::busy after a minute
  // without.
  void start(const TurnSpec& spec) override;
  void cancel(const std::string& turn_id) override;
  void answer(const std::string& turn_id, const PermissionAnswer& answer) override;
  void steer(const std::string& turn_id, const Steering& steering) override;
  void adopt(const TurnSpec& spec) override;
  void forget(const std::string& turn_id) override;
  // Starts the session's agent ahead of a turn, where there is room and none yet. Nothing comes of it but
  // time that is saved; `spec` is as for a turn that resumes the session, without its names and its words.
  void prepare(TurnSpec spec) override;
  // Ends and removes every turn on the disk that is not among these, and every agent that stood by: its end
  // was written down, but the daemon died before it could be forgotten. For the start, beside adopt() for
  // those that are. What is started meanwhile waits for it.
  void forget_all_but(const std::set<std::string>& known);
  // From the next turn on.
  void keep_free(std::uint64_t bytes) { settings_.keep_free_bytes = bytes; }
  void configure(WarmLimits limits);
  // Ends the agents that stand by, and keeps none from now on; `gone` is called once none is left, never from
  // inside this call.
  void end_idle(std::function<void()> gone);
  bool any_idle() const { return !idle_.empty(); }

 private:
  struct Held {
    TurnSpec spec;
    Instant since;
  };

  // The turns of one agent, as far as they are not forgotten.
  struct Home {
    std::set<std::string> turns;
    bool lives = true;
  };
  // A turn that waits until an agent is gone, or (empty) until what an earlier daemon left is.
  struct Waiting {
    TurnSpec spec;
    std::string process;
  };

  void begin(const TurnSpec& spec);
  void begin_cold(const TurnSpec& spec);
  void begin_with(const TurnSpec& spec, const std::string& process);
  std::optional<std::string> to_wait_for(const TurnSpec& spec);
  void go_on_waiting();
  void keep(Turn& turn, std::unique_ptr<ShimClient> agent);
  void hold(std::string process, std::unique_ptr<IdleProcess> idle);
  IdleProcess::Callbacks callbacks_of(const std::string& process);
  void leave(const WarmPool::Ended& ended);
  void on_idle_gone(const std::string& process);
  void process_gone(const std::string& process);
  void clear_home(const std::string& process);
  void set_pool_timer();
  ShimClient::Place shim_place(const TurnSpec& spec, const std::string& process) const;
  bool hold_back(const TurnSpec& spec);
  void try_held();
  bool can_make(const TurnSpec& spec);
  Turn* make(const TurnSpec& spec, TurnPlace place, std::unique_ptr<ShimClient> agent);
  void refuse(const std::string& turn_id, Failure failure, std::string words,
              Outcome outcome = Outcome::failed);
  void on_report(const std::string& turn_id, const TurnReport& report);
  void end(const std::string& turn_id);
  std::string directory_of(const std::string& turn_id) const;
  std::string control_group_of(const std::string& turn_id) const;

  io::Loop& loop_;
  Settings settings_;
  Listener listener_ = [](const std::string&, const TurnReport&) {};
  std::map<std::string, std::unique_ptr<Turn>> turns_;
  std::deque<Held> held_;  // in their order, until there is room
  io::Timer try_again_;
  Sweeps sweeps_;
  std::map<std::string, Home> homes_;                         // by process
  std::map<std::string, std::unique_ptr<IdleProcess>> idle_;  // by process: those that leave, too
  WarmPool pool_;
  io::Timer pool_timer_;
  std::deque<Waiting> waiting_;
  std::size_t sweeping_ = 0;  // what an earlier daemon left
  Random random_{system_seed()};
  bool closing_ = false;
  std::function<void()> none_idle_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what runs later
};

}  // namespace coordinator::agent
