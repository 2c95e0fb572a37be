// The daemon: the whole house on one loop, from the gateway's events to the engine and from its acts to the
// outside.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/turns.h"
#include "app/catch_up_driver.h"
#include "app/commands.h"
#include "app/config.h"
#include "app/control_socket.h"
#include "app/journal.h"
#include "app/lag.h"
#include "app/metrics.h"
#include "app/performer.h"
#include "app/place_sweeper.h"
#include "app/readiness.h"
#include "app/reload.h"
#include "base/result.h"
#include "chat/engine.h"
#include "discord/gateway.h"
#include "discord/identify_budget.h"
#include "discord/rest.h"
#include "io/lws_context.h"
#include "io/timer.h"
#include "store/sqlite_store.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

struct DaemonPaths {
  std::string state;     // the state directory
  std::string shim;      // the program coordinator-shim
  std::string programs;  // the directory of our own programs
};

class Daemon {
 public:
  enum class Ending {
    leave_turns,  // turns go on in their shims, and the next daemon takes them up
    end_turns     // turns are cancelled, their channels are told; then the daemon ends
  };
  // Called once, when the loop may be stopped. The status is the program's.
  using Ended = std::function<void(int status)>;

  // Takes the state directory and what an earlier daemon promised in it.
  static Result<std::unique_ptr<Daemon>> open(io::Loop& loop, Config config, Reload::Options reload,
                                              discord::Token token, const DaemonPaths& paths, Ended ended);
  ~Daemon();

  // Connects to Discord.
  void start();
  // The second call, or the passing of 20 s, ends without waiting any longer.
  void stop(Ending how);
  // Reads the configuration again; a bad one changes nothing. `why` is for the log.
  void reload(std::string_view why);

 private:
  Daemon(io::Loop& loop, Config config, Reload::Options reload, discord::Token token,
         const DaemonPaths& paths, std::unique_ptr<store::SqliteStore> store, Readiness readiness,
         Ended ended);

  Status restore();
  Status open_control(const std::string& state);
  void apply(const Config& next);
  void connect(std::optional<discord::GatewaySession> session);
  void identify(std::function<void()> go);
  void hear(const discord::Event& event);
  void hear_message(const discord::Message& message);
  void condition(const discord::gateway::Report& report);
  void tell(const chat::Event& event);
  void set_alarm();
  void end_when_quiet();
  void wind_up();
  void keep_house();
  void prune();
  void sweep();
  void look_around();
  bool make_room();
  void look_around_later();
  void pause_hearing();
  void hear_again();
  void remember_gateway();
  void remember(std::string name, std::string value, std::string& written);
  std::string note_name(std::string_view subject) const;
  void end(int status);

  io::Loop& loop_;
  Reload reload_;
  discord::Token token_;
  std::unique_ptr<store::SqliteStore> store_;
  Ended ended_;
  chat::Engine engine_;
  io::LwsContext lws_;
  discord::Rest rest_;
  agent::Turns turns_;
  Performer performer_;
  PlaceSweeper sweeper_;
  Journal journal_;
  Metrics metrics_;
  Commands commands_;
  CatchUpDriver catch_up_;
  std::unique_ptr<ControlSocket> control_;
  discord::IdentifyBudget identifies_;
  std::function<void()> identify_;  // waits for its count to be durable
  std::optional<discord::Gateway> gateway_;
  io::Timer alarm_;         // the engine's next deadline
  io::Timer housekeeping_;  // the gateway's place, old rows, the write-ahead log
  io::Timer patience_;      // while stopping
  Lag lag_;
  Readiness readiness_;
  std::string hindrance_;  // as the engine was told
  std::string prune_problem_;
  bool pruning_ = false;
  bool deaf_ = false;                      // the gateway is left until what is held is saved
  std::string session_note_, heard_note_;  // as they were written last
  std::optional<Ending> stopping_;
  bool over_ = false;
};

}  // namespace coordinator::app
