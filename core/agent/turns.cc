#include "agent/turns.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "agent/turn.h"
#include "agent/turn_files.h"
#include "base/log.h"
#include "io/background.h"
#include "io/file.h"
#include "io/loop.h"
#include "shim/tree.h"

namespace coordinator::agent {

namespace {

constexpr const char* kArea = "agent";
constexpr Millis kGrace = 2s;  // for what is left of a turn that nobody knows

// It becomes a path and a variable: nothing else may come through.
bool well_formed(const std::string& turn_id) {
  return turn_id.size() == 16 && turn_id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void remove_behind(const std::string& directory) {
  if (auto removed = io::remove_tree(directory); !removed)
    log::warning(kArea, "{} stays: {}", directory, removed.error().what);
}

// On a thread of its own. Whoever carries the marker, the shim too.
void end_and_remove(const std::string& turn_id, const std::string& directory) {
  using Clock = std::chrono::steady_clock;
  shim::Ending ending(-1, turn_id, Clock::now(), kGrace);
  while (ending.step(Clock::now()) == shim::Ending::Step::waiting) std::this_thread::sleep_for(20ms);
  remove_behind(directory);
}

}  // namespace

Turns::Turns(io::Loop& loop, Settings settings) : loop_(loop), settings_(std::move(settings)) {}
Turns::~Turns() = default;

void Turns::start(const TurnSpec& spec) {
  Turn* turn = make(spec);
  if (!turn) return;
  TurnFiles files(directory_of(spec.turn_id));
  if (files.begun()) return turn->adopt();
  if (auto made = io::make_directories(files.directory()); !made) {
    turns_.erase(spec.turn_id);
    return refuse(spec.turn_id, Failure::not_started, made.error().what);
  }
  turn->start(settings_.own);
}

void Turns::adopt(const TurnSpec& spec) {
  if (Turn* turn = make(spec)) turn->adopt();
}

void Turns::cancel(const std::string& turn_id) {
  auto found = turns_.find(turn_id);
  if (found != turns_.end()) found->second->cancel();
}

void Turns::forget(const std::string& turn_id) {
  if (turns_.contains(turn_id) || !well_formed(turn_id)) return;
  io::in_background(loop_, [directory = directory_of(turn_id)] { remove_behind(directory); });
}

void Turns::forget_all_but(const std::set<std::string>& known) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.directory, none)) {
    std::string id = entry.path().filename();
    if (!well_formed(id) || known.contains(id) || turns_.contains(id)) continue;
    log::info(kArea, "turn {}: ended before this start, and is cleared away now", id);
    io::in_background(loop_, [id, directory = directory_of(id)] { end_and_remove(id, directory); });
  }
}

// Null where there can be no such turn, which the listener is told.
Turn* Turns::make(const TurnSpec& spec) {
  if (turns_.contains(spec.turn_id)) return nullptr;  // it runs, and will tell its end
  if (!well_formed(spec.turn_id)) {
    refuse(spec.turn_id, Failure::other, "that is no turn's name: " + spec.turn_id);
    return nullptr;
  }
  auto adapter = make_adapter(spec.agent.kind);
  if (!adapter || spec.agent.command.empty()) {
    refuse(spec.turn_id, Failure::not_started,
           fmt::format("no agent of kind \"{}\" with a command; look at [agents] in the configuration",
                       spec.agent.kind));
    return nullptr;
  }
  ShimClient::Place place{settings_.shim, spec.turn_id, directory_of(spec.turn_id), spec.limits.line_bytes};
  auto report = [this, id = spec.turn_id](const TurnReport& said) { on_report(id, said); };
  auto turn = std::make_unique<Turn>(loop_, spec, std::move(adapter), std::move(place), std::move(report));
  return (turns_[spec.turn_id] = std::move(turn)).get();
}

// The listener is never called from inside a call to us.
void Turns::refuse(const std::string& turn_id, Failure failure, std::string words) {
  TurnEnded ended;
  ended.outcome = Outcome::failed;
  ended.failure = failure;
  ended.text = std::move(words);
  loop_.later([this, alive = std::weak_ptr(alive_), turn_id, ended] {
    if (!alive.expired()) listener_(turn_id, ended);
  });
}

void Turns::on_report(const std::string& turn_id, const TurnReport& report) {
  bool over = std::holds_alternative<TurnEnded>(report);
  if (over) end(turn_id);  // first: the listener may start the next one
  listener_(turn_id, report);
}

void Turns::end(const std::string& turn_id) {
  auto ended = turns_.extract(turn_id);
  loop_.bury(std::move(ended.mapped()));
}

std::string Turns::directory_of(const std::string& turn_id) const {
  return settings_.directory + "/" + turn_id;
}

}  // namespace coordinator::agent
