#include "command/desk.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/overloaded.h"
#include "chat/house_button.h"
#include "command/abi.h"
#include "command/host.h"
#include "command/phrases.h"
#include "command/plugins.h"
#include "discord/limits.h"
#include "io/loop.h"

namespace coordinator::command {

namespace {

constexpr const char* kArea = "command";
constexpr const char* kUserAgent = "coordinator";
constexpr Millis kEarlyPatience = 2s;  // Discord waits for an answer for three

const CommandDescription* find(const Instance& instance, std::string_view command) {
  for (const CommandDescription& each : instance.description().commands)
    if (each.name == command) return &each;
  return nullptr;
}

bool is_command(const Interaction& interaction) {
  return interaction.kind == Kind::command || interaction.kind == Kind::autocomplete;
}

// "/reset", "a button".
std::string what(const Interaction& interaction) {
  constexpr const char* kNames[] = {"/", "a button", "completing /", "a form"};
  return kNames[static_cast<int>(interaction.kind) - 2] + interaction.command;
}

}  // namespace

Desk::Desk(io::Loop& loop, const Services& services, DeskLinks links, std::uint64_t seed)
    : links_(std::move(links)),
      room_{loop, services, io::HttpClient(loop, io::HttpClientOptions{.user_agent = kUserAgent}),
            Calls(loop, [this](Effects effects) { links_.sink(std::move(effects)); }), Publisher(seed)},
      alarm_(loop, [this] { tell_publisher(room_.publisher.tick(room_.loop.now())); }),
      patience_(loop, [this] { begin_early(); }),
      self_(std::make_shared<Desk*>(this)) {}

Desk::~Desk() { *self_ = nullptr; }

MakeHostSide Desk::host_sides() {
  return [this](Instance& instance, std::function<void()> idle) -> std::unique_ptr<HostSide> {
    return std::make_unique<Host>(room_, instance, std::move(idle));
  };
}

void Desk::serve(Plugins& plugins) { room_.plugins = &plugins; }

void Desk::restore(const store::Note& note) {
  if (note.name == Publisher::kNote) room_.publisher.restore(note.value);
}

void Desk::hear(const discord::Ready& ready) {
  if (ready.application) tell_publisher(room_.publisher.connected(ready.application, room_.loop.now()));
}

// ---- Interactions ----

void Desk::hear(const discord::InteractionCreated& created) {
  auto interaction = parse_interaction(created.interaction.view());
  if (!interaction) return log::debug(kArea, "{}; it is ignored", interaction.error().what);
  if (is_late(*interaction)) return;
  if (room_.calls.knows(interaction->id) || asked_.contains(interaction->id)) return;
  take_in(std::move(*interaction));
}

// Its user has been told that it failed.
bool Desk::is_late(const Interaction& interaction) const {
  Millis age = age_of(interaction);
  if (age <= discord::limits::kCallbackTime) return false;
  log::info(kArea, "an interaction came {} s after it was made, too late to be answered; it is ignored",
            age / 1s);
  return true;
}

Millis Desk::age_of(const Interaction& interaction) const {
  WallTime now = links_.discord_time ? links_.discord_time() : room_.loop.now().wall;
  return now - interaction.id.created();
}

// What is typed changes nothing, and comes with every key: it is not written down.
void Desk::take_in(Interaction interaction) {
  if (interaction.kind == Kind::autocomplete) return begin_or_wait(std::move(interaction));
  InteractionId id = interaction.id;
  asked_.insert(id);
  auto kept = std::make_shared<Interaction>(std::move(interaction));
  links_.seen(id, [self = self_, id, kept](const Result<bool>& seen) {
    if (!*self) return;
    (*self)->asked_.erase(id);
    if (!seen)
      log::error(kArea, "an interaction cannot be checked: {}; it is taken as new", seen.error().what);
    if (!seen.value_or(false)) (*self)->record_and_begin(std::move(*kept));
  });
}

// The record is durable before the plugin's code runs: where that ends the daemon, the gateway tells the
// interaction again.
void Desk::record_and_begin(Interaction interaction) {
  InteractionId id = interaction.id;
  Effects effects;
  effects.write(store::Interaction{id, room_.loop.now().wall});
  links_.sink(std::move(effects));
  asked_.insert(id);
  links_.then([self = self_, id, kept = std::make_shared<Interaction>(std::move(interaction))] {
    if (!*self) return;
    (*self)->asked_.erase(id);
    if (!(*self)->is_late(*kept))
      (*self)->begin_or_wait(std::move(*kept));  // a full disk may have held it up
  });
}

// After a restart a command may be used before its plugin is loaded again. There are a few, and soon.
void Desk::begin_or_wait(Interaction interaction) {
  if (interaction.custom_id && interaction.custom_id->owner == CustomId::kHouse)
    return press(std::move(interaction));
  bool wait = room_.plugins && !room_.plugins->settled() && early_.size() < Calls::kOwned;
  if (!wait) return begin(std::move(interaction));
  if (early_.empty()) patience_.start(kEarlyPatience);
  early_.push_back(std::move(interaction));
}

void Desk::begin_early() {
  patience_.stop();
  for (Interaction& interaction : std::exchange(early_, {})) begin(std::move(interaction));
}

// A button of the house's own: no plugin is asked. What was asked for once more can be no second time, so
// that button vanishes; the turn's end takes away the one that stops it.
void Desk::press(Interaction interaction) {
  if (auto asked = chat::ApprovalButton::parse(*interaction.custom_id))
    return decide(std::move(interaction), *asked);
  auto button = chat::HouseButton::parse(*interaction.custom_id);
  if (!button) return refuse(std::move(interaction), phrases::foreign());
  if (button->expires <= room_.loop.now().wall) return refuse(std::move(interaction), phrases::too_late());
  if (!room_.services.projects.admits(interaction.person))
    return refuse(std::move(interaction), phrases::elsewhere());
  if (room_.calls.size() >= Calls::kAll) return refuse(std::move(interaction), phrases::busy());
  Opening opening;
  opening.ephemeral = true;
  bool stop = button->what == chat::HouseButton::What::stop;
  opening.about = stop ? "stop, a button" : "retry, a button";
  opening.age = age_of(interaction);
  chat::Person person = interaction.person;
  auto call = room_.calls.open(std::move(interaction), std::move(opening), nullptr);
  if (stop)
    return room_.services.queue.cancel(person, button->mention, [self = self_, call](const auto& done) {
      if (*self) (*self)->room_.calls.end(*call, done ? *done : done.error().words);
    });
  room_.services.queue.retry(person, button->mention, [self = self_, call](const auto& done) {
    if (!*self) return;
    Backroom& room = (*self)->room_;
    if (!done) return room.calls.end(*call, done.error().words);
    Json bare = Json::object().set("components", Json::array());
    room.calls.ask(*call, call->invocation.edit(std::move(bare), false, room.loop.now().instant));
    room.calls.end(*call, {});
  });
}

void Desk::begin(Interaction interaction) {
  if (room_.calls.owned() >= Calls::kOwned || room_.calls.size() >= Calls::kAll)
    return refuse(std::move(interaction), phrases::busy());
  if (!room_.services.projects.admits(interaction.person))
    return refuse(std::move(interaction), phrases::elsewhere());
  if (!room_.plugins) return refuse(std::move(interaction), phrases::off());
  if (is_command(interaction)) return begin_command(std::move(interaction));
  bool modal = interaction.kind == Kind::modal;
  if (!interaction.custom_id) return refuse(std::move(interaction), phrases::foreign());
  if (interaction.custom_id->expires <= room_.loop.now().wall)
    return refuse(std::move(interaction), phrases::expired(modal));
  std::string name = interaction.custom_id->owner;
  Host* host = host_of(room_.plugins->serving_plugin(name));
  if (!host) return refuse(std::move(interaction), phrases::plugin_not_loaded(name));
  enter(*host, std::move(interaction), nullptr);
}

void Desk::begin_command(Interaction interaction) {
  Instance* instance = room_.plugins->serving_command(interaction.command);
  Host* host = host_of(instance);
  const CommandDescription* command = host ? find(*instance, interaction.command) : nullptr;
  if (!command) {
    std::string sentence = phrases::unknown_command(interaction.command);
    return refuse(std::move(interaction), std::move(sentence));
  }
  enter(*host, std::move(interaction), command);
}

// The function of the plugin, by the kind of the interaction.
void Desk::enter(Host& host, Interaction interaction, const CommandDescription* command) {
  Kind kind = interaction.kind;
  Opening opening = opening_of(interaction, host.name());
  if (command) opening.ephemeral = command->ephemeral;
  std::string doing = what(interaction);
  auto call = room_.calls.open(std::move(interaction), std::move(opening), &host);
  host.run(call, doing, [&](const coordinator_plugin& plugin, void* state) {
    auto* function = kind == Kind::command        ? command->command->run
                     : kind == Kind::autocomplete ? command->command->complete
                     : kind == Kind::component    ? plugin.component
                                                  : plugin.modal;
    if (function)
      function(state, call->number);
    else
      room_.calls.end(*call, phrases::nothing_behind(host.name()));
  });
}

// By nobody's hand: the answer is all there is.
void Desk::refuse(Interaction interaction, std::string_view sentence) {
  if (room_.calls.size() >= Calls::kAll)
    return log::warning(kArea, "{} answers wait for Discord already; an interaction is ignored", Calls::kAll);
  Opening opening = opening_of(interaction, "nobody");
  auto call = room_.calls.open(std::move(interaction), std::move(opening), nullptr);
  log::info(kArea, "{}: {}", call->about, sentence);
  room_.calls.end(*call, sentence);
}

// How what has no command is answered: beside a whispered message in a whisper. And a form that stands alone
// is whispered about, until its plugin says otherwise.
Opening Desk::opening_of(const Interaction& interaction, std::string_view plugin) const {
  Opening opening;
  opening.about = fmt::format("{}, {}", plugin, what(interaction));
  opening.age = age_of(interaction);
  bool alone = interaction.kind == Kind::modal && !interaction.message;
  opening.ephemeral = interaction.message_is_ephemeral || alone;
  return opening;
}

Host* Desk::host_of(const Instance* instance) const {
  auto found = room_.hosts.find(instance);
  return found == room_.hosts.end() ? nullptr : found->second;
}

// ---- How acts went ----

void Desk::handle(const Event& event) {
  std::visit(Overloaded{[this](const Said& said) { room_.calls.said(said); },
                        [this](const Listed& listed) {
                          tell_publisher(room_.publisher.listed(listed, room_.loop.now()));
                        },
                        [this](const Published& published) {
                          tell_publisher(room_.publisher.published(published, room_.loop.now()));
                        }},
             event);
}

// ---- Publishing ----

// Until everything that lay in the directories has been tried, what is missing may only be slow.
void Desk::plugins_changed() {
  if (!room_.plugins || !room_.plugins->settled()) return;
  begin_early();
  std::vector<Json> commands;
  for (const PluginInfo& plugin : room_.plugins->list())
    if (plugin.serving)
      for (const CommandDescription& command : plugin.serving->description().commands)
        commands.push_back(command.published.clone());
  tell_publisher(room_.publisher.offer(std::move(commands), room_.loop.now()));
}

void Desk::tell_publisher(Effects effects) {
  if (!effects.empty()) links_.sink(std::move(effects));
  auto next = room_.publisher.next_deadline();
  if (!next) return alarm_.stop();
  alarm_.start(*next - room_.loop.now().instant);
}

void Desk::serve_nothing() { tell_publisher(room_.publisher.offer({}, room_.loop.now())); }

std::size_t Desk::calls() const { return room_.calls.size(); }

bool Desk::quiet() const { return asked_.empty() && early_.empty() && room_.calls.quiet(); }

}  // namespace coordinator::command
