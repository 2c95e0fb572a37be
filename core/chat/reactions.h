// The marks on messages: what should be there, brought about one request at a time for each message, so that
// "on" and "off" never overtake each other on their way to Discord. One that may be there is written down
// until it surely is not.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/ids.h"
#include "chat/effects.h"

namespace coordinator::chat {

class Reactions {
 public:
  Effects want(ChannelId channel, MessageId message, const std::string& emoji, bool present);
  // The request in flight for this mark is over. `certain`: it is as it was asked for, or can never be. A
  // mark that could not be taken away is tried again by the next daemon.
  Effects settled(MessageId message, const std::string& emoji, bool certain);

 private:
  using Key = std::pair<MessageId, std::string>;
  struct Mark {
    ChannelId channel;
    bool wanted = false;
    bool asked = false;  // what the request in flight asks for
  };
  static Effects ask(const Key& key, Mark& mark);

  std::map<Key, Mark> marks_;  // those with a request in flight
};

}  // namespace coordinator::chat
