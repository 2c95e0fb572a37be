// A command's body as one text, the same for what is wanted and for what Discord has made of it.
#pragma once

#include <string>

#include "base/json.h"

namespace coordinator::command {

// True when writing `wanted` would change nothing of `known`. Discord adds to a command what it was not told:
// its id and version, defaults, nulls; those do not count.
bool same_command(JsonView wanted, JsonView known);

// The name that Discord knows it by, with its kind: "1 reset".
std::string identity(JsonView command);

}  // namespace coordinator::command
