// The performer of commands: brings the desk's acts about by requests to Discord, and tells the desk how each
// went.
#pragma once

#include <functional>

#include "command/act.h"
#include "command/event.h"
#include "discord/rest.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// Every act that has an answer gets exactly one, never from inside perform().
class CommandPerformer {
 public:
  using Tell = std::function<void(const command::Event&)>;

  CommandPerformer(io::Loop& loop, discord::Rest& rest, Tell tell);

  void perform(command::Act& act);

 private:
  void act(command::Say& act);
  void act(command::ListCommands& act);
  void act(command::PublishCommands& act);
  void act(command::LogLine& act);

  io::Loop& loop_;
  discord::Rest& rest_;
  Tell tell_;
};

}  // namespace coordinator::app
