// The typing indicator: shown for as long as a turn runs, and never after it.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "chat/effects.h"

namespace coordinator::chat {

// Discord shows it for 10 s or until the bot's next message. A request that arrives after the answer would
// show it again, so the answer has to wait while busy(): one request is in flight at the most, and it is
// withdrawn where it still can be.
class Typing {
 public:
  Effects begin(ChannelId channel, Instant now);
  Effects end(ChannelId channel);
  // The bot posted a message, which makes Discord forget the indicator: show it again.
  void cleared(ChannelId channel, Instant now);
  // The request in flight is over.
  void shown(ChannelId channel);
  Effects tick(Instant now);
  // Channels whose request has been on its way for so long that nobody should wait for it any more.
  std::vector<ChannelId> give_up(Instant now);
  std::optional<Instant> next_deadline() const;
  // A request is on its way.
  bool busy(ChannelId channel) const;

 private:
  struct Indicator {
    bool wanted = true;
    bool in_flight = false;
    Instant again{};     // when to show it next
    Instant patience{};  // when to give up the request in flight
  };
  static void show(ChannelId channel, Indicator& indicator, Instant now, Effects& effects);

  std::unordered_map<ChannelId, Indicator> indicators_;  // one a running turn
};

}  // namespace coordinator::chat
