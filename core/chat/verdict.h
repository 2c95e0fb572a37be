// What becomes of an agent's request, and by whom.
#pragma once

#include <string>

#include "base/ids.h"
#include "store/records.h"

namespace coordinator::chat {

// Who decides, and what. Nobody: time has, or the agent.
struct Verdict {
  store::ApprovalState state = store::ApprovalState::denied;
  UserId by{};
  std::string by_name = {};
  std::string reason = {};
};

}  // namespace coordinator::chat
