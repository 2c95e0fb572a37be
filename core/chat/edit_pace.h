// How often messages of ours are changed in one channel: Discord slows down who does it more often, and
// nobody reads faster.
#pragma once

#include <algorithm>
#include <unordered_map>

#include "base/clock.h"
#include "base/ids.h"

namespace coordinator::chat {

class EditPace {
 public:
  static constexpr Millis kPause = 1200ms;

  // When the next one may leave; long ago where there was none of late.
  Instant next(ChannelId channel) const {
    auto found = next_.find(channel);
    return found == next_.end() ? Instant{} : found->second;
  }
  void edited(ChannelId channel, Instant now) {
    if (next_.size() >= kKept) std::erase_if(next_, [now](const auto& entry) { return entry.second <= now; });
    next_[channel] = now + kPause;
  }

 private:
  static constexpr std::size_t kKept = 1000;  // from there on those that are over are forgotten

  std::unordered_map<ChannelId, Instant> next_;
};

}  // namespace coordinator::chat
