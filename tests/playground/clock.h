// The playground's clock: the machine's own, and how far a test has moved it.
#pragma once

#include "base/clock.h"

namespace coordinator::playground {

// Deadlines that Discord measures in minutes and more (nonces, interaction tokens, sessions, rate limits)
// follow the wall time here and so can be moved. Heartbeats and send limits follow the instant, which cannot:
// a daemon whose own clock was not moved must not look dead.
class Clock {
 public:
  Now now() const {
    Now now = system_now();
    now.wall += offset_;
    return now;
  }
  Millis offset() const { return offset_; }
  void advance(Millis by) { offset_ += by; }

 private:
  Millis offset_{0};
};

}  // namespace coordinator::playground
