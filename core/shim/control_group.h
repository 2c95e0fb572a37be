// A control group of the kernel's for one turn: limits that hold for all of it at once, and an end that
// nobody escapes. https://docs.kernel.org/admin-guide/cgroup-v2.html
#pragma once

#include <string>

#include "shim/fd.h"
#include "shim/options.h"

namespace coordinator::shim {

// Needs a directory of the version 2 hierarchy that was delegated to this user, with its controllers handed
// down. A limit whose controller is not there is not kept by it: watch.h keeps what it can.
class ControlGroup {
 public:
  // Empty, or a sentence about what failed; then there is no group.
  std::string make(const std::string& path, const TreeLimits& limits);
  // One that somebody else made, to end and remove it.
  void take_up(const std::string& path) { path_ = path; }
  ~ControlGroup() { remove(); }

  // cgroup.procs, for a child that is to be in it; -1 without a group.
  int entrance() const { return entrance_.get(); }
  // The kernel ended something in it for want of memory.
  bool out_of_memory() const;
  // SIGKILL for everything in it, whatever it calls itself, in one step.
  void kill() const;
  // Gone once nothing is in it; else it stays.
  void remove();

 private:
  bool write(const char* file, const std::string& value) const;

  std::string path_;
  Fd entrance_;
};

}  // namespace coordinator::shim
