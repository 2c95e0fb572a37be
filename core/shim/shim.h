// The shim: one agent, its pipes and its process tree, from start to the last straggler, whoever is
// listening.
#pragma once

#include <poll.h>
#include <sys/signalfd.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "shim/agent_process.h"
#include "shim/control.h"
#include "shim/control_group.h"
#include "shim/exit_report.h"
#include "shim/options.h"
#include "shim/spool.h"
#include "shim/tree.h"
#include "shim/watch.h"

namespace coordinator::shim {

class Shim {
 public:
  // `turn` is the marker's value; `umask` what the agent gets.
  Shim(Options options, std::string turn, mode_t umask);

  // Listens. Empty, or a sentence about what failed; then nothing was started.
  std::string prepare();
  // What failed was that this machine had no descriptor or no room on the disk left.
  bool no_room() const;
  // Starts the agent and stays until everything is over and told. The program's exit status.
  int run();

 private:
  struct Running {};
  struct Leaving {
    Time at;  // when the last client must have heard it
  };
  using Phase = std::variant<Running, Ending, Leaving>;

  std::string cannot(const char* what, int error);
  void start_agent();
  void turn_the_wheel();
  int timeout() const;
  void take_signals();
  void reap();
  void copy_output();
  void copy_errors();
  void end(ExitReason reason, std::chrono::milliseconds grace);
  void look_at_tree();
  void look_who_listens();
  void strike();
  void advance();
  void settle();
  void settled(const Ending& strays);
  void finish(const Ending& ending);
  void obey(Connection& client, const Command& command, std::string bytes);
  void begin_to_settle(Connection& client);
  void signal_agent(Connection& client, int number);
  Status status() const;
  std::chrono::milliseconds alone() const { return idle_ ? options_.alone_idle : options_.alone; }
  bool over() const { return std::holds_alternative<Leaving>(phase_); }

  Options options_;
  std::string turn_;
  mode_t umask_;
  Fd directory_, signals_;
  Control control_;
  ControlGroup group_;
  Watch watch_;
  Time began_, heard_from_;  // the start, and when a client was there the last time
  Spool spool_;
  Tail tail_;
  Fd output_, errors_;
  StdinQueue stdin_;
  pid_t agent_ = 0;
  bool agent_lives_ = false;
  std::optional<Ending> strays_;  // of a turn that is over, while the agent stays
  bool idle_ = false;             // settled, and not asked anything since
  ExitReport report_;
  int error_ = 0;  // why it could not be prepared
  Phase phase_;
};

}  // namespace coordinator::shim
