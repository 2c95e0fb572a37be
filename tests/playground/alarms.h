// What is to happen at a time on the playground's clock, on one timer of the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "clock.h"
#include "io/timer.h"

namespace coordinator::playground {

class Alarms {
 public:
  using Id = std::uint64_t;

  Alarms(io::Loop& loop, const Clock& clock);

  Id at(WallTime when, std::function<void()> what);
  Id after(Millis delay, std::function<void()> what) {
    return at(clock_.now().wall + delay, std::move(what));
  }
  // One that has rung already is no error.
  void cancel(Id id);
  // After the clock was moved: what is due now rings before this returns.
  void recheck();

 private:
  void arm();

  const Clock& clock_;
  std::map<std::pair<WallTime, Id>, std::function<void()>> alarms_;
  Id next_ = 1;
  io::Timer timer_;
};

}  // namespace coordinator::playground
