// coordinator-shim: runs one agent, outlives the daemon, leaves nothing behind.
//
// The daemon starts it with the agent's environment and working directory, waits for "ready" on its stdout
// and then speaks with it on TURN_DIRECTORY/control.sock (protocol.h).
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "shim/control_group.h"
#include "shim/options.h"
#include "shim/protocol.h"
#include "shim/shim.h"
#include "shim/tree.h"

namespace coordinator::shim {

namespace {

// 2 for a wrong command line or a start that failed (kNoRoom for want of room), 1 where a process could not
// be ended.
constexpr int kNotStarted = 2;

int complain(const std::string& sentence) {
  std::fprintf(stderr, "coordinator-shim: %s\n", sentence.c_str());
  return kNotStarted;
}

// From here on nothing of the daemon's keeps us, and nothing of ours keeps the daemon.
void stand_alone() {
  setsid();  // fails for the leader of a session, which is as good
  syscall(SYS_close_range, 3u, ~0u, 0u);
  signal(SIGHUP, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void tell_ready() {
  if (write(1, kReady.data(), kReady.size()) < 0) return;  // nobody waits: go on for whoever comes later
}

// The daemon may die: its pipes must not be what we write to.
void let_go_of_stdio() {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd <= 2 && null >= 0; ++fd) dup2(null, fd);
}

int run_agent(const Options& options, mode_t mask) {
  stand_alone();
  const char* turn = std::getenv(kMarker);
  Shim shim(options, turn ? turn : "", mask);
  std::string failure = shim.prepare();
  if (!failure.empty()) {
    complain(failure);
    return shim.no_room() ? kNoRoom : kNotStarted;
  }
  tell_ready();
  let_go_of_stdio();
  return shim.run();
}

// After a shim that was killed: its agent died with it, but not what the agent had started.
int sweep(const Options& options) {
  ControlGroup group;
  group.take_up(options.control_group);
  group.kill();
  Ending ending(getpid(), options.sweep, std::chrono::steady_clock::now(), options.grace);
  while (ending.step(std::chrono::steady_clock::now()) == Ending::Step::waiting) poll(nullptr, 0, 20);
  return ending.left() == 0 ? 0 : 1;
}

int run(const std::vector<std::string>& arguments) {
  mode_t mask = umask(077);
  ParsedOptions parsed = parse_options(arguments);
  if (!parsed.error.empty()) return complain(parsed.error);
  return parsed.options.sweep.empty() ? run_agent(parsed.options, mask) : sweep(parsed.options);
}

}  // namespace

}  // namespace coordinator::shim

int main(int argc, char** argv) {
  return coordinator::shim::run(std::vector<std::string>(argv + 1, argv + argc));
}
