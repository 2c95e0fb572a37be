#include "app/daemon.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "app/control_groups.h"
#include "app/control_requests.h"
#include "base/log.h"
#include "base/overloaded.h"
#include "base/random.h"
#include "io/loop.h"
#include "io/url.h"

namespace coordinator::app {

namespace {

constexpr const char* kArea = "daemon";
constexpr Millis kHousekeeping = 5s;
constexpr Millis kPatience = 20s;
constexpr Millis kLastAnswers = 3s;  // as long as Discord waits for one
constexpr const char* kIdentifies = "gateway.identifies";
constexpr const char* kSession = "gateway.session";
constexpr const char* kHeard = "gateway.heard";
constexpr std::size_t kMostHeld =
    2000;                           // writes that the store cannot take: one commit of them is no long one
constexpr int kUnusableToken = 78;  // EX_CONFIG: starting again will not help

bool is_local(const std::string& api_url) {
  auto url = io::parse_url(api_url);
  return url && io::is_loopback(url->host);
}

discord::RestOptions rest_options(const Config& config) {
  discord::RestOptions options;
  options.base_url = config.discord.api_url;
  return options;
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::open(io::Loop& loop, Config config, Reload::Options reload,
                                             discord::Token token, const DaemonPaths& paths, Ended ended) {
  Readiness readiness(paths.state, config.free_disk);
  auto store = store::SqliteStore::open(paths.state);
  if (!store && store.error().cause == Cause::no_room && readiness.give_up_reserve())
    store = store::SqliteStore::open(paths.state);
  if (!store) return tl::unexpected(store.error());
  std::unique_ptr<Daemon> daemon(new Daemon(loop, std::move(config), std::move(reload), std::move(token),
                                            paths, std::move(*store), std::move(readiness),
                                            std::move(ended)));
  if (auto restored = daemon->restore(); !restored) return tl::unexpected(restored.error());
  if (auto opened = daemon->open_control(paths.state); !opened) return tl::unexpected(opened.error());
  return daemon;
}

Daemon::Daemon(io::Loop& loop, Config config, Reload::Options reload, discord::Token token,
               const DaemonPaths& paths, std::unique_ptr<store::SqliteStore> store, Readiness readiness,
               Ended ended)
    : loop_(loop),
      reload_(loop, std::move(config), std::move(reload), [this](const Config& next) { apply(next); }),
      token_(std::move(token)),
      store_(std::move(store)),
      ended_(std::move(ended)),
      engine_({reload_.config().projects, reload_.config().limits}, system_seed()),
      lws_(loop),
      rest_(loop, token_, rest_options(reload_.config())),
      turns_(loop, {paths.state + "/turns", paths.shim, own_environment(),
                    control_groups(reload_.config().control_group), readiness.keep_free()}),
      performer_(loop, rest_, *store_, turns_, is_local(reload_.config().discord.api_url),
                 [this](const chat::Event& event) { tell(event); }),
      sweeper_(loop),
      journal_(loop, *store_,
               {[this](chat::Act& act) { performer_.perform(act); },
                [this](command::Act& act) { commands_.perform(act); }, [this] { return make_room(); },
                [this](bool) { look_around_later(); }}),
      commands_({loop, rest_, *store_, engine_, journal_, reload_, metrics_, paths.state, paths.programs,
                 [this](const chat::Event& event) { tell(event); }, [this] { end_when_quiet(); }}),
      catch_up_(loop, rest_, reload_.config(),
                {[this](const discord::Message& message) { hear_message(message); },
                 [this](const discord::ChannelSeen& thread) { tell(thread); }}),
      alarm_(loop, [this] { tell(chat::Ticked{}); }),
      housekeeping_(loop, [this] { keep_house(); }),
      patience_(loop, [this] { end(0); }),
      readiness_(std::move(readiness)) {
  loop_.on_busy([this](const io::Busy& busy) {
    metrics_.loop_busy(busy);
    if (auto words = lag_.heard(busy, loop_.now().instant)) log::warning(kArea, "{}", *words);
  });
  store_->work_beside(loop_);
  turns_.configure(reload_.config().warm);
  turns_.listen([this](const std::string& turn, const agent::TurnReport& report) {
    tell(chat::Reported{turn, report});
  });
}

Daemon::~Daemon() { loop_.on_busy({}); }

// What an earlier daemon promised: its mentions, its running turns, its unsent messages, its place in the
// gateway's stream.
Status Daemon::restore() {
  Status status;
  std::optional<discord::GatewaySession> session;
  store_->load([&](Result<store::Snapshot> snapshot) {
    if (!snapshot) {
      status = tl::unexpected(snapshot.error());
      return;
    }
    for (const store::Note& note : snapshot->notes) {
      if (note.name == kIdentifies) identifies_ = discord::IdentifyBudget(note.value);
      if (note.name == note_name(kHeard)) catch_up_.restore(heard_note_ = note.value);
      if (note.name != note_name(kSession)) continue;
      session_note_ = note.value;
      if (auto parsed = discord::parse_session(note.value)) session = *parsed;
    }
    if (!snapshot->inbox.empty())
      log::info(kArea, "{} mentions are taken up from before", snapshot->inbox.size());
    look_around();
    commands_.restore(*snapshot);
    chat::Effects effects = engine_.restore(std::move(*snapshot), loop_.now());
    for (store::Write& record : std::exchange(effects.writes, {})) journal_.add(std::move(record));
    // What is given up here must be written down before it is ended, since the
    // next daemon may want it should this one die first; and ended before another begins in its channel.
    journal_.then([this] { turns_.forget_all_but(engine_.turn_ids()); });
    journal_.add(std::move(effects));
  });
  if (status) connect(std::move(session));
  return status;
}

Status Daemon::open_control(const std::string& state) {
  auto control = ControlSocket::open(loop_, control_path(state));
  if (!control) return tl::unexpected(control.error());
  control_ = std::move(*control);
  serve_reload(*control_, reload_);
  serve_metrics(*control_, metrics_);
  serve_stop(*control_, [this](bool end_turns) {
    loop_.later([this, end_turns] { stop(end_turns ? Ending::end_turns : Ending::leave_turns); });
    return fmt::format("stopping; {} turns {}", engine_.running(),
                       end_turns ? "are ended" : "go on without the daemon");
  });
  return {};
}

void Daemon::connect(std::optional<discord::GatewaySession> session) {
  discord::GatewayOptions options;
  options.session = std::move(session);
  discord::GatewayListener listener;
  listener.event = [this](const discord::Event& event) { hear(event); };
  listener.report = [this](const discord::gateway::Report& report) { condition(report); };
  listener.identify_wait = [this] { return identifies_.wait(loop_.now().wall); };
  listener.identify = [this](std::function<void()> go) { identify(std::move(go)); };
  gateway_.emplace(lws_, rest_, token_, std::move(options), std::move(listener));
}

// Counted before it leaves: a daemon that dies right afterwards must not forget it. While the store cannot
// write, none leaves, and the connections that come and go meanwhile want one between them.
void Daemon::identify(std::function<void()> go) {
  bool waits = identify_ != nullptr;
  identify_ = std::move(go);
  if (waits) return;
  identifies_.spend(loop_.now().wall);
  journal_.add(store::Note{kIdentifies, identifies_.text()});
  journal_.then([this] { std::exchange(identify_, nullptr)(); });
}

void Daemon::start() {
  log::info(kArea, "{} projects; state in order; connecting to {}", reload_.config().projects.size(),
            reload_.config().discord.api_url);
  housekeeping_.repeat(kHousekeeping);
  reload_.watch();
  commands_.start();
  serve_plugins(*control_, commands_.plugins());
  gateway_->start();
  set_alarm();
}

void Daemon::stop(Ending how) {
  if (over_) return;
  if (stopping_) return end(0);
  stopping_ = how;
  turns_.end_idle([] {});
  if (how == Ending::end_turns && !engine_.quiet()) {
    log::info(kArea, "stopping: {} turns are cancelled; once more to leave at once", engine_.running());
    patience_.start(kPatience);
    return tell(chat::Closing{});
  }
  patience_.start(kLastAnswers);
  end_when_quiet();
}

// Later: a plugin may be what stirred, and stands in a call now.
void Daemon::end_when_quiet() {
  if (stopping_ && (*stopping_ == Ending::leave_turns || engine_.quiet())) loop_.later([this] { wind_up(); });
}

// Whoever waits for a command's answer is told that it was cut short. What is on its way must not be cut off:
// nobody would send it again. Agents that stand by end with us, whatever becomes of those that work.
void Daemon::wind_up() {
  if (over_) return;
  commands_.stop();
  if (turns_.any_idle()) return turns_.end_idle([this] { wind_up(); });
  if (commands_.quiet()) end(0);
}

void Daemon::reload(std::string_view why) {
  if (!over_) static_cast<void>(reload_.again(why));
}

void Daemon::apply(const Config& next) {
  tell(chat::Reconfigured{{next.projects, next.limits}});
  turns_.configure(next.warm);
  readiness_.configure(next.free_disk);
  look_around();
  catch_up_.configure(next);
}

void Daemon::hear(const discord::Event& event) {
  io::Doing doing(loop_, "an event of Discord's");
  std::visit(
      Overloaded{[&](const discord::Ready& ready) {
                   log::info(kArea, "ready as {} ({})", ready.user_name, ready.user.text());
                   tell(chat::Connected{ready.user});
                   catch_up_.connected(ready);
                   remember_gateway();  // a crash in the next seconds must not cost what is said meanwhile
                   commands_.hear(ready);
                 },
                 [&](const discord::MessageCreated& created) { catch_up_.heard(created.message); },
                 [&](const discord::ChannelSeen& channel) {
                   tell(channel);
                   catch_up_.seen(channel);
                 },
                 [&](const discord::GuildSeen& guild) {
                   catch_up_.seen(guild);
                   if (heard_note_.empty()) remember_gateway();  // from here on nothing may be missed
                 },
                 [&](const discord::ChannelGone& channel) {
                   tell(channel);
                   catch_up_.gone(channel.id);
                 },
                 [&](const discord::ReactionAdded& reaction) { tell(reaction); },
                 [&](const discord::MessageUpdated& updated) { tell(updated); },
                 [&](const discord::MessageDeleted& deleted) { tell(deleted); },
                 [&](const discord::InteractionCreated& used) { commands_.hear(used); }, [](const auto&) {}},
      event);
  pause_hearing();
}

// Mentions that were taken in before, by this daemon or an earlier one, end here.
void Daemon::hear_message(const discord::Message& message) {
  if (!engine_.concerns(message)) return;
  store_->seen(message.id, [this, message](const Result<bool>& seen) {
    if (!seen) log::error(kArea, "a mention cannot be checked: {}; it is taken as new", seen.error().what);
    if (!seen.value_or(false)) tell(chat::Arrived{message});
  });
  pause_hearing();
}

void Daemon::condition(const discord::gateway::Report& report) {
  if (report.condition == discord::gateway::Condition::failed) {
    log::error(kArea, "{}", report.text);
    return end(kUnusableToken);
  }
  log::info("gateway", "{}", report.text);
}

void Daemon::tell(const chat::Event& event) {
  if (over_) return;
  io::Doing doing(loop_, "the conversations");
  journal_.add(engine_.handle(event, loop_.now()));
  set_alarm();
  end_when_quiet();
}

void Daemon::set_alarm() {
  auto due = engine_.next_deadline();
  if (!due) return alarm_.stop();
  alarm_.start(*due - loop_.now().instant);
}

void Daemon::keep_house() {
  if (gateway_->ready()) catch_up_.listening();
  io::Doing doing(loop_, "tidying up");
  remember_gateway();
  if (auto latency = gateway_->stats().latency) metrics_.heartbeat_latency(*latency);
  prune();
  sweep();
  look_around();
}

void Daemon::sweep() {
  std::vector<std::string> directories;
  for (const chat::Project& project : reload_.config().projects) directories.push_back(project.directory);
  sweeper_.look(directories);
}

// A trouble that stays is told once.
void Daemon::prune() {
  if (std::exchange(pruning_, true)) return;
  store_->prune(loop_.now().wall, [this](const Result<std::size_t>& pruned) {
    pruning_ = false;
    std::string problem = pruned ? std::string() : pruned.error().what;
    if (problem == prune_problem_) return;
    prune_problem_ = std::move(problem);
    if (pruned)
      log::info(kArea, "tidying up the store works again");
    else
      log::warning(kArea, "{}; old rows stay until this works again", prune_problem_);
  });
}

void Daemon::look_around() {
  std::string hindrance = readiness_.look(journal_.can_write());
  turns_.keep_free(readiness_.keep_free());
  performer_.keep_free(readiness_.keep_free());
  if (hindrance == hindrance_) return;
  hindrance_ = hindrance;
  tell(chat::Hindered{std::move(hindrance)});
}

bool Daemon::make_room() {
  if (!readiness_.give_up_reserve()) return false;
  look_around_later();
  return true;
}

// A commit is not the moment for new events.
void Daemon::look_around_later() {
  loop_.later([this] {
    if (!over_) look_around();
  });
}

// What is not written down is held in memory, and that has an end, whatever the disk says. Discord keeps what
// is said meanwhile, and tells it when the session is resumed; what it keeps no longer is fetched.
void Daemon::pause_hearing() {
  if (over_ || journal_.held() < kMostHeld || std::exchange(deaf_, true)) return;
  log::error(kArea, "{} writes wait for the store: Discord is left until they can be saved", journal_.held());
  loop_.later([this] {
    if (!over_) gateway_->stop(true);
  });
  journal_.then([this] { loop_.later([this] { hear_again(); }); });
}

void Daemon::hear_again() {
  deaf_ = false;
  if (over_) return;
  log::info(kArea, "what waited for the store is saved: back to Discord");
  gateway_->start();
}

// A session belongs to the server that gave it: another api_url must not resume it, nor show it the token.
std::string Daemon::note_name(std::string_view subject) const {
  return fmt::format("{} {}", subject, reload_.config().discord.api_url);
}

// With every commit would be too often, since each event moves it; what is told again falls out at the inbox.
// The session and what was heard in it belong together: the one's replay begins where the other ends.
void Daemon::remember_gateway() {
  if (engine_.waits_for_channels()) return;  // what is parked in memory must be told again after a crash
  const auto& session = gateway_->session();
  remember(note_name(kSession), session ? discord::to_text(*session) : std::string(), session_note_);
  remember(note_name(kHeard), catch_up_.note(), heard_note_);
}

void Daemon::remember(std::string name, std::string value, std::string& written) {
  if (value == written) return;
  written = value;
  journal_.add(store::Note{std::move(name), std::move(value)});
}

// The turns that run are let go of, not ended: their shims keep them.
void Daemon::end(int status) {
  if (std::exchange(over_, true)) return;
  gateway_->stop(true);
  commands_.stop();
  remember_gateway();
  store_->finish();
  journal_.flush();
  if (auto tidy = store_->checkpoint(); !tidy) log::warning(kArea, "{}", tidy.error().what);
  log::info(kArea, "stopped; {} turns go on without us", engine_.running());
  ended_(status);
}

}  // namespace coordinator::app
