// What a plugin says it is: its descriptor, checked against the contract and Discord's rules, as values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "coordinator/plugin.h"

namespace coordinator::command {

struct CommandDescription {
  std::string name, description;
  bool ephemeral = false;
  // Valid while the plugin is loaded.
  const coordinator_command* command = nullptr;
  Json published;  // as Discord is told: the body of an application command
};

struct Description {
  std::string name, version, description;
  std::vector<std::string> extensions;  // that it cannot do without
  std::vector<CommandDescription> commands;
};

// Reads only what lies within the sizes that the structs state. The error names what breaks which rule:
// `command "Reset": its name may have only lower-case letters, digits, - and _`. `has_extension` tells what
// the host can offer.
Result<Description> describe(const coordinator_plugin* plugin, bool (*has_extension)(std::string_view name));

}  // namespace coordinator::command
