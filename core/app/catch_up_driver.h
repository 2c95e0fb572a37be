// Catching up, bound to Discord's REST API and to a timer.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/config.h"
#include "chat/catch_up.h"
#include "discord/rest.h"
#include "io/timer.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

class CatchUpDriver {
 public:
  struct Links {
    // A message that mentions us, live or fetched: perhaps one that was taken in before.
    std::function<void(const discord::Message&)> hear;
    // A thread of ours, before its messages.
    std::function<void(const discord::ChannelSeen&)> meet;
  };

  // What it is given outlives it. Each of its methods may call the links.
  CatchUpDriver(io::Loop& loop, discord::Rest& rest, const Config& config, Links links);

  // See chat::CatchUp.
  void restore(std::string_view note);
  std::string note() const { return machine_.note(); }
  void listening() { machine_.listening(now()); }
  void connected(const discord::Ready& ready) { perform(machine_.connected(ready, now())); }
  void seen(const discord::ChannelSeen& channel) { perform(machine_.seen(channel, now())); }
  void seen(const discord::GuildSeen& guild) { perform(machine_.seen(guild, now())); }
  void gone(ChannelId channel) { machine_.gone(channel); }
  void heard(const discord::Message& message) { perform(machine_.heard(message, now())); }
  void configure(const Config& config) { perform(machine_.configure(config.projects, config.catch_up)); }

 private:
  void perform(const chat::CatchUp::Acts& acts);
  void act(const chat::catch_up::FetchMessages& act);
  void act(const chat::catch_up::FetchThreads& act);
  void act(const chat::catch_up::FetchMember& act);
  void act(const chat::catch_up::Meet& act) { links_.meet(act.thread); }
  void act(const chat::catch_up::Hear& act) { links_.hear(act.message); }
  void act(const chat::LogLine& act);
  void fetch(discord::Route route, std::function<void(discord::RestResult)> done);
  Now now() const;

  io::Loop& loop_;
  discord::Rest& rest_;
  Links links_;
  chat::CatchUp machine_;
  io::Timer timer_;
};

}  // namespace coordinator::app
