// Trying a plugin: all that would be done to it in the daemon, done where a crash harms nobody.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "command/trial_report.h"

namespace coordinator::command {

inline constexpr std::size_t kLargestPlugin = 64 * 1024 * 1024;  // bytes

// Loads it into this process, starts it with a host that does nothing, stops it and unloads it again. Code
// that crashes or does not return does so here: call it in a process of its own. `file` is its name.
Result<TrialReport> try_plugin(std::string_view bytes, const std::string& file);

}  // namespace coordinator::command
