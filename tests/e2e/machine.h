// The machine that a daemon of the end-to-end tests runs on, where it is a bad one: a clock that jumps, a
// full disk, a small disk, few files.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stage.h"

struct coordinator_faults;

namespace coordinator::e2e {

// Calls of the C library answer what is set here, in the daemon and in what it runs under Machine::options();
// the library is tests/e2e/faults.
class Machine {
 public:
  Machine();
  ~Machine();

  // To be called once, before the stage is made: the daemon's environment.
  StageOptions options(StageOptions options = {});
  // Once the stage stands: the directory whose disk it is.
  void clock(Millis ahead);
  void disk_full(bool full);
  void slow_disk(Millis wait);
  void hanging_disk(bool hangs);  // does not answer, and tells no error

 private:
  std::string directory_;
  coordinator_faults* faults_;
};

// A command that gives the daemon a disk of its own for its state, of so many bytes; empty where this user
// may not have one here (neither as root nor by a namespace).
std::vector<std::string> small_disk(std::size_t bytes);

// Limits the open files of a process that runs: the soft limit, under its hard one.
void limit_files(int pid, std::size_t soft);
std::size_t open_files(int pid);

// What the daemon's metrics say of this one; -1 where they say nothing of it. Asking begins the longest ones
// anew.
double metric(Stage& stage, const std::string& name);

}  // namespace coordinator::e2e
