// What is shown of a turn while it goes on: one message of ours changes at the channel's pace, and never
// after what it becomes in the end.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>

#include "base/clock.h"
#include "base/ids.h"
#include "chat/edit_pace.h"
#include "chat/effects.h"

namespace coordinator::chat {

// Nothing here is written down: what does not arrive is drawn again, or was drawn for the last time. A
// request in flight could arrive behind the last words and stand there for ever, so these have to wait while
// busy(), however long that takes; it is withdrawn where it still can be.
class Drawing {
 public:
  explicit Drawing(EditPace& pace) : pace_(pace) {}

  // When the channel may be drawn in; absent while a request is on its way there.
  std::optional<Instant> ready(ChannelId channel) const;
  // To be called when it is ready.
  Effects show(ChannelId channel, MessageId message, std::string payload, Instant now);
  // Nothing more is drawn there.
  Effects end(ChannelId channel);
  // The request in flight is over.
  void shown(ChannelId channel) { in_flight_.erase(channel); }
  bool busy(ChannelId channel) const { return in_flight_.contains(channel); }

 private:
  EditPace& pace_;
  std::unordered_set<ChannelId> in_flight_;
};

}  // namespace coordinator::chat
