// A plugin's shared object in a test: loaded, started, used, stopped and unmapped, as the daemon does it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "recording_host.h"

namespace coordinator::test {

class Loaded {
 public:
  // `name` of build/plugins, or a path with a slash. A failure is a failed test.
  Loaded(RecordingHost& host, const std::string& name);
  ~Loaded();
  Loaded(const Loaded&) = delete;

  const coordinator_plugin& plugin() const { return *plugin_; }
  const coordinator_command& command(std::string_view name) const;

  using Arguments = std::map<std::string, std::string>;
  // `line`: "project add". Each is over when it returns, unless it is held.
  void run(const std::string& line, Arguments arguments = {}, Use use = {});
  void complete(const std::string& line, const std::string& focused, Arguments arguments);
  void press(const std::string& custom_id, std::vector<std::string> values = {}, Use use = {});
  void submit(const std::string& custom_id, Arguments fields);

  // Stops and unloads it: false when its code stayed in memory.
  bool unload();

 private:
  void enter(Use use, void (*function)(void*, coordinator_call));

  RecordingHost& host_;
  std::string path_;
  void* object_ = nullptr;
  const coordinator_plugin* plugin_ = nullptr;
  void* state_ = nullptr;
};

}  // namespace coordinator::test
