// A timer on the loop.
#pragma once

#include <uv.h>

#include <functional>

#include "base/clock.h"
#include "io/handle.h"

namespace coordinator::io {

class Loop;

// Calls back when its time has come; stops when destroyed, which may happen inside its own callback only
// through Loop::bury.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> fire);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Once, after `delay`: whole milliseconds, never early, and at least one, since libuv runs timers until
  // none is due: one that set itself to now again and again would keep the loop from everything else.
  // Starting again replaces what was set.
  void start(Millis delay);
  // Every `period`, the first time after one period.
  void repeat(Millis period);
  void stop();
  bool active() const;

 private:
  Handle<uv_timer_t> handle_;
  std::function<void()> fire_;
};

}  // namespace coordinator::io
