// `coordinator plugins check`: tries a plugin's file as the daemon would, and says what it brings or why it
// is refused. The daemon itself runs this as its trial process.
#pragma once

#include <string>

namespace coordinator::app {

struct PluginsCheckCommand {
  // The plugin's file. With `descriptor` it is only its name, for the words.
  std::string file;
  // Where not -1 (--fd): an open file that is loaded into this very process, which may crash or never end:
  // for callers that watch it. Otherwise that is done in a child process.
  int descriptor = -1;
  bool json = false;  // one line of JSON instead of text: {"plugin": {...}} or {"refused": "why"}
};

// Prints it, and returns the program's exit status: 0 when the plugin can be loaded, 1 when not.
int run_plugins_check(const PluginsCheckCommand& command);

}  // namespace coordinator::app
