// Turns whose daemon is gone.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace coordinator::agent {

struct AbandonedTurns {
  std::size_t ended = 0;
  std::vector<std::string> left;  // by their ids: those that could not be asked, or did not end in time
};

// Ends every turn below that directory (a file place's, see turn_files.h) whose shim listens, and waits until
// they are gone, at most half a minute. For when no daemon runs; the next one tells their channels.
AbandonedTurns end_abandoned_turns(const std::string& directory);

}  // namespace coordinator::agent
