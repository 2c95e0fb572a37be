// What git says while it clones, as words for a person: a pure reader of its standard error.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace coordinator::app {

class CloneProgress {
 public:
  static constexpr Millis kInterval = 2s;

  // What is to be said now, at most every 2 s: "Receiving objects: 45% (1.20 MiB)".
  std::optional<std::string> hear(std::string_view bytes, Instant now);
  // Why it failed, in git's own words ("fatal: repository '...' not found"), at most 500 code points; empty
  // where it said nothing. Without what an address has before its @, and without control characters.
  std::string complaint() const;

 private:
  void line_ended();

  std::string line_;  // that is not ended yet
  std::string words_, said_words_;
  std::vector<std::string> complaints_;
  std::optional<Instant> said_;
};

}  // namespace coordinator::app
