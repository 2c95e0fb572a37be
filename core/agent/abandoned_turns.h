// Turns whose daemon is gone.
#pragma once

#include <cstddef>
#include <string>

namespace coordinator::agent {

// Ends every turn below that directory (a file place's, see turn_files.h) whose shim listens, and waits until
// they are gone, at most half a minute: how many there were. For when no daemon runs; the next one tells
// their channels.
std::size_t end_abandoned_turns(const std::string& directory);

}  // namespace coordinator::agent
