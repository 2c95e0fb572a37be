// What the command machines ask for in the outside world.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"

namespace coordinator::command {

// One request of an interaction to Discord; of one interaction there is one at a time. Answered by Said.
// https://discord.com/developers/docs/interactions/receiving-and-responding
struct Say {
  enum class How {
    callback,        // the first answer
    edit_answer,     // @original
    delete_answer,   // @original
    follow_up,       // a further message
    edit_follow_up,  // `message`
    post,            // in the channel, when the interaction is over
    edit_post        // `message` in the channel
  };
  How how = How::callback;
  InteractionId interaction;
  ApplicationId application;
  std::string token;  // of the interaction; a secret: never for the log
  ChannelId channel;
  MessageId message{};
  std::string body{};              // JSON; empty: none
  std::optional<Instant> until{};  // no use later
};

// The commands that Discord has. Answered by Listed.
struct ListCommands {
  ApplicationId application;
};
// Replaces all of them. Answered by Published.
struct PublishCommands {
  ApplicationId application;
  std::string body;  // a JSON array
};
struct LogLine {
  log::Level level = log::Level::info;
  std::string text;
};

using Act = std::variant<Say, ListCommands, PublishCommands, LogLine>;

}  // namespace coordinator::command
