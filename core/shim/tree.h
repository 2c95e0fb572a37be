// The processes of a turn: found by descent and by the marker in their environment, ended, and waited for.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace coordinator::shim {

using Time = std::chrono::steady_clock::time_point;

struct Member {
  pid_t pid = 0;
  // When it began (proc(5), starttime): the same pid with another one is a stranger.
  unsigned long long start = 0;
  pid_t group = 0;  // of processes
};

// Everything that descends from `root`, and everything whose environment carries `turn` as the marker, but
// never `root` itself, nor `spared` (0: nobody) and what descends from that. Empty `turn`: by descent only.
// As of now: what forks meanwhile is found the next time.
std::vector<Member> tree_of(pid_t root, const std::string& turn, pid_t spared = 0);

// Sends to that very process; false when it is gone, or not ours to signal.
bool send_signal(const Member& member, int number);

// Ends a tree: SIGTERM, a grace, SIGKILL, until none of it is left. Between the steps somebody must reap.
class Ending {
 public:
  enum class Step { waiting, done };

  // Without a grace it begins with SIGKILL.
  Ending(pid_t root, std::string turn, Time now, std::chrono::milliseconds grace, pid_t spared = 0);

  // Looks who is left and signals them when it is time. done: nobody is left, or (left() > 0) those could not
  // be ended within ten seconds of SIGKILL: another user's, or stuck in the kernel.
  Step step(Time now);
  void kill_now(Time now);
  int signalled() const { return signalled_; }
  int left() const { return left_; }

 private:
  static void kill_groups(const std::vector<Member>& members);
  void send_all(const std::vector<Member>& members, int number);

  pid_t root_, spared_;
  std::string turn_;
  Time kill_at_;
  bool terminated_ = false;
  int signalled_ = 0;  // how many of them there were at the first look
  int left_ = 0;
};

}  // namespace coordinator::shim
