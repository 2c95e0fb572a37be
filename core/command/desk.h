// The desk: from Discord's interactions to the plugins' functions, and from what plugins ask back to Discord.
//
//   desk = Desk(loop, services, {sink, seen}, seed);  desk.restore(note) for each note of the snapshot
//   plugins = Plugins::make(loop, options, desk.host_sides(), {[&] { desk.plugins_changed(); }, ...});
//   desk.serve(*plugins);  plugins->start();
//   gateway: Ready, InteractionCreated -> desk.hear();  performer: command::Event -> desk.handle()
//
// The plugins must be gone before the desk: their host sides speak through it until they are stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chat/approval_button.h"
#include "command/backroom.h"
#include "command/effects.h"
#include "command/event.h"
#include "command/host_side.h"
#include "command/interaction.h"
#include "command/services.h"
#include "discord/event.h"
#include "io/timer.h"
#include "store/records.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::command {

class Host;
class Instance;
class Plugins;
struct CommandDescription;

// What the desk needs of the house.
struct DeskLinks {
  // Takes what is to be written and done: commit, then act.
  std::function<void(Effects)> sink;
  // Runs a task when everything that the sink has taken is durable.
  std::function<void(std::function<void()>)> then;
  // Whether this interaction was taken in before, by this daemon or an earlier one. May call back at once.
  std::function<void(InteractionId, std::function<void(Result<bool>)>)> seen;
  // Discord's time, as far as it is known to differ from ours. Absent: it is ours.
  std::function<WallTime()> discord_time = {};
};

class Desk {
 public:
  Desk(io::Loop& loop, const Services& services, DeskLinks links, std::uint64_t seed);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // The host's side of every instance that the plugins load.
  MakeHostSide host_sides();
  // Whose commands are used and published from now on.
  void serve(Plugins& plugins);
  // In the place of that: there are none, and Discord shows none.
  void serve_nothing();
  // A note of the store; those that are not the desk's are ignored.
  void restore(const store::Note& note);

  void hear(const discord::Ready& ready);
  void hear(const discord::InteractionCreated& created);
  // How an act went.
  void handle(const Event& event);
  // PluginsListener::changed.
  void plugins_changed();

  // Uses of commands that are not over yet.
  std::size_t calls() const;
  // The plugins are stopped: what waited for them is told so.
  void stop() { begin_early(); }
  // Nothing is under way to Discord, nor about to be: the daemon may end without cutting an answer off.
  bool quiet() const;

 private:
  Millis age_of(const Interaction& interaction) const;
  bool is_late(const Interaction& interaction) const;
  void take_in(Interaction interaction);
  void record_and_begin(Interaction interaction);
  void begin_or_wait(Interaction interaction);
  void begin_early();
  void press(Interaction interaction);
  void decide(Interaction interaction, const chat::ApprovalButton& button);
  void show(Call& call, const tl::expected<ApprovalView, Refusal>& done);
  void begin(Interaction interaction);
  void begin_command(Interaction interaction);
  void enter(Host& host, Interaction interaction, const CommandDescription* command);
  void refuse(Interaction interaction, std::string_view sentence);
  Opening opening_of(const Interaction& interaction, std::string_view plugin) const;
  Host* host_of(const Instance* instance) const;
  void tell_publisher(Effects effects);

  DeskLinks links_;
  Backroom room_;
  io::Timer alarm_;                          // the publisher's next deadline
  std::vector<Interaction> early_;           // came while the plugins are still being loaded at the start
  io::Timer patience_;                       // of those
  std::unordered_set<InteractionId> asked_;  // the store looks whether it knows them
  std::shared_ptr<Desk*> self_;              // outlives us in deferred calls, pointing at nothing
};

}  // namespace coordinator::command
