// The stage of the end-to-end tests and of the chaos run: a playground on this loop, the real daemon as a
// child process, real agents under it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "io/loop.h"
#include "io/process.h"
#include "playground.h"

namespace coordinator::e2e {

struct StageOptions {
  std::string limits;                      // lines of the [limits] table
  std::string project;                     // further lines of each project's table
  std::string agent;                       // the demo agent, where it is empty
  std::vector<std::string> more_channels;  // each with a project of its own
  std::vector<std::string> under;        // a command that the daemon is run under: it must become the daemon
  std::vector<std::string> environment;  // more of the daemon's, NAME=VALUE
  bool plugins = false;                  // load the commands that come with the daemon, and plugins()
  playground::PlaygroundOptions playground;
};

// Everything lives in a directory of its own, which goes with the stage. So do all processes.
class Stage {
 public:
  explicit Stage(StageOptions options = {});
  ~Stage();

  playground::Playground& discord() { return *playground_; }

  // Starts the daemon and waits until it is connected.
  void start();
  // Starts it and waits for nothing.
  void launch();
  // Ends it by the signal and waits; the exit status, or minus the number of the signal that killed it.
  int stop(int signal);
  int pid() const { return daemon_ ? daemon_->pid() : 0; }
  bool running() const { return daemon_ != nullptr && !exit_; }
  // Starts it and waits until it has ended by itself: its exit status.
  int run_to_its_end(const std::vector<std::string>& arguments,
                     const std::vector<std::string>& environment = {});

  // Spins the loop until the condition holds; false after `patience`.
  bool until(const std::function<bool()>& condition, Millis patience = 60s);
  void pause(Millis time);

  MessageId ask(const std::string& channel, const std::string& content);
  // Waits for the bot's first reply to that message, as it is when its turn is over; "(no answer)" when there
  // is none in time.
  std::string answer(MessageId message);
  // Everything that the bot wrote in the channel, joined.
  std::string said(const std::string& channel);

  // ---- Slash commands (see commands.cc)

  // The directory of one's own plugins.
  std::string plugins() const { return directory_ + "/state/plugins"; }
  bool has_command(std::string_view name);
  InteractionId press(const std::string& channel, MessageId message, std::string_view label);
  // What the interaction showed in the end, text and embeds; waits for it. "(no answer)" when there is none.
  std::string shown(InteractionId interaction);
  // The same as far as it is there; empty: not yet.
  std::string shown_now(InteractionId interaction);
  // By the control socket: the line that it answered with.
  std::string control(const Json& request);
  std::string reload(const std::string& plugin);
  // Copies the first program of plugins/README.md into a directory of its own, compiles it by the line below
  // it, and drops it in: the name of its command. Empty when there was no such thing.
  std::string build_from_readme();

  // What the daemon logged since the stage was set.
  std::string log() const;
  const std::string& directory() const { return directory_; }
  // The running daemon's state directory, as the daemon sees it.
  std::string state() const;
  const StageOptions& options() const { return options_; }
  // Shims, agents and whatever they started, found by the stage's own HOME in their environment.
  int processes() const;
  // Ends them all at once, as a power cut would. For when no daemon runs.
  void kill_turns();
  // Turn directories of the daemon's state.
  int turn_directories() const;
  // Reads this daemon's memory: its resident set in bytes.
  std::size_t resident() const;

 private:
  void write_config(const std::vector<std::pair<std::string, ChannelId>>& more);
  std::vector<std::string> environment() const;
  void spawn(std::vector<std::string> argv, const std::vector<std::string>& more_environment);

  StageOptions options_;
  std::string directory_;
  io::Loop loop_;
  std::unique_ptr<playground::Playground> playground_;
  std::unique_ptr<io::Process> daemon_;
  std::optional<io::ProcessExit> exit_;
};

}  // namespace coordinator::e2e
