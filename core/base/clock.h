// Time as two strong types: Instant for how long, WallTime for when. Machines are told both; only drivers
// ask.
#pragma once

#include <chrono>
#include <cstdint>

namespace coordinator {

using Millis = std::chrono::milliseconds;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

struct MonotonicClock {
  using duration = Millis;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock, duration>;
  static constexpr bool is_steady = true;
};

struct CivilClock {
  using duration = Millis;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<CivilClock, duration>;
  static constexpr bool is_steady = false;
};

// Milliseconds on a clock that never jumps; its zero means nothing, so it is never stored.
using Instant = MonotonicClock::time_point;
// Milliseconds since 1970 UTC, as the machine's clock says: may jump, is stored and shown.
using WallTime = CivilClock::time_point;

// Both at once, as every event of the chat engine carries them.
struct Now {
  Instant instant;
  WallTime wall;
};

// Asks the operating system.
Now system_now();

}  // namespace coordinator
