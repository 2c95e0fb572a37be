// The marks on messages: what should be there, brought about one request at a time for each message, so that
// "on" and "off" never overtake each other on their way to Discord.
#pragma once

#include <string>
#include <unordered_map>

#include "base/ids.h"
#include "chat/effects.h"

namespace coordinator::chat {

class Reactions {
 public:
  // One mark a message is all that is needed: `emoji` is the same for a message's whole life.
  Effects want(ChannelId channel, MessageId message, const std::string& emoji, bool present);
  // The request in flight for this message is over.
  Effects settled(MessageId message);

 private:
  struct Mark {
    ChannelId channel;
    std::string emoji;
    bool wanted = false;
    bool asked = false;  // what the request in flight asks for
  };
  Effects ask(MessageId message, Mark& mark);

  std::unordered_map<MessageId, Mark> marks_;  // those with a request in flight
};

}  // namespace coordinator::chat
