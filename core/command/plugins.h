// The plugins of this daemon: what lies in the plugins directories, loaded, replaced and retired while it
// runs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "command/host_side.h"
#include "command/instance.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::command {

enum class PluginState { serving = 1, refused, disabled, quarantined };  // as in plugin.h

struct PluginInfo {
  PluginState state = PluginState::refused;
  std::string name;  // of a file that could never be read: the file's name without .so
  std::string version, description, file;
  std::string detail;  // why it is refused, disabled or quarantined; also while an older version serves on
  const Instance* serving = nullptr;
};

struct PluginsOptions {
  std::vector<std::string> directories;  // those that do not exist are watched for where their parent does
  std::string probe;                     // the program that tries a file first: `coordinator`
  std::string marker;                    // the file that names the plugin whose code runs
  std::string notes;                     // what PluginsListener::note was last told; empty at first
};

struct PluginsListener {
  std::function<void()> changed;                // the set of commands that serve is another one
  std::function<void(std::string notes)> note;  // disabled and quarantined ones, to be kept over restarts
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
  virtual std::vector<PluginInfo> list() const = 0;
  // Every one calls back once, later. `words` on success: "reset 1.0 serves".
  using Told = std::function<void(Result<std::string>)>;
  virtual void reload(std::string_view name, Told told) = 0;
  virtual void enable(std::string_view name, Told told) = 0;
  virtual void disable(std::string_view name, Told told) = 0;
  // Stops all instances at once, calls held or not; for the daemon's end.
  virtual void stop() = 0;
};

}  // namespace coordinator::command
