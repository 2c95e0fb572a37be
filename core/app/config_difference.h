// What differs between two configurations, in words.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"

namespace coordinator::app {

// One line for each thing: "project ant: model, allow", "limits.queue: 50 -> 10". Secrets are named, not
// shown.
struct ConfigDifference {
  std::vector<std::string> live;     // takes effect while the daemon runs
  std::vector<std::string> restart;  // does not: [discord] and [plugins]

  bool empty() const { return live.empty() && restart.empty(); }
};

ConfigDifference difference(const Config& before, const Config& after);

}  // namespace coordinator::app
