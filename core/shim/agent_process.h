// The agent: started with three pipes, in a session of its own, with a bounded queue before its stdin.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "shim/fd.h"
#include "shim/options.h"

namespace coordinator::shim {

struct Spawned {
  pid_t pid = 0;
  int error = 0;             // errno of what kept it from running; then pid is 0 and nothing is left
  Fd input, output, errors;  // our ends, not blocking
};

// Runs options.agent with this process's environment and working directory, `umask` and default signals. It
// gets SIGKILL when this process dies, whatever kills it. `group`: cgroup.procs of the control group that it
// is to be in, or -1.
Spawned spawn(const Options& options, mode_t umask, int group);

// What the agent has still to read.
class StdinQueue {
 public:
  void attach(Fd pipe) { pipe_ = std::move(pipe); }
  // Why these bytes cannot be taken; empty when they were.
  std::string take(std::string bytes, std::size_t cap);
  // Closes the pipe once everything is read.
  void close();
  // Writes as much as the pipe takes; an agent that has closed its end loses the rest.
  void flush();

  // To be polled for writing, or -1 while there is nothing to write.
  int waits_on() const { return queue_.empty() ? -1 : pipe_.get(); }
  std::uint64_t taken() const { return taken_; }
  std::size_t queued() const { return queue_.size() - written_; }
  bool closed() const { return closing_ || !pipe_; }

 private:
  void drop();

  Fd pipe_;
  std::string queue_;
  std::size_t written_ = 0;  // of queue_
  std::uint64_t taken_ = 0;
  bool closing_ = false;
};

}  // namespace coordinator::shim
