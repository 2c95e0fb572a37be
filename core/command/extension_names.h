// The names of the extensions that this host has.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "coordinator/extensions.h"

namespace coordinator::command {

inline constexpr std::array<std::string_view, 12> kExtensions = {
    COORDINATOR_INTERACTIONS, COORDINATOR_SESSIONS, COORDINATOR_QUEUE,  COORDINATOR_PROJECTS,
    COORDINATOR_MODELS,       COORDINATOR_STORAGE,  COORDINATOR_TIMERS, COORDINATOR_HTTP,
    COORDINATOR_METRICS,      COORDINATOR_USAGE,    COORDINATOR_AUDIT,  COORDINATOR_PLUGINS};

inline bool has_extension(std::string_view name) {
  return std::find(kExtensions.begin(), kExtensions.end(), name) != kExtensions.end();
}

}  // namespace coordinator::command
