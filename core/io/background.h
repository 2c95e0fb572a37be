// Work that would hold up the loop, done beside it.
#pragma once

#include <functional>

namespace coordinator::io {

class Loop;

// Runs `work` on one of libuv's threads, then `done`, if there is one, on the loop. They must own all that
// they touch. The loop does not end before they have.
void in_background(Loop& loop, std::function<void()> work, std::function<void()> done = {});

}  // namespace coordinator::io
