// `coordinator playground`: speaks with the bot through the playground's control interface, as a person would
// on its page.
#pragma once

#include <string>

#include "base/clock.h"

namespace coordinator::app {

struct PlaygroundCommand {
  std::string url = "http://127.0.0.1:8420";
  std::string channel = "testing";
  std::string author = "alice";
  std::string say;                        // empty: only wait for the bot
  std::string reply_to;                   // a message id; empty: no reply
  std::chrono::seconds timeout{300};      // for the whole answer
  std::chrono::seconds wait_for_bot{10};  // until a bot is connected
};

// Prints the bot's answer, and returns the program's exit status: 0 when it came, 1 when not (why is on
// stderr).
int run_playground_command(const PlaygroundCommand& command);

}  // namespace coordinator::app
