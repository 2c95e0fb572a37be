// How many IDENTIFYs went out lately, over restarts: Discord resets the token of a bot that sends more than
// 1,000 in a day, and a daemon that crashes again and again would.
// https://discord.com/developers/docs/events/gateway#session-start-limit-object
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace coordinator::discord {

// Counted by hours of the wall clock. To be kept in a Note, which is durable before the IDENTIFY leaves.
class IdentifyBudget {
 public:
  static constexpr int kPerHour = 60, kPerDay = 800;

  IdentifyBudget() = default;
  // Of text(); what cannot be read is left out.
  explicit IdentifyBudget(std::string_view note);

  // How long to wait for the next one; zero: it may go now. Hours that lie in the future, since the clock was
  // set back, count for a day and no longer.
  Millis wait(WallTime now) const;
  void spend(WallTime now);
  std::string text() const;

 private:
  int since(std::int64_t hour, std::int64_t last) const;

  std::map<std::int64_t, int> hours_;  // since 1970 UTC -> how many
};

}  // namespace coordinator::discord
