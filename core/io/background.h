// Work that would hold up the loop, done beside it.
#pragma once

#include <functional>

namespace coordinator::io {

class Loop;

// Runs `work` on one of libuv's threads. It must own all that it touches. The loop does not end before it
// has.
void in_background(Loop& loop, std::function<void()> work);

}  // namespace coordinator::io
