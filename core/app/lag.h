// The words about a loop that was busy for too long: what held it up, and seldom enough to be read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.h"
#include "io/loop.h"

namespace coordinator::app {

// A machine without effects of its own.
class Lag {
 public:
  static constexpr Millis kTooLong{100};
  static constexpr Millis kPause{10'000};  // between two words about it

  // What the log should say, if anything: of those within a pause only the longest is told, with their
  // number.
  std::optional<std::string> heard(const io::Busy& busy, Instant now);

 private:
  std::optional<Instant> told_;
  std::size_t untold_ = 0;
  io::Busy longest_;
};

}  // namespace coordinator::app
