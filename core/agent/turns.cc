#include "agent/turns.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "agent/project_place.h"
#include "agent/turn.h"
#include "agent/turn_files.h"
#include "base/log.h"
#include "io/background.h"
#include "io/file.h"
#include "io/loop.h"
#include "io/open_files.h"

namespace coordinator::agent {

namespace {

constexpr const char* kArea = "agent";
constexpr int kFilesEach =
    16;  // that a turn may need open at once, with some to spare for the rest of the house
constexpr Millis kAgain = 1s;
constexpr Millis kMostPatience = 1min;

// It becomes a path and a variable: nothing else may come through.
bool well_formed(const std::string& turn_id) {
  return turn_id.size() == 16 && turn_id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Status can_enter(const std::string& directory) {
  if (::access(directory.c_str(), X_OK) == 0) return {};
  return fail("the project's directory {} cannot be entered: {}", directory, std::strerror(errno));
}

// A turn is worth having without it.
void make_outbox(const TurnSpec& spec) {
  if (spec.outbox.empty()) return;
  if (auto made = make_place(spec.directory, {kPlace, kOutbox, spec.outbox}); !made)
    log::warning(kArea, "turn {}: its agent cannot attach files: {}", spec.turn_id, made.error().what);
}

void remove_behind(io::Loop& loop, const std::string& directory) {
  auto removed = std::make_shared<Status>();
  io::in_background(
      loop, [removed, directory] { *removed = io::remove_tree(directory); },
      [removed, directory] {
        if (!*removed) log::warning(kArea, "{} stays: {}", directory, removed->error().what);
      });
}

}  // namespace

Turns::Turns(io::Loop& loop, Settings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      try_again_(loop, [this] { try_held(); }),
      sweeps_(loop, settings_.shim) {}
Turns::~Turns() = default;

void Turns::start(const TurnSpec& spec) {
  if (!hold_back(spec)) begin(spec);
}

// A turn that fails half way through its start, for want of a descriptor, would be lost: it is not begun.
bool Turns::hold_back(const TurnSpec& spec) {
  auto same = [&](const Held& held) { return held.spec.turn_id == spec.turn_id; };
  if (std::ranges::any_of(held_, same)) return true;
  if (held_.empty() && io::can_open(kFilesEach)) return false;
  log::warning(
      kArea,
      "turn {}: too many files are open here to begin it; it waits for at most {} s. Raise LimitNOFILE",
      spec.turn_id, kMostPatience / 1s);
  held_.push_back({spec, loop_.now().instant});
  if (!try_again_.active()) try_again_.start(kAgain);
  return true;
}

void Turns::try_held() {
  while (!held_.empty()) {
    bool late = loop_.now().instant >= held_.front().since + kMostPatience;
    if (!late && !io::can_open(kFilesEach)) return try_again_.start(kAgain);
    TurnSpec spec = std::move(held_.front().spec);
    held_.pop_front();
    if (late)
      refuse(spec.turn_id, Failure::busy, "too many files are open here to begin it");
    else
      begin(spec);
  }
}

void Turns::begin(const TurnSpec& spec) {
  Turn* turn = make(spec);
  if (!turn) return;
  TurnFiles files(directory_of(spec.turn_id));
  if (files.begun()) return turn->adopt();
  if (auto made = io::make_directories(files.directory()); !made) {
    turns_.erase(spec.turn_id);
    bool full = made.error().cause == Cause::no_room;
    return refuse(spec.turn_id, full ? Failure::disk_full : Failure::not_started, made.error().what);
  }
  if (auto inside = can_enter(spec.directory); !inside) {
    turns_.erase(spec.turn_id);
    return refuse(spec.turn_id, Failure::no_directory, inside.error().what);
  }
  make_outbox(spec);
  turn->start(settings_.own, settings_.keep_free_bytes);
}

void Turns::adopt(const TurnSpec& spec) {
  if (Turn* turn = make(spec)) turn->adopt();
}

void Turns::cancel(const std::string& turn_id) {
  auto held = std::ranges::find_if(held_, [&](const Held& each) { return each.spec.turn_id == turn_id; });
  if (held != held_.end()) {
    held_.erase(held);
    return refuse(turn_id, Failure::none, {}, Outcome::aborted);
  }
  auto found = turns_.find(turn_id);
  if (found != turns_.end()) found->second->cancel();
}

void Turns::answer(const std::string& turn_id, const PermissionAnswer& answer) {
  if (auto found = turns_.find(turn_id); found != turns_.end()) found->second->answer(answer);
}

void Turns::forget(const std::string& turn_id) {
  if (turns_.contains(turn_id) || !well_formed(turn_id)) return;
  remove_behind(loop_, directory_of(turn_id));
}

void Turns::forget_all_but(const std::set<std::string>& known) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.directory, none)) {
    std::string id = entry.path().filename();
    if (!well_formed(id) || known.contains(id) || turns_.contains(id)) continue;
    log::info(kArea, "turn {}: ended before this start, and is cleared away now", id);
    sweeps_.sweep(id, control_group_of(id), [this, id] { remove_behind(loop_, directory_of(id)); });
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
  ShimClient::Place place{settings_.shim, spec.turn_id, directory_of(spec.turn_id), spec.limits.line_bytes,
                          control_group_of(spec.turn_id)};
  auto report = [this, id = spec.turn_id](const TurnReport& said) { on_report(id, said); };
  auto turn = std::make_unique<Turn>(loop_, spec, std::move(adapter), std::move(place), std::move(report));
  return (turns_[spec.turn_id] = std::move(turn)).get();
}

// The listener is never called from inside a call to us.
void Turns::refuse(const std::string& turn_id, Failure failure, std::string words, Outcome outcome) {
  TurnEnded ended;
  ended.outcome = outcome;
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

// Named like the turn, so that a later daemon finds it.
std::string Turns::control_group_of(const std::string& turn_id) const {
  return settings_.control_groups.empty() ? std::string() : settings_.control_groups + "/" + turn_id;
}

}  // namespace coordinator::agent
