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

// Who hears of a shim. Called from the loop only, never from inside a call. Nothing comes after on_gone().
class ShimListener {
 public:
  virtual ~ShimListener() = default;
  virtual void on_ready() = 0;  // connected: what the client knows of it is known now
  virtual void on_line(std::string_view line) = 0;
  virtual void on_line_too_long() = 0;
  virtual void on_caught_up() = 0;  // after lines: there are no more for now
  virtual void on_refused(const std::string& why) = 0;
  virtual void on_settled(std::uint64_t memory) = 0;  // see shim/protocol.h
  virtual void on_gone(const ShimExit& exit) = 0;
};

// Destroying it lets go of a shim that runs: it goes on, and another client may adopt it. Not to be destroyed
// inside its own calls to its listener: bury it.
class ShimClient {
 public:
  struct Place {
    std::string shim;       // the program, by a path with a slash
    std::string turn_id;    // of the turn that it was started for
    std::string directory;  // that turn's, exists
    std::size_t line_bytes = 16u << 20;
    std::string control_group;    // where one can be made for it; else empty
    std::uint64_t read_from = 0;  // of its spool
  };

  ShimClient(io::Loop& loop, Place place, ShimListener& listener);
  ShimClient(const ShimClient&) = delete;
  ShimClient& operator=(const ShimClient&) = delete;

  // One of these, once.
  void start(const ShimLaunch& launch);
  void adopt();
  // From now on this one hears of it, also from inside a call to the one before.
  void hand_to(ShimListener& listener) { listener_ = &listener; }

  // Connected, and nothing is known of an end.
  bool stands() const { return phase_ == Phase::connected && greeted_; }
  // Starting, or it stands.
  bool usable() const { return phase_ == Phase::launching || stands(); }
  bool can_settle() const { return version_ >= 2; }
  // Bytes that were ever given to the agent, as of the shim's last status; it tells one when it is connected
  // and before on_settled().
  std::uint64_t stdin_bytes() const { return status_.stdin_; }
  // Since the shim began, by its own clock.
  Millis age() const;
  // Where in the spool the next line begins.
  std::uint64_t position() const;
  const std::string& process() const { return place_.turn_id; }

  // Sent as soon as there is a connection; nothing once the end is known.
  void write(const std::string& bytes);
  void close_stdin() { send(shim::CloseStdin{}); }
  void signal(int number) { send(shim::SendSignal{number}); }
  void settle() { send(shim::Settle{}); }
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
  ShimListener* listener_;
  Phase phase_ = Phase::launching;
  std::unique_ptr<io::Process> shim_;  // when we started it
  std::unique_ptr<io::Process> sweeper_;
  std::unique_ptr<io::PipeStream> socket_;
  std::string launch_output_, launch_errors_, begun_notice_, unsent_;
  std::optional<io::SpoolReader> spool_;
  io::LineSplitter lines_;
  io::Timer reading_, again_, sweep_again_;
  shim::Status status_;
  Instant status_at_{};
  int version_ = 0;   // of the shim's protocol
  int attempts_ = 0;  // to connect, since the last greeting
  std::optional<ShimExit> exit_;
  bool paused_ = false;
  bool shim_runs_ = false;  // a child of ours, not reaped yet
  bool greeted_ = false;    // by the shim that we are connected to
};

}  // namespace coordinator::agent
