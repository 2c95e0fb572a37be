#include "run.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <variant>

#include "base/json.h"
#include "chat/phrases.h"
#include "traces.h"
#include "world.h"

namespace coordinator::chaos {

namespace {

constexpr Millis kArmedAtMost = 3s;  // then it strikes, whatever happened
constexpr Millis kPatience = 150s;   // for peace: an outbox waits up to a minute before it tries again
constexpr Millis kBetweenCrosses = 2s;
constexpr Millis kQuiet = 2s;          // for what should not come any more
constexpr std::size_t kLogLines = 40;  // of evidence
constexpr const char* kNotes = "/notes.ndjson";

e2e::StageOptions stage_options(const Options& options) {
  e2e::StageOptions stage;
  stage.limits = "queue = 200\nturns_at_once = 6\n";
  // The agent runs in projects/NAME.
  stage.agent = fmt::format("\"{}/coordinator-demo-agent\", \"--notes\", \"../..{}\"", PROGRAMS, kNotes);
  stage.project = "stream = \"live\"\n";
  stage.more_channels = channel_names(options.channels);
  stage.playground.gateway.identify_window = 0ms;
  return stage;
}

template <class Line>
void each_line(const std::string& file, Line line) {
  std::ifstream in(file);
  for (std::string text; std::getline(in, text);) line(text);
}

bool contains_any(const std::string& line, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return !word.empty() && line.find(word) != std::string::npos;
  });
}

}  // namespace

Run::Run(const Options& options)
    : options_(options), stage_(stage_options(options)), begun_(system_now().instant) {
  stage_.discord().chat().watch([this](const playground::Change& change) {
    const auto* created = std::get_if<playground::change::MessageCreated>(&change);
    if (!created) return;
    const auto* message = stage_.discord().world().message(created->channel, created->message);
    if (message && message->author == stage_.discord().world().bot().user) something_was_said();
  });
}

std::vector<std::string> Run::go() {
  stage_.start();
  std::string hello = stage_.answer(stage_.ask("testing", "!say hello"));
  if (hello != "hello") found("the daemon does not answer to begin with: " + hello);
  begun_ = system_now().instant;
  forbid_some_files();
  for (const Step& step : plan_for(options_)) {
    if (!found_.empty()) break;
    advance_to(step.at);
    std::visit([this](const auto& action) { perform(action); }, step.action);
  }
  make_peace();
  look_behind();
  return std::move(found_);
}

void Run::forbid_some_files() {
  constexpr std::size_t kEach = 5;
  const std::vector<std::string>& channels = stage_.options().more_channels;
  for (std::size_t i = 0; i < channels.size(); i += kEach) {
    no_files_.insert(channels[i]);
    stage_.discord().may_attach(channels[i], false);
  }
}

Millis Run::now() const { return std::chrono::duration_cast<Millis>(system_now().instant - begun_); }

void Run::advance_to(Millis at) {
  stage_.until(
      [&] {
        tend();
        return now() >= at;
      },
      10min);
}

void Run::perform(const Ask& ask) {
  MessageId id = stage_.ask(ask.channel, ask.content);
  asked_.push_back({id, ask});
  if (armed_ && armed_->moment == Kill::Moment::after_the_next_mention && !strike_at_)
    strike_at_ = now() + armed_->more;
}

// By the agents' notes: one that has begun and not ended. Its processes carry the turn's name.
void Run::perform(const LoseProcess& lose) {
  std::set<std::string> running;
  for (const Noted& noted : ledger().noted)
    noted.begin ? (void)running.insert(noted.turn) : (void)running.erase(noted.turn);
  for (const std::string& turn : running) {
    int pid = process_of(turn, lose.shim ? "coordinator-shi" : "coordinator-dem");
    if (pid == 0 || disturbed_.contains(turn)) continue;
    kill(pid, SIGKILL);
    note_in_log(fmt::format("process {} of turn {} killed", pid, turn));
    disturbed_.insert(turn);
    ++done_.lost_processes;
    return;
  }
}

void Run::perform(const Fault& fault) {
  if (auto applied = stage_.discord().fault(fault.json); !applied)
    found(fault.json + ": " + applied.error().what);
  ++done_.faults;
}

// Again and again: a cross is told to nobody when the gateway's session is lost.
void Run::cancel_what_should_be() {
  if (now() < looked_for_crosses_ + kBetweenCrosses) return;
  looked_for_crosses_ = now();
  for (const Asked& asked : asked_)
    if (asked.ask.wish == Wish::cancelled && stage_.discord().replies_to(asked.id).empty()) cross_out(asked);
}

void Run::cross_out(const Asked& asked) {
  playground::World& world = stage_.discord().world();
  auto* message = world.message(world.find_channel(asked.ask.channel)->id, asked.id);
  playground::Emoji cross{"", chat::phrases::kCancel};
  for (bool add : {false, true})
    stage_.discord().chat().react(*message, world.find_user("alice")->id, cross, add);
}

// ---- the daemon's deaths

void Run::tend() {
  cancel_what_should_be();
  if (revive_at_) {
    if (now() < *revive_at_) return;
    revive_at_.reset();
    return stage_.launch();
  }
  if (!stage_.running() && !strike_at_) {
    found(fmt::format("the daemon ended by itself, with {}", stage_.stop(SIGKILL)));
    return stage_.launch();
  }
  if (!armed_ && !kills_.empty()) {
    arm(kills_.front());
    kills_.pop_front();
  }
  if (strike_at_ ? now() >= *strike_at_ : armed_ && now() > armed_at_ + kArmedAtMost) strike();
}

void Run::arm(const Kill& kill) {
  armed_ = kill;
  armed_at_ = now();
  if (kill.moment == Kill::Moment::now) strike_at_ = now();
}

// Inside the playground's own act: the daemon has not been answered yet, and dies before it is.
void Run::something_was_said() {
  if (!armed_ || armed_->moment != Kill::Moment::after_its_next_message || strike_at_) return;
  strike_at_ = now() + armed_->more;
  if (armed_->more == 0ms && !armed_->orderly && stage_.running()) kill(stage_.pid(), SIGKILL);
}

void Run::strike() {
  Kill kill = *std::exchange(armed_, std::nullopt);
  int signal = kill.orderly ? SIGTERM : SIGKILL;
  int status = stage_.stop(signal);
  bool expected =
      status == -signal || (kill.orderly && status == 0);  // a very young one takes no signals yet
  if (!expected) found(fmt::format("the daemon ended with {} after signal {}", status, signal));
  strike_at_.reset();
  revive_at_ = now() + kill.dead_for;
  ++(kill.orderly ? done_.orderly : done_.kills);
  note_in_log(kill.orderly ? "ended by SIGTERM" : "killed");
}

void Run::note_in_log(const std::string& words) {
  std::ofstream(stage_.directory() + "/daemon.log", std::ios::app)
      << fmt::format("---- {} after {} ms\n", words, now().count());
}

// ---- the end

// Nothing goes wrong any more, and the daemon lives.
void Run::make_peace() {
  stage_.until(
      [this] {
        tend();
        return kills_.empty() && !armed_ && !revive_at_;
      },
      10min);
  stage_.discord().faults().clear();
  Instant last_try{};
  bool balanced = stage_.until(
      [&] {
        tend();
        if (system_now().instant - last_try < 1s) return false;
        last_try = system_now().instant;
        return calm();
      },
      kPatience);
  stage_.pause(kQuiet);
  if (!balanced) note_in_log("peace did not come");
  for (const Imbalance& imbalance : balance(ledger())) report(imbalance);
}

bool Run::calm() {
  return stage_.processes() == 0 && stage_.turn_directories() == 0 && balance(ledger()).empty();
}

Ledger Run::ledger() {
  Ledger ledger;
  ledger.asked = asked_;
  for (const std::string& channel : stage_.options().more_channels)
    for (const playground::Message* message : stage_.discord().bot_messages(channel))
      ledger.said.push_back({message->id, channel, message->nonce ? message->nonce->view().text_or("") : "",
                             message->reply_to, message->content, files_of(*message)});
  ledger.no_files = no_files_;
  each_line(stage_.directory() + kNotes, [&](const std::string& line) {
    if (auto noted = read_note(line)) ledger.noted.push_back(std::move(*noted));
  });
  for (Asked& asked : ledger.asked) asked.marked = is_marked(asked);
  for (const Noted& noted : ledger.noted)
    if (disturbed_.contains(noted.turn))
      ledger.asked.at(static_cast<std::size_t>(noted.number - 1)).disturbed = true;
  return ledger;
}

std::vector<std::string> Run::files_of(const playground::Message& message) {
  std::vector<std::string> files;
  for (const playground::Attachment& file : message.attachments) files.push_back(*file.bytes);
  return files;
}

bool Run::is_marked(const Asked& asked) {
  const auto* message = stage_.discord().message(asked.ask.channel, asked.id);
  return message &&
         std::any_of(message->reactions.begin(), message->reactions.end(), [](const auto& reaction) {
           return reaction.emoji.name == chat::phrases::kWaiting && !reaction.users.empty();
         });
}

void Run::look_behind() {
  for (const std::string& channel : stage_.options().more_channels)
    for (const playground::Message* message : stage_.discord().bot_messages(channel))
      if (message->components.dump().find(":stop:") != std::string::npos)
        found("message " + message->id.text() + " is left with a button that stops its turn");
  int left = stage_.processes();
  if (left != 0) found(fmt::format("{} processes carry the run's marker when all is answered", left));
  for (const std::string& process : descendants(stage_.pid())) found("process " + process + " is left over");
  if (int status = stage_.stop(SIGTERM); status != 0) found(fmt::format("the last stop: status {}", status));
  for (const std::string& file : leftovers(state())) found(file + " is left over");
  for (const std::string& row : unfinished(state())) found("the database holds what is not finished: " + row);
  done_.messages = ledger().said.size();
  done_.identifies = stage_.discord().identifies();
  done_.resumes = stage_.discord().resumes();
}

// With the lines that name the mention or its turns.
void Run::report(const Imbalance& imbalance) {
  std::ostringstream words;
  words << fmt::format("mention {} in {}: {}\n", imbalance.mention.text(), imbalance.channel, imbalance.what);
  std::vector<std::string> names = {imbalance.mention.text()};
  for (const Asked& asked : asked_)
    if (asked.id == imbalance.mention) words << "    asked: " << asked.ask.content << "\n";
  for (const std::string& row : rows_about(state(), imbalance.mention)) words << "    " << row << "\n";
  for (const std::string& turn : turns_of(state(), imbalance.mention)) names.push_back(turn);
  each_line(stage_.directory() + kNotes, [&](const std::string& line) {
    if (contains_any(line, names)) words << "    " << line.substr(0, 300) << "\n";
  });
  std::size_t lines = 0;
  each_line(stage_.directory() + "/daemon.log", [&](const std::string& line) {
    if (contains_any(line, names) && ++lines <= kLogLines) words << "    " << line << "\n";
  });
  found(words.str());
}

}  // namespace coordinator::chaos
