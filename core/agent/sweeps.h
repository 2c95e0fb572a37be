// Sweeps behind turns that nobody speaks for any more, one after the other: each is a process of its own,
// since it waits for what it ends.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "io/process.h"
#include "io/timer.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::agent {

// Destroying it leaves undone what is not done yet: the next daemon finds it again.
class Sweeps {
 public:
  Sweeps(io::Loop& loop, std::string shim);
  Sweeps(const Sweeps&) = delete;
  Sweeps& operator=(const Sweeps&) = delete;

  // Ends all that carries the turn's marker, its shim too. Then `done` is called, with false where something
  // of it is left.
  using Done = std::function<void(bool all)>;
  void sweep(const std::string& turn_id, const std::string& control_group, Done done);

 private:
  struct Sweep {
    std::string turn_id, control_group;
    Done done;
  };

  void next();
  void finished(const io::ProcessExit& exit);

  io::Loop& loop_;
  std::string shim_;
  std::deque<Sweep> waiting_;  // the front one is going on, where there is a process
  std::unique_ptr<io::Process> process_;
  io::Timer again_;
};

}  // namespace coordinator::agent
