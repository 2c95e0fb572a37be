// The shim's own eye on its tree: what the agent and all that it started use together, held against the
// limits.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <vector>

#include "shim/exit_report.h"
#include "shim/options.h"
#include "shim/tree.h"

namespace coordinator::shim {

struct TreeUse {
  std::uint64_t processes = 0;
  std::uint64_t memory_bytes = 0;  // resident and not shared with other processes or files
  std::uint64_t cpu_ms = 0;        // also of those that have ended
};

// Of everything that descends from `root` (which is a subreaper), without it. Beyond `most` processes it
// counts no further.
TreeUse use_of_tree(pid_t root, std::uint64_t most);

// All threads of this user on the machine, which is what RLIMIT_NPROC counts.
std::uint64_t threads_of_user();

class Watch {
 public:
  Watch(TreeLimits limits, pid_t root, Time now) : limits_(limits), root_(root), began_(now), next_(now) {}

  // Another turn: the CPU time that the tree has used until now (use_of_tree) is not its own.
  void begin_anew(Time now, std::uint64_t cpu_ms) {
    began_ = now;
    cpu_before_ms_ = cpu_ms;
  }
  // When to look again; absent where there is nothing to watch.
  std::optional<Time> next_look() const;
  // The limit that the tree has gone beyond. Before its time it does not look. What cannot have happened
  // (fewer processes on the whole machine, less time than all CPUs have given) costs next to nothing.
  std::optional<ExitReason> look(Time now);

 private:
  bool can_be_beyond(Time now) const;
  std::optional<ExitReason> beyond(const TreeUse& use) const;
  bool is_near(const TreeUse& use) const;

  TreeLimits limits_;
  pid_t root_;
  Time began_, next_;
  std::uint64_t cpu_before_ms_ = 0;
};

}  // namespace coordinator::shim
