// The gateway's send limit: 120 payloads in 60 seconds on one connection, some of them kept for heartbeats.
// https://discord.com/developers/docs/events/gateway#rate-limiting
#pragma once

#include <algorithm>
#include <deque>

#include "base/clock.h"
#include "discord/limits.h"

namespace coordinator::discord {

// Made anew with every connection. A sliding window: Discord does not say when its own begins.
class SendWindow {
 public:
  // Heartbeats, identify and resume go out whatever was sent before: this many are kept for them.
  static constexpr std::size_t kReserved = 10;

  void sent(Instant now) {
    while (!times_.empty() && times_.front() + limits::kGatewayWindow <= now) times_.pop_front();
    times_.push_back(now);
  }

  // When a payload that is no heartbeat may go out: now or later.
  Instant free_at(Instant now) const {
    constexpr std::size_t kRoom = limits::kGatewaySends - kReserved;
    if (times_.size() < kRoom) return now;
    return std::max(now, times_[times_.size() - kRoom] + limits::kGatewayWindow);
  }

 private:
  std::deque<Instant> times_;
};

}  // namespace coordinator::discord
