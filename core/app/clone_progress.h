// What git says while it clones, as words for a person: a pure reader of its standard error.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace coordinator::app {

class CloneProgress {
 public:
  static constexpr Millis kInterval = 2s;

  // What is to be said now, at most every 2 s: "Receiving objects: 45 % (1.20 MiB)".
  std::optional<std::string> hear(std::string_view bytes, Instant now);
  // Why it failed, in git's own last words ("fatal: repository '...' not found"); empty where it said
  // nothing. Without passwords of addresses and without control characters.
  std::string complaint() const;

 private:
  void line_ended();

  std::string line_;       // that is not ended yet
  std::string words_;      // of the latest progress
  std::string complaint_;  // the lines that are no progress
  std::optional<Instant> said_;
};

}  // namespace coordinator::app
