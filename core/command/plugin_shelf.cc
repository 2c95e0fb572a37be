#include "command/plugin_shelf.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "io/file.h"

namespace coordinator::command {

namespace {

using Until = PluginFile::Refusal::Until;

constexpr std::size_t kTrialsAtOnce = 4;
constexpr std::size_t kOldOnes = 8;    // of one file: retired ones that still hold calls
constexpr Millis kPatience = 1s;       // with those that were begun before
constexpr Millis kBeginning = 10s;     // at most so long what lay there at the start is waited for
constexpr Millis kAgain = 5s;          // after what could not be tried
constexpr Millis kLongUntouched = 1s;  // at the start: a file that nobody has touched for so long is whole

template <class AtStage>
AtStage* stage_of(PluginFile& file) {
  return std::get_if<AtStage>(&file.stage);
}
template <class AtStage>
const AtStage* stage_of(const PluginFile& file) {
  return std::get_if<AtStage>(&file.stage);
}

bool untouched(const io::FileLook& look, WallTime now) {
  return WallTime(Millis(look.changed / 1'000'000)) + kLongUntouched < now;
}

std::string version_of(const PluginIdentity& identity) {
  return identity.version.empty() ? identity.name : identity.name + " " + identity.version;
}

std::string commands_of(const PluginIdentity& identity) {
  std::string words;
  for (const auto& name : identity.commands) words += (words.empty() ? "/" : ", /") + name;
  return words.empty() ? "no commands" : words;
}

bool shares(const PluginIdentity& a, const PluginIdentity& b) {
  return a.name == b.name || std::find_first_of(a.commands.begin(), a.commands.end(), b.commands.begin(),
                                                b.commands.end()) != a.commands.end();
}

}  // namespace

PluginShelf::PluginShelf(PluginNotes notes, Millis settle) : notes_(std::move(notes)), settle_(settle) {}

ShelfEffects PluginShelf::died(const Death& death) {
  int count = notes_.died(death);
  bool out = count > PluginNotes::kDeathsAllowed;
  std::string next = out ? fmt::format(
                               "it stays out until its file changes, or until somebody says "
                               "`coordinator plugins enable {}`",
                               death.plugin)
                         : "if that happens once more, it stays out";
  return {LogLine{log::Level::error,
                  fmt::format("an earlier daemon ended while plugin {} was in {}, for the {} "
                              "time with this content: {}",
                              death.plugin, death.what, count == 1 ? "first" : "second", next)},
          KeepNotes{notes_.dump()}};
}

ShelfEffects PluginShelf::seen(const std::vector<DirectorySight>& directories, Now now) {
  ShelfEffects effects;
  bool first = !looked_;
  if (first) looked_ = now.instant;
  std::set<std::string> there;
  for (const auto& directory : directories) {
    sight(directory, effects);
    for (const auto& file : directory.files) {
      there.insert(file.path);
      sight(file, first, now, effects);
    }
  }
  for (auto& [path, file] : files_)
    if (!there.contains(path) && !in_refused_directory(file)) leave(file, now, effects);
  advance(now, effects);
  return effects;
}

// What serves from a directory that became unsafe serves on; what was under way begins anew when it is safe.
void PluginShelf::sight(const DirectorySight& directory, ShelfEffects& effects) {
  auto& words = closed_[directory.path];
  if (!directory.problem.empty() && words != directory.problem)
    effects.push_back(LogLine{log::Level::warning, fmt::format("no plugin is loaded from {}: {}",
                                                               directory.path, directory.problem)});
  words = directory.problem;
  if (words.empty()) {
    closed_.erase(directory.path);
    return;
  }
  for (auto& [path, file] : files_)
    if (in_refused_directory(file) && !stage_of<stage::Done>(file)) {
      abandon(file, effects);
      file.look = {};
      dealt_with(file, fail("{}", directory.problem), effects);
    }
}

bool PluginShelf::in_refused_directory(const PluginFile& file) const {
  return closed_.contains(io::parent_of(file.path));
}

void PluginShelf::sight(const FileSight& sight, bool first, Now now, ShelfEffects& effects) {
  auto [at, fresh] = files_.try_emplace(sight.path);
  PluginFile& file = at->second;
  bool back = stage_of<stage::Leaving>(file);
  if (!fresh && !back && file.look == sight.look && file.problem == sight.problem) return;
  abandon(file, effects);
  file.path = sight.path;
  file.look = sight.look;
  file.problem = sight.problem;
  if (first) unsettled_.insert(file.path);
  if (!file.problem.empty()) return refuse(file, {PluginState::refused, file.problem, {}}, effects);
  bool whole = first && untouched(file.look, now.wall);
  file.stage = stage::Settling{whole ? now.instant - settle_ : now.instant};
}

void PluginShelf::leave(PluginFile& file, Now now, ShelfEffects& effects) {
  if (stage_of<stage::Leaving>(file)) return;
  abandon(file, effects);
  file.stage = stage::Leaving{now.instant};
}

ShelfEffects PluginShelf::copied(Attempt attempt, const CopyOutcome& outcome, Now now) {
  ShelfEffects effects;
  PluginFile* file = at_stage<stage::Copying>(attempt);
  if (!file) return {DropCopy{attempt}};  // abandoned meanwhile
  if (outcome.changed) {
    file->stage = stage::Settling{now.instant};
  } else if (!outcome.content) {
    refuse(*file, outcome.content.error(), now, effects);
  } else if (file->serving && file->serving->content == *outcome.content && !file->forced) {
    file->refusal.reset();
    dealt_with(*file, version_of(file->serving->identity) + " serves", effects);
    effects.push_back(DropCopy{attempt});
  } else if (const Death* death = notes_.quarantined(*outcome.content)) {
    refuse(*file,
           {PluginState::quarantined,
            fmt::format("the daemon died in its code twice, the last time in {}: it stays out until its file "
                        "changes, or until somebody says `coordinator plugins enable {}`",
                        death->what, death->plugin),
            {death->plugin, {}, {}, {}}},
           effects);
    effects.push_back(DropCopy{attempt});
  } else {
    file->stage = stage::Trying{attempt, *outcome.content};
    effects.push_back(TryCopy{attempt});
  }
  advance(now, effects);
  return effects;
}

ShelfEffects PluginShelf::tried(Attempt attempt, const Result<TrialReport>& outcome, Now now) {
  ShelfEffects effects;
  PluginFile* file = at_stage<stage::Trying>(attempt);
  if (!file) return effects;
  if (!outcome) {
    refuse(*file, outcome.error(), now, effects);
    effects.push_back(DropCopy{attempt});
  } else {
    PluginIdentity identity{outcome->name, outcome->version, outcome->description, outcome->command_names()};
    std::string content = stage_of<stage::Trying>(*file)->content;
    file->stage = stage::Ready{attempt, std::move(content), std::move(identity), now.instant};
  }
  advance(now, effects);
  return effects;
}

ShelfEffects PluginShelf::loaded(Attempt attempt, const Status& outcome, Now now) {
  ShelfEffects effects;
  PluginFile* file = at_stage<stage::Loading>(attempt);
  if (!file) {
    if (outcome) effects.push_back(Retire{attempt});
    return effects;
  }
  if (outcome)
    took_over(*file, effects);
  else
    refuse(*file, {PluginState::refused, outcome.error().what, stage_of<stage::Loading>(*file)->identity},
           effects);
  advance(now, effects);
  return effects;
}

ShelfEffects PluginShelf::retired(Attempt generation) {
  for (auto entry = retired_.begin(); entry != retired_.end(); ++entry) {
    std::erase(entry->second, generation);
    if (!entry->second.empty()) continue;
    retired_.erase(entry);
    break;
  }
  return {};
}

// Everything whose time has come. Who goes makes room first.
void PluginShelf::advance(Now now, ShelfEffects& effects) {
  let_go(now, effects);
  if (std::exchange(freed_, false))
    for (auto& [path, file] : files_)
      if (file.refusal && file.refusal->until == Until::another_goes && stage_of<stage::Done>(file))
        file.stage = stage::Settling{now.instant - settle_};
  begin_copies(now, effects);
  load_next(now, effects);
  finish(now, effects);
}

// A file that is gone may come back under this name or another one in a moment: installers remove first. What
// is under way then takes over without a gap.
void PluginShelf::let_go(Now now, ShelfEffects& effects) {
  for (auto at = files_.begin(); at != files_.end();) {
    auto here = at++;
    PluginFile& file = here->second;
    auto* leaving = stage_of<stage::Leaving>(file);
    if (!leaving || now.instant - leaving->since < (under_way() ? std::max(kPatience, settle_) : settle_))
      continue;
    effects.push_back(
        LogLine{log::Level::info,
                fmt::format("{} is gone{}", file.path,
                            file.serving ? ", and so is " + commands_of(file.serving->identity) : "")});
    retire_serving(file, effects);
    dealt_with(file, fail("its file {} is gone", file.path), effects);
    files_.erase(here);
  }
}

void PluginShelf::begin_copies(Now now, ShelfEffects& effects) {
  std::size_t places = kTrialsAtOnce - busy();
  for (auto& [path, file] : files_) {
    auto* settling = stage_of<stage::Settling>(file);
    if (!settling || now.instant - settling->since < settle_) continue;
    if (places-- == 0) return;
    file.stage = stage::Copying{++attempts_};
    effects.push_back(CopyFile{attempts_, path, file.look});
  }
}

// One at a time: whether the next one may be loaded depends on what this one brings.
void PluginShelf::load_next(Now now, ShelfEffects& effects) {
  PluginFile* next = nullptr;
  for (auto& [path, file] : files_) {
    if (stage_of<stage::Loading>(file)) return;
    auto* ready = stage_of<stage::Ready>(file);
    if (ready && (!next || ready->attempt < stage_of<stage::Ready>(*next)->attempt)) next = &file;
  }
  if (!next || !may_load(*stage_of<stage::Ready>(*next), now)) return;
  stage::Ready ready = *stage_of<stage::Ready>(*next);
  std::string conflict = conflict_of(*next, ready.identity);
  bool disabled = notes_.disabled(ready.identity.name);
  if (conflict.empty() && !disabled) {
    next->stage = stage::Loading{ready.attempt, ready.content, ready.identity};
    effects.push_back(LoadCopy{ready.attempt, ready.identity});
    return;
  }
  effects.push_back(DropCopy{ready.attempt});
  if (disabled)
    refuse(*next, {PluginState::disabled, "it is disabled: enable it to load it", ready.identity}, effects);
  else
    refuse(*next, {PluginState::refused, conflict, ready.identity, Until::another_goes}, effects);
  load_next(now, effects);
}

bool PluginShelf::may_load(const stage::Ready& ready, Now now) const {
  if (now.instant - ready.since >= kPatience) return true;
  return std::none_of(files_.begin(), files_.end(), [&ready](const auto& entry) {
    bool before = stage_of<stage::Copying>(entry.second) || stage_of<stage::Trying>(entry.second);
    return before && entry.second.attempt() < ready.attempt;
  });
}

// One that goes on changing, or cannot be tried, must not keep the others from being published.
void PluginShelf::finish(Now now, ShelfEffects& effects) {
  if (looked_ && now.instant - *looked_ >= kBeginning) unsettled_.clear();
  if (!settled() || std::exchange(told_settled_, true)) return;
  effects.push_back(ServingChanged{});
}

void PluginShelf::took_over(PluginFile& file, ShelfEffects& effects) {
  auto& loading = *stage_of<stage::Loading>(file);
  PluginFile::Serving young{loading.attempt, loading.content, loading.identity};
  for (auto& [path, other] : files_)
    if (stage_of<stage::Leaving>(other) && other.serving && shares(other.serving->identity, young.identity))
      retire_serving(other, effects);
  std::string before = file.serving ? " in the place of " + version_of(file.serving->identity) : "";
  retire_serving(file, effects);
  effects.push_back(LogLine{log::Level::info, fmt::format("{} serves {}{} ({})", version_of(young.identity),
                                                          commands_of(young.identity), before, file.path)});
  file.serving = std::move(young);
  file.refusal.reset();
  dealt_with(file, version_of(file.serving->identity) + " serves", effects);
  effects.push_back(ServingChanged{});
}

void PluginShelf::retire_serving(PluginFile& file, ShelfEffects& effects) {
  if (!file.serving) return;
  Attempt generation = file.serving->generation;
  file.serving.reset();
  freed_ = true;
  auto& old = retired_[file.path];
  old.push_back(generation);
  effects.push_back(Retire{generation});
  effects.push_back(ServingChanged{});
  if (old.size() <= kOldOnes) return;
  effects.push_back(
      LogLine{log::Level::warning, fmt::format("{} old versions of {} still hold calls: the oldest "
                                               "is stopped now, and who waits for its answers is told so",
                                               old.size(), file.path)});
  effects.push_back(StopNow{old.front()});
}

// What this machine could not do now is tried again by itself.
void PluginShelf::refuse(PluginFile& file, const Error& error, Now now, ShelfEffects& effects) {
  if (error.cause != Cause::busy) return refuse(file, {PluginState::refused, error.what, {}}, effects);
  bool unsettled = unsettled_.contains(file.path), forced = file.forced;
  refuse(file, {PluginState::refused, error.what + "; it will be tried again", {}, Until::tried_again},
         effects);
  if (unsettled) unsettled_.insert(file.path);
  file.forced = forced;
  file.stage = stage::Settling{now.instant + kAgain - settle_};
}

void PluginShelf::refuse(PluginFile& file, PluginFile::Refusal refusal, ShelfEffects& effects) {
  // It is looked at again by itself, which is nothing new to anybody.
  bool known = refusal.until != Until::changed && file.refusal && file.refusal->words == refusal.words;
  std::string on = file.serving ? fmt::format("; {} serves on", version_of(file.serving->identity)) : "";
  if (!known)
    effects.push_back(LogLine{refusal.state == PluginState::disabled ? log::Level::info : log::Level::warning,
                              fmt::format("{} is not loaded: {}{}", file.path, refusal.words, on)});
  auto words = fail("{}{}", refusal.words, on);
  file.refusal = std::move(refusal);
  dealt_with(file, words, effects);
}

void PluginShelf::dealt_with(PluginFile& file, const Result<std::string>& words, ShelfEffects& effects) {
  file.stage = stage::Done{};
  file.forced = false;
  unsettled_.erase(file.path);
  for (Request request : std::exchange(file.waiting, {})) effects.push_back(Answer{request, words});
}

// What was under way is not wanted any more. Whoever waits for it waits for what comes in its place.
void PluginShelf::abandon(PluginFile& file, ShelfEffects& effects) {
  if (auto attempt = file.attempt()) effects.push_back(DropCopy{*attempt});
  file.stage = stage::Done{};
}

std::string PluginShelf::conflict_of(const PluginFile& file, const PluginIdentity& identity) const {
  for (const auto& [path, other] : files_) {
    if (&other == &file || !other.serving || stage_of<stage::Leaving>(other)) continue;
    const PluginIdentity& there = other.serving->identity;
    if (there.name == identity.name)
      return fmt::format("a plugin called {} serves already, from {}: remove one of the two files",
                         identity.name, path);
    for (const auto& command : identity.commands)
      if (std::find(there.commands.begin(), there.commands.end(), command) != there.commands.end())
        return fmt::format(
            "its command /{} is served already by plugin {}, from {}: remove one of the two "
            "files, or give the command another name",
            command, there.name, path);
  }
  return {};
}

template <class AtStage>
PluginFile* PluginShelf::at_stage(Attempt attempt) {
  for (auto& [path, file] : files_)
    if (auto* at = stage_of<AtStage>(file); at && at->attempt == attempt) return &file;
  return nullptr;
}

std::size_t PluginShelf::busy() const {
  return static_cast<std::size_t>(std::count_if(files_.begin(), files_.end(), [](const auto& entry) {
    return stage_of<stage::Copying>(entry.second) || stage_of<stage::Trying>(entry.second);
  }));
}

std::size_t PluginShelf::under_way() const {
  return static_cast<std::size_t>(std::count_if(files_.begin(), files_.end(), [](const auto& entry) {
    return !stage_of<stage::Done>(entry.second) && !stage_of<stage::Leaving>(entry.second);
  }));
}

std::optional<Instant> PluginShelf::wakes() const {
  std::optional<Instant> next;
  if (!unsettled_.empty()) next = *looked_ + kBeginning;
  auto at = [&next](Instant when) { next = next ? std::min(*next, when) : when; };
  bool waits = under_way() > 0, places = busy() < kTrialsAtOnce;
  for (const auto& [path, file] : files_) {
    if (auto* settling = stage_of<stage::Settling>(file); settling && places) at(settling->since + settle_);
    if (auto* ready = stage_of<stage::Ready>(file)) at(ready->since + kPatience);
    if (auto* leaving = stage_of<stage::Leaving>(file))
      at(leaving->since + (waits ? std::max(kPatience, settle_) : settle_));
  }
  return next;
}

}  // namespace coordinator::command
