// What came out of trying a plugin, as the trial process tells it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace coordinator::command {

// A plugin that was loaded, started, stopped and unloaded, and nothing went wrong.
struct TrialReport {
  std::string name, version, description;
  std::vector<std::string> extensions;  // that it cannot do without
  std::vector<Json> commands;           // as Discord is told of them

  std::vector<std::string> command_names() const;
};

// One line: {"plugin": {...}}, or {"refused": "why"}.
std::string dump_trial(const Result<TrialReport>& outcome);
// The other way round; the error is the refusal.
Result<TrialReport> parse_trial(std::string_view line);

}  // namespace coordinator::command
