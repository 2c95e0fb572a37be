// What Claude Code's lines mean: one JSON object each, told apart by `type` and `subtype`.
#pragma once

#include <string_view>
#include <vector>

#include "agent/event.h"

namespace coordinator::agent {

// See Adapter::parse. What a later version adds is Alive, not an error.
std::vector<Event> parse_claude_line(std::string_view line);

// Which failure the CLI's own words are about; `other` where they are about none that we know.
Failure claude_failure(std::string_view words);

}  // namespace coordinator::agent
