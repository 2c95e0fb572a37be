// All turns that run: the Runner over real processes, each in its directory under STATE/turns.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "agent/environment.h"
#include "agent/runner.h"
#include "agent/sweeps.h"
#include "io/timer.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::agent {

class Turn;

// A turn's directory stays until it is forgotten, so that a daemon which dies before the end is written down
// is told it again. Destroying this lets go of the turns that run: their shims go on, for a later daemon to
// adopt.
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
  // Ends and removes every turn on the disk that is not among these: its end was written down, but the daemon
  // died before it could be forgotten. For the start, beside adopt() for those that are.
  void forget_all_but(const std::set<std::string>& known);
  // From the next turn on.
  void keep_free(std::uint64_t bytes) { settings_.keep_free_bytes = bytes; }

 private:
  struct Held {
    TurnSpec spec;
    Instant since;
  };

  void begin(const TurnSpec& spec);
  bool hold_back(const TurnSpec& spec);
  void try_held();
  Turn* make(const TurnSpec& spec);
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
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what runs later
};

}  // namespace coordinator::agent
