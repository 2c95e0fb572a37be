// What happens to the chat engine: Discord's events as far as they concern it, the agents' reports, and how
// its acts went.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <variant>

#include "agent/runner.h"
#include "base/ids.h"
#include "discord/event.h"
#include "discord/request.h"

namespace coordinator::chat {

using discord::ChannelGone;
using discord::ChannelSeen;
using discord::ReactionAdded;

// The gateway's session stands; `self` is our own user.
struct Connected {
  UserId self;
};
// A message that the store has not taken in before. What is live in the engine is recognised here once more.
struct Arrived {
  discord::Message message;
};
// The lookup told nothing: for good (it is none of ours), or for now (Discord could not be asked).
struct ChannelUnknown {
  ChannelId channel;
  bool for_good = true;
};
struct Reported {
  std::string turn_id;
  agent::TurnReport report;
};
struct Posted {
  ChannelId channel;
  MessageId source;
  int chunk = 0;
  tl::expected<MessageId, discord::RestError> result;
};
// `result` is absent when the channel has no such message.
struct Searched {
  ChannelId channel;
  MessageId source;
  int chunk = 0;
  tl::expected<std::optional<MessageId>, discord::RestError> result;
};
// The request is over, whatever came of it.
struct ReactionSet {
  ChannelId channel;
  MessageId message;
  std::string emoji;
};
struct TypingShown {
  ChannelId channel;
};
// Time has passed: at least to the engine's next_deadline().
struct Ticked {};
// The daemon is about to end and takes its turns with it: cancel what runs, keep what waits.
struct Closing {};

using Event = std::variant<Connected, Arrived, ChannelSeen, ChannelGone, ChannelUnknown, ReactionAdded,
                           Reported, Posted, Searched, ReactionSet, TypingShown, Ticked, Closing>;

}  // namespace coordinator::chat
