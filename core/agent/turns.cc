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
constexpr std::uint64_t kMostSpool = 64u
                                     << 20;  // an agent whose spool has grown so far takes no further turn

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
      sweeps_(loop, settings_.shim),
      pool_timer_(loop, [this] {
        leave(pool_.expire(loop_.now().instant));
        set_pool_timer();
      }) {}

// An agent that stands by reads the end of its input and goes.
Turns::~Turns() {
  for (auto& [process, idle] : idle_) idle->leave();
}

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
  if (!can_make(spec)) return;
  if (TurnFiles(directory_of(spec.turn_id)).begun()) return adopt(spec);
  if (auto process = to_wait_for(spec)) return waiting_.push_back({spec, *process});
  if (auto agent = pool_.take(spec.session_id)) return begin_with(spec, agent->process);
  begin_cold(spec);
}

// What keeps a turn from beginning: its session's agent, which cannot take it and has to go first.
std::optional<std::string> Turns::to_wait_for(const TurnSpec& spec) {
  if (sweeping_ > 0) return std::string();
  for (auto& [process, idle] : idle_) {
    if (idle->session() != spec.session_id) continue;
    if (!idle->leaving() && idle->client().usable() && pool_.key_of(process) == warm_key(spec)) return {};
    pool_.remove(process);
    idle->leave();
    return process;
  }
  return {};
}

void Turns::go_on_waiting() {
  std::deque<Waiting> waiting = std::exchange(waiting_, {});
  for (Waiting& each : waiting) {
    bool still = each.process.empty() ? sweeping_ > 0 : idle_.contains(each.process);
    if (still)
      waiting_.push_back(std::move(each));
    else
      begin(each.spec);
  }
}

void Turns::begin_cold(const TurnSpec& spec) {
  TurnFiles files(directory_of(spec.turn_id));
  if (auto made = io::make_directories(files.directory()); !made) {
    bool full = made.error().cause == Cause::no_room;
    return refuse(spec.turn_id, full ? Failure::disk_full : Failure::not_started, made.error().what);
  }
  if (auto inside = can_enter(spec.directory); !inside)
    return refuse(spec.turn_id, Failure::no_directory, inside.error().what);
  make_outbox(spec);
  make(spec, {}, nullptr)->start(settings_.own, settings_.keep_free_bytes);
}

// Where it runs is written down before it is asked: the next daemon must not ask again.
void Turns::begin_with(const TurnSpec& spec, const std::string& process) {
  auto idle = idle_.extract(process);
  std::unique_ptr<ShimClient> agent = idle.mapped()->take();
  loop_.bury(std::move(idle.mapped()));
  set_pool_timer();
  make_outbox(spec);
  TurnPlace place{process, agent->position(), agent->stdin_bytes(), agent->age()};
  make(spec, place, std::move(agent));
  auto written = std::make_shared<Status>();
  auto write = [written, place, files = TurnFiles(directory_of(spec.turn_id))] {
    *written = files.write_place(place);
  };
  io::in_background(loop_, std::move(write),
                    [this, alive = std::weak_ptr(alive_), written, id = spec.turn_id] {
                      if (alive.expired()) return;
                      if (!*written) log::warning(kArea, "turn {}: {}", id, written->error().what);
                      if (auto turn = turns_.find(id); turn != turns_.end())
                        turn->second->go_on(written->has_value());
                    });
}

void Turns::adopt(const TurnSpec& spec) {
  if (!can_make(spec)) return;
  auto place = TurnFiles(directory_of(spec.turn_id)).place();
  if (!place)
    return refuse(spec.turn_id, Failure::lost, "it is not known where it runs: " + place.error().what);
  if (place->process == spec.turn_id) place->process.clear();
  if (!place->process.empty() && !well_formed(place->process))
    return refuse(spec.turn_id, Failure::lost, "it is not known where it runs: " + place->process);
  make(spec, std::move(*place), nullptr)->adopt();
}

void Turns::cancel(const std::string& turn_id) {
  auto held = std::ranges::find_if(held_, [&](const Held& each) { return each.spec.turn_id == turn_id; });
  if (held != held_.end()) {
    held_.erase(held);
    return refuse(turn_id, Failure::none, {}, Outcome::aborted);
  }
  auto waiting =
      std::ranges::find_if(waiting_, [&](const Waiting& each) { return each.spec.turn_id == turn_id; });
  if (waiting != waiting_.end()) {
    waiting_.erase(waiting);
    return refuse(turn_id, Failure::none, {}, Outcome::aborted);
  }
  auto found = turns_.find(turn_id);
  if (found != turns_.end()) found->second->cancel();
}

void Turns::answer(const std::string& turn_id, const PermissionAnswer& answer) {
  if (auto found = turns_.find(turn_id); found != turns_.end()) found->second->answer(answer);
}

void Turns::steer(const std::string& turn_id, const Steering& steering) {
  if (auto found = turns_.find(turn_id); found != turns_.end()) found->second->steer(steering);
}

void Turns::forget(const std::string& turn_id) {
  if (turns_.contains(turn_id) || !well_formed(turn_id)) return;
  auto home =
      std::ranges::find_if(homes_, [&](const auto& each) { return each.second.turns.contains(turn_id); });
  if (home == homes_.end()) return remove_behind(loop_, directory_of(turn_id));
  home->second.turns.erase(turn_id);
  if (home->first != turn_id) remove_behind(loop_, directory_of(turn_id));
  clear_home(std::string(home->first));
}

void Turns::process_gone(const std::string& process) {
  if (auto home = homes_.find(process); home != homes_.end()) home->second.lives = false;
  clear_home(process);
}

// Its spool is what a turn is read from that nobody has written down yet.
void Turns::clear_home(const std::string& process) {
  auto home = homes_.find(process);
  if (home == homes_.end() || home->second.lives || !home->second.turns.empty()) return;
  homes_.erase(home);
  remove_behind(loop_, directory_of(process));
}

void Turns::forget_all_but(const std::set<std::string>& known) {
  std::set<std::string> kept = known;
  for (const std::string& id : known)
    if (auto place = TurnFiles(directory_of(id)).place(); well_formed(id) && place)
      kept.insert(place->process);
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.directory, none)) {
    std::string id = entry.path().filename();
    if (!well_formed(id) || kept.contains(id) || turns_.contains(id) || homes_.contains(id)) continue;
    log::info(kArea, "turn {}: ended before this start, and is cleared away now", id);
    ++sweeping_;
    sweeps_.sweep(id, control_group_of(id), [this, id](bool all) {
      if (all) remove_behind(loop_, directory_of(id));
      --sweeping_;
      go_on_waiting();
    });
  }
}

// ---- agents between two turns

void Turns::keep(Turn& turn, std::unique_ptr<ShimClient> agent) {
  const std::string& process = turn.process();
  const TurnSpec& spec = turn.spec();
  std::uint64_t spool = agent->position();
  hold(process, std::make_unique<IdleProcess>(loop_, make_adapter(spec.agent.kind), std::move(agent),
                                              turn.session(), callbacks_of(process)));
  if (closing_ || spool > std::min(kMostSpool, spec.limits.spool_bytes / 4)) return leave({process});
  leave(pool_.add(loop_.now().instant, {process, turn.session(), warm_key(spec), turn.agents_memory(), false},
                  spec.agent.warm_for));
  set_pool_timer();
}

void Turns::hold(std::string process, std::unique_ptr<IdleProcess> idle) {
  idle_.insert_or_assign(std::move(process), std::move(idle));
}

void Turns::prepare(TurnSpec spec) {
  auto same = [&](const auto& session) { return session == spec.session_id; };
  bool known = std::ranges::any_of(idle_, [&](const auto& each) { return same(each.second->session()); }) ||
               std::ranges::any_of(turns_, [&](const auto& each) { return same(each.second->session()); });
  if (known || closing_ || sweeping_ > 0 || !held_.empty() || !waiting_.empty()) return;
  if (spec.agent.warm_for <= 0ms || !spec.resume || !pool_.may_prepare() || !io::can_open(kFilesEach)) return;
  auto adapter = make_adapter(spec.agent.kind);
  spec.turn_id = random_.hex(16);
  std::string process = spec.turn_id, directory = directory_of(process);
  if (!adapter || !can_enter(spec.directory) || !io::make_directories(directory)) return;
  ShimLaunch launch = launch_of(spec, *adapter, settings_.own, settings_.keep_free_bytes);
  homes_[process];
  auto idle = std::make_unique<IdleProcess>(loop_, std::move(adapter), shim_place(spec, process),
                                            spec.session_id, callbacks_of(process));
  idle->start(launch);
  hold(process, std::move(idle));
  leave(pool_.add(loop_.now().instant, {process, spec.session_id, warm_key(spec), 0, true},
                  spec.agent.warm_for));
  set_pool_timer();
}

IdleProcess::Callbacks Turns::callbacks_of(const std::string& process) {
  return {[this, process] { pool_.remove(process); },
          [this, process](std::uint64_t memory) {
            leave(pool_.weigh(process, memory));
            set_pool_timer();
          },
          [this, process] { on_idle_gone(process); }};
}

void Turns::leave(const WarmPool::Ended& ended) {
  for (const std::string& process : ended)
    if (auto idle = idle_.find(process); idle != idle_.end()) idle->second->leave();
}

void Turns::on_idle_gone(const std::string& process) {
  pool_.remove(process);
  auto idle = idle_.extract(process);
  loop_.bury(std::move(idle.mapped()));
  process_gone(process);
  set_pool_timer();
  go_on_waiting();
  if (idle_.empty() && none_idle_) loop_.later(std::exchange(none_idle_, nullptr));
}

void Turns::configure(WarmLimits limits) {
  leave(pool_.configure(loop_.now().instant, limits));
  set_pool_timer();
}

void Turns::end_idle(std::function<void()> gone) {
  closing_ = true;
  for (auto& [process, idle] : idle_) {
    pool_.remove(process);
    idle->leave();
  }
  set_pool_timer();
  if (idle_.empty()) return loop_.later(std::move(gone));
  none_idle_ = std::move(gone);
}

void Turns::set_pool_timer() {
  auto due = pool_.next_deadline();
  if (!due) return pool_timer_.stop();
  pool_timer_.start(std::max(Millis(0), *due - loop_.now().instant));
}

// ---- turns

// False where there can be no such turn, which the listener is told.
bool Turns::can_make(const TurnSpec& spec) {
  if (turns_.contains(spec.turn_id)) return false;  // it runs, and will tell its end
  if (!well_formed(spec.turn_id)) {
    refuse(spec.turn_id, Failure::other, "that is no turn's name: " + spec.turn_id);
    return false;
  }
  if (make_adapter(spec.agent.kind) && !spec.agent.command.empty()) return true;
  refuse(spec.turn_id, Failure::not_started,
         fmt::format("no agent of kind \"{}\" with a command; look at [agents] in the configuration",
                     spec.agent.kind));
  return false;
}

Turn* Turns::make(const TurnSpec& spec, TurnPlace place, std::unique_ptr<ShimClient> agent) {
  auto report = [this, id = spec.turn_id](const TurnReport& said) { on_report(id, said); };
  auto adapter = make_adapter(spec.agent.kind);
  std::string process = place.process.empty() ? spec.turn_id : place.process;
  homes_[process].turns.insert(spec.turn_id);
  ShimClient::Place shim = shim_place(spec, process);
  shim.read_from = place.spool_bytes;
  auto turn = agent ? std::make_unique<Turn>(loop_, spec, std::move(adapter), std::move(place),
                                             std::move(agent), std::move(report))
                    : std::make_unique<Turn>(loop_, spec, std::move(adapter), std::move(place),
                                             std::move(shim), std::move(report));
  return (turns_[spec.turn_id] = std::move(turn)).get();
}

ShimClient::Place Turns::shim_place(const TurnSpec& spec, const std::string& process) const {
  return {settings_.shim, process, directory_of(process), spec.limits.line_bytes, control_group_of(process)};
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
  if (auto agent = ended.mapped()->take_agent())
    keep(*ended.mapped(), std::move(agent));
  else
    process_gone(ended.mapped()->process());
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
