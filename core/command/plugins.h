// The plugins of this daemon: what lies in the plugins directories, loaded, replaced and retired while it
// runs.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "command/guard.h"
#include "command/host_side.h"
#include "command/instance.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::command {

enum class PluginState { serving = 1, refused, disabled, quarantined };  // as in extensions.h

struct PluginInfo {
  PluginState state = PluginState::refused;
  std::string name;  // of a file that could never be read: the file's name without .so
  std::string version, description;
  std::string file;    // its path; or that of a directory that nothing is loaded from
  std::string detail;  // why it is refused, disabled or quarantined; also while an older version serves on
  const Instance* serving = nullptr;
};

struct PluginsOptions {
  std::vector<std::string> directories;  // one that does not exist is loaded from once it does
  std::string probe;                     // the program that tries a file first: `coordinator`
  std::string marker;                    // the file that names the plugin whose code runs; empty: none
  std::string notes;                     // what PluginsListener::note was last told; empty at first
  Millis settle = 200ms;                 // a file that has looked the same for so long is whole
  Millis trial_time = 5s;                // what has not been tried by then is refused
  Millis watchdog = 10s;                 // a call that has not returned by then ends the daemon
};

// Told from the loop, never from inside a call into a plugin.
struct PluginsListener {
  std::function<void()> changed;  // another set of commands serves, or other instances serve them; also once
                                  // when settled() has become true
  std::function<void(std::string notes)> note;  // disabled and quarantined ones, to be kept over restarts
  // Runs a task when all that `note` was told is durable; absent: at once.
  std::function<void(std::function<void()>)> then = {};
  Guard::Returned returned = {};  // of each call into a plugin's code
};

class Plugins {
 public:
  virtual ~Plugins() = default;  // stops and unloads all
  static std::unique_ptr<Plugins> make(io::Loop& loop, PluginsOptions options, MakeHostSide make_host_side,
                                       PluginsListener listener);

  // Names what the marker tells of an earlier daemon's end, then looks into the directories and goes on
  // looking.
  virtual void start() = 0;
  // True once everything that lay in the directories at the start has been tried.
  virtual bool settled() const = 0;
  virtual Instance* serving_command(std::string_view command) = 0;
  virtual Instance* serving_plugin(std::string_view name) = 0;
  // By file; then those of the disabled and quarantined names that have no file now.
  virtual std::vector<PluginInfo> list() const = 0;
  // How many instances are in memory: those that serve, and old ones that still hold calls.
  virtual std::size_t loaded() const = 0;
  // Every one calls back once, later: words on success ("reset 1.0 serves"). `name` is a plugin's name, or
  // its file's name with or without .so. reload() loads the file again also when it has not changed;
  // enable() forgets a quarantine too.
  using Told = std::function<void(Result<std::string>)>;
  virtual void reload(std::string_view name, Told told) = 0;
  virtual void enable(std::string_view name, Told told) = 0;
  virtual void disable(std::string_view name, Told told) = 0;
  // Stops all instances at once, calls held or not, and serves nothing from then on; for the daemon's end.
  // What was asked for is not answered any more. Not from inside a call into a plugin.
  virtual void stop() = 0;
};

}  // namespace coordinator::command
