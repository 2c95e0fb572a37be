// What Claude Code asks a person for, and what it is answered: `can_use_tool` of its control protocol, which
// its makers do not document; it is as 2.1.330 speaks it.
#pragma once

#include "agent/adapter.h"
#include "agent/event.h"
#include "base/json.h"

namespace coordinator::agent {

// A control request whose subtype is can_use_tool.
PermissionRequest parse_claude_permission(JsonView line);

// The `response` within the control response.
Json claude_permission_answer(const PermissionAnswer& answer);

}  // namespace coordinator::agent
