// The shelf: what lies in the plugins directories, what of it serves, and what is to be done next. A machine:
// it opens, loads and starts nothing itself.
//
//     seen -> settling -> copying -> trying -> ready -> loading -> serving
//
// Whatever goes wrong on that way, an older version of the file serves on. A newer version that has come
// through takes over, and the older one retires.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "command/act.h"
#include "command/plugin_directory.h"
#include "command/plugin_file.h"
#include "command/plugin_notes.h"
#include "command/trial_report.h"

namespace coordinator::command {

struct CopyFile {
  Attempt attempt;
  std::string path;
  io::FileLook look;
};  // then copied()
struct TryCopy {
  Attempt attempt;
};  // then tried()
struct LoadCopy {
  Attempt attempt;
  PluginIdentity identity;
};  // and start it; then loaded()
struct DropCopy {
  Attempt attempt;
};  // nobody wants it any more; what it still brings is ignored
struct Retire {
  Attempt generation;
};  // serves no more: to be stopped when it is idle; then retired()
struct StopNow {
  Attempt generation;
};                         // a retired one: too many hold calls
struct ServingChanged {};  // or settled() has become true
struct KeepNotes {
  std::string notes;
};
struct Answer {
  Request request;
  Result<std::string> words;
};
using ShelfEffect = std::variant<CopyFile, TryCopy, LoadCopy, DropCopy, Retire, StopNow, ServingChanged,
                                 KeepNotes, LogLine, Answer>;
using ShelfEffects = std::vector<ShelfEffect>;

// How a copy went: the content's hash, unless the file changed meanwhile or there is no good in it.
struct CopyOutcome {
  bool changed = false;
  Result<std::string> content;
};

struct ShelfEntry {
  PluginState state;
  PluginIdentity identity;
  std::string file, detail;
  std::optional<Attempt> serving;
};

class PluginShelf {
 public:
  PluginShelf(PluginNotes notes, Millis settle);

  // An earlier daemon died in a plugin's code. Before everything else.
  ShelfEffects died(const Death& death);
  // What lies in the directories now: whenever they stir, and when wakes() has come.
  ShelfEffects seen(const std::vector<DirectorySight>& directories, Now now);
  ShelfEffects copied(Attempt attempt, const CopyOutcome& outcome, Now now);
  ShelfEffects tried(Attempt attempt, const Result<TrialReport>& outcome, Now now);
  ShelfEffects loaded(Attempt attempt, const Status& outcome, Now now);
  ShelfEffects retired(Attempt generation);
  // Each is answered once, now or later.
  ShelfEffects reload(std::string_view name, Request request, Now now);
  ShelfEffects enable(std::string_view name, Request request, Now now);
  ShelfEffects disable(std::string_view name, Request request, Now now);

  // When the directories should be looked into again although nothing stirred.
  std::optional<Instant> wakes() const;
  bool settled() const { return looked_ && unsettled_.empty(); }
  std::optional<Attempt> serving_command(std::string_view command) const;
  std::optional<Attempt> serving_plugin(std::string_view name) const;
  std::vector<ShelfEntry> list() const;

 private:
  using Files = std::map<std::string, PluginFile>;

  void sight(const DirectorySight& directory, ShelfEffects& effects);
  void sight(const FileSight& sight, bool first, Now now, ShelfEffects& effects);
  void leave(PluginFile& file, Now now, ShelfEffects& effects);
  bool in_refused_directory(const PluginFile& file) const;

  void advance(Now now, ShelfEffects& effects);
  void let_go(Now now, ShelfEffects& effects);
  void begin_copies(Now now, ShelfEffects& effects);
  void load_next(Now now, ShelfEffects& effects);
  bool may_load(const stage::Ready& ready, Now now) const;
  void finish(Now now, ShelfEffects& effects);

  void took_over(PluginFile& file, ShelfEffects& effects);
  void retire_serving(PluginFile& file, ShelfEffects& effects);
  void refuse(PluginFile& file, const Error& error, Now now, ShelfEffects& effects);
  void refuse(PluginFile& file, PluginFile::Refusal refusal, ShelfEffects& effects);
  void dealt_with(PluginFile& file, const Result<std::string>& words, ShelfEffects& effects);
  void abandon(PluginFile& file, ShelfEffects& effects);
  std::string conflict_of(const PluginFile& file, const PluginIdentity& identity) const;

  void force(PluginFile& file, std::optional<Request> request, Now now, ShelfEffects& effects);
  void disable(PluginFile& file, ShelfEffects& effects);
  std::vector<PluginFile*> called(std::string_view name);
  std::string unknown(std::string_view name) const;

  template <class AtStage>
  PluginFile* at_stage(Attempt attempt);
  std::size_t busy() const;       // files that are being copied or tried
  std::size_t under_way() const;  // those, and those before and behind them

  PluginNotes notes_;
  Millis settle_;
  Files files_;                                         // by path
  std::map<std::string, std::string> closed_;           // directories that nothing is loaded from, and why
  std::map<std::string, std::deque<Attempt>> retired_;  // by path: those that are still in memory
  std::set<std::string> unsettled_;                     // paths of the beginning that are not dealt with yet
  Attempt attempts_ = 0;
  std::optional<Instant> looked_;  // when the first look was
  bool told_settled_ = false;
  bool freed_ = false;  // a name or command is free again: those that wanted one get their chance
};

}  // namespace coordinator::command
