#include "chat/drawing.h"

#include <utility>

namespace coordinator::chat {

std::optional<Instant> Drawing::ready(ChannelId channel) const {
  if (busy(channel)) return std::nullopt;
  return pace_.next(channel);
}

Effects Drawing::show(ChannelId channel, MessageId message, std::string payload, Instant now) {
  in_flight_.insert(channel);
  pace_.edited(channel, now);
  Effects effects;
  effects.act(ShowMessage{channel, message, std::move(payload)});
  return effects;
}

Effects Drawing::end(ChannelId channel) {
  Effects effects;
  if (busy(channel)) effects.act(WithdrawShown{channel});
  return effects;
}

}  // namespace coordinator::chat
