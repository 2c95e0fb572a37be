// The daemon's side of one coordinator-shim: starts it or finds it again, speaks with it, reads its spool,
// and knows when nothing of its process tree is left.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/shim_exit.h"
#include "agent/spec.h"
#include "agent/turn_files.h"
#include "io/pipe_stream.h"
#include "io/process.h"
#include "io/spool_reader.h"
#include "io/timer.h"
#include "shim/protocol.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::agent {

struct ShimLaunch {
  std::vector<std::string> argv;         // the agent's
  std::vector<std::string> environment;  // with the marker
  std::string directory;                 // the agent's working directory
  Limits limits;
  std::uint64_t keep_free_bytes = 0;  // so much room is left on the disk of its files
};

// What ends all that carries a turn's marker, or is in its control group (empty: it has none).
std::vector<std::string> sweep_argv(const std::string& shim, const std::string& turn_id,
                                    const std::string& control_group);

// Destroying it lets go of a shim that runs: it goes on, and another client may adopt it. Not to be destroyed
// inside its own callbacks: bury it.
class ShimClient {
 public:
  // Called from the loop only, never from inside a call. Nothing comes after gone().
  struct Callbacks {
    // Connected. `asked`: the agent's stdin has been written to before; `age`: of the turn.
    std::function<void(bool asked, Millis age)> ready;
    std::function<void(std::string_view line)> line;
    std::function<void()> line_too_long;
    std::function<void()> caught_up;  // after lines: there are no more for now
    std::function<void(const std::string& why)> refused;
    std::function<void(const ShimExit&)> gone;
  };
  struct Place {
    std::string shim;  // the program, by a path with a slash
    std::string turn_id;
    std::string directory;  // the turn's, exists
    std::size_t line_bytes = 16u << 20;
    std::string control_group;  // where one can be made for it; else empty
  };

  ShimClient(io::Loop& loop, Place place, Callbacks callbacks);
  ShimClient(const ShimClient&) = delete;
  ShimClient& operator=(const ShimClient&) = delete;

  // One of these, once.
  void start(const ShimLaunch& launch);
  void adopt();

  // Sent as soon as there is a connection; nothing once the end is known.
  void write(const std::string& bytes);
  void close_stdin() { send(shim::CloseStdin{}); }
  void signal(int number) { send(shim::SendSignal{number}); }
  void end_tree() { send(shim::EndAll{}); }
  // Tells no more of what the agent says, until it may.
  void pause(bool on);
  // For a shim that does not answer any more.
  void kill_shim();

 private:
  enum class Phase { launching, connected, sweeping, draining, done };

  void on_launch_output(std::string_view bytes);
  void on_shim_exit(const io::ProcessExit& exit);
  void connect();
  void on_bytes(std::string_view bytes);
  void on_notice(std::string_view line);
  void on_status(const shim::Status& status);
  void on_disconnect();
  void look_what_is_left(const std::string& why);
  void sweep(const std::string& why, ShimExit::Reason reason = ShimExit::Reason::vanished);
  void run_sweeper();
  void drain(ShimExit exit);
  void send(const shim::Command& command, const std::string& follows = {});
  void read_soon() { reading_.start(Millis(0)); }
  void read_some();
  Status open_spool();
  void finish();

  io::Loop& loop_;
  Place place_;
  TurnFiles files_;
  Callbacks callbacks_;
  Phase phase_ = Phase::launching;
  std::unique_ptr<io::Process> shim_;  // when we started it
  std::unique_ptr<io::Process> sweeper_;
  std::unique_ptr<io::PipeStream> socket_;
  std::string launch_output_, launch_errors_, begun_notice_, unsent_;
  std::optional<io::SpoolReader> spool_;
  io::LineSplitter lines_;
  io::Timer reading_, again_, sweep_again_;
  int attempts_ = 0;  // to connect, since the last greeting
  std::optional<ShimExit> exit_;
  bool paused_ = false;
  bool shim_runs_ = false;  // a child of ours, not reaped yet
  bool greeted_ = false;    // by the shim that we are connected to
};

}  // namespace coordinator::agent
