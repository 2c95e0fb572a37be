// One short line for people about what a tool is asked to do.
#pragma once

#include <string>

#include "base/json.h"

namespace coordinator::agent {

// The part of the input that names the matter (the command, the file, the pattern ...), its first line, at
// most 120 code points; empty where the input has no text. The tool's name is not repeated.
std::string tool_summary(JsonView input);

}  // namespace coordinator::agent
