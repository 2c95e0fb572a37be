#include "app/daemon.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "base/overloaded.h"
#include "base/random.h"
#include "io/loop.h"

namespace coordinator::app {

namespace {

constexpr const char* kArea = "daemon";
constexpr Millis kHousekeeping = 5s;
constexpr Millis kPatience = 20s;
constexpr const char* kIdentifies = "gateway.identifies";
constexpr int kUnusableToken = 78;  // EX_CONFIG: starting again will not help

discord::RestOptions rest_options(const Config& config) {
  discord::RestOptions options;
  options.base_url = config.discord.api_url;
  return options;
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::open(io::Loop& loop, Config config, discord::Token token,
                                             const DaemonPaths& paths, Ended ended) {
  auto store = store::SqliteStore::open(paths.state);
  if (!store) return tl::unexpected(store.error());
  std::unique_ptr<Daemon> daemon(
      new Daemon(loop, std::move(config), std::move(token), paths, std::move(*store), std::move(ended)));
  if (auto restored = daemon->restore(); !restored) return tl::unexpected(restored.error());
  return daemon;
}

Daemon::Daemon(io::Loop& loop, Config config, discord::Token token, const DaemonPaths& paths,
               std::unique_ptr<store::SqliteStore> store, Ended ended)
    : loop_(loop),
      config_(std::move(config)),
      token_(std::move(token)),
      store_(std::move(store)),
      ended_(std::move(ended)),
      engine_({config_.projects, config_.limits}, system_seed()),
      lws_(loop),
      rest_(loop, token_, rest_options(config_)),
      turns_(loop, {paths.state + "/turns", paths.shim}),
      performer_(loop, rest_, turns_, [this](const chat::Event& event) { tell(event); }),
      journal_(loop, *store_, [this](chat::Act& act) { performer_.perform(act); }),
      alarm_(loop, [this] { tell(chat::Ticked{}); }),
      housekeeping_(loop, [this] { keep_house(); }),
      patience_(loop, [this] { end(0); }) {
  turns_.listen([this](const std::string& turn, const agent::TurnReport& report) {
    tell(chat::Reported{turn, report});
  });
}

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
      if (note.name != gateway_note_name()) continue;
      gateway_note_ = note.value;
      if (auto parsed = discord::parse_session(note.value)) session = *parsed;
    }
    if (!snapshot->inbox.empty())
      log::info(kArea, "{} mentions are taken up from before", snapshot->inbox.size());
    journal_.add(engine_.restore(std::move(*snapshot), loop_.now()));
    turns_.forget_all_but(engine_.turn_ids());
  });
  if (status) connect(std::move(session));
  return status;
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

// Counted before it leaves: a daemon that dies right afterwards must not forget it.
void Daemon::identify(std::function<void()> go) {
  identifies_.spend(loop_.now().wall);
  chat::Effects effects;
  effects.write(store::Note{kIdentifies, identifies_.text()});
  journal_.add(std::move(effects));
  journal_.then(std::move(go));
}

void Daemon::start() {
  log::info(kArea, "{} projects; state in order; connecting to {}", config_.projects.size(),
            config_.discord.api_url);
  housekeeping_.repeat(kHousekeeping);
  gateway_->start();
  set_alarm();
}

void Daemon::stop(Ending how) {
  if (over_) return;
  if (std::exchange(stopping_, true) || how == Ending::leave_turns) return end(0);
  if (engine_.quiet()) return end(0);
  log::info(kArea, "stopping: {} turns are cancelled; once more to leave at once", engine_.running());
  patience_.start(kPatience);
  tell(chat::Closing{});
}

void Daemon::hear(const discord::Event& event) {
  std::visit(
      Overloaded{[&](const discord::Ready& ready) {
                   log::info(kArea, "ready as {} ({})", ready.user_name, ready.user.text());
                   remember_gateway();  // a crash in the next seconds must not cost what is said meanwhile
                   tell(chat::Connected{ready.user});
                 },
                 [&](const discord::MessageCreated& created) { hear_message(created.message); },
                 [&](const discord::ChannelSeen& channel) { tell(channel); },
                 [&](const discord::ChannelGone& channel) { tell(channel); },
                 [&](const discord::ReactionAdded& reaction) { tell(reaction); }, [](const auto&) {}},
      event);
}

// Mentions that were taken in before, by this daemon or an earlier one, end here.
void Daemon::hear_message(const discord::Message& message) {
  if (!engine_.concerns(message)) return;
  store_->seen(message.id, [&](const Result<bool>& seen) {
    if (!seen) log::error(kArea, "a mention cannot be checked: {}; it is taken as new", seen.error().what);
    if (!seen.value_or(false)) tell(chat::Arrived{message});
  });
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
  journal_.add(engine_.handle(event, loop_.now()));
  set_alarm();
  if (stopping_ && engine_.quiet()) loop_.later([this] { end(0); });
}

void Daemon::set_alarm() {
  auto due = engine_.next_deadline();
  if (!due) return alarm_.stop();
  alarm_.start(*due - loop_.now().instant);
}

void Daemon::keep_house() {
  remember_gateway();
  if (auto pruned = store_->prune(loop_.now().wall); !pruned) log::warning(kArea, "{}", pruned.error().what);
}

// A session belongs to the server that gave it: another api_url must not resume it, nor show it the token.
std::string Daemon::gateway_note_name() const { return "gateway.session " + config_.discord.api_url; }

// With every commit would be too often, since each event moves it; what is told again falls out at the inbox.
void Daemon::remember_gateway() {
  if (engine_.waits_for_channels()) return;  // what is parked in memory must be told again after a crash
  const auto& session = gateway_->session();
  std::string note = session ? discord::to_text(*session) : std::string();
  if (note == gateway_note_) return;
  gateway_note_ = note;
  chat::Effects effects;
  effects.write(store::Note{gateway_note_name(), std::move(note)});
  journal_.add(std::move(effects));
}

// The turns that run are let go of, not ended: their shims keep them.
void Daemon::end(int status) {
  if (std::exchange(over_, true)) return;
  gateway_->stop(true);
  remember_gateway();
  journal_.flush();
  if (auto tidy = store_->checkpoint(); !tidy) log::warning(kArea, "{}", tidy.error().what);
  log::info(kArea, "stopped; {} turns go on without us", engine_.running());
  ended_(status);
}

}  // namespace coordinator::app
