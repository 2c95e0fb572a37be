// One command of a plugin, read and held to Discord's rules.
#pragma once

#include "base/result.h"
#include "command/description.h"
#include "coordinator/plugin.h"

namespace coordinator::command {

// The error names the command, the option and the rule. Its size was not looked at yet.
// https://discord.com/developers/docs/interactions/application-commands
Result<CommandDescription> read_command(const coordinator_command* command);

}  // namespace coordinator::command
