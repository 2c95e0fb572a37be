// The sessions: one conversation with an agent a channel, chosen and written down before the agent is
// started.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "chat/effects.h"
#include "chat/project.h"
#include "store/records.h"

namespace coordinator::chat {

class Sessions {
 public:
  explicit Sessions(Random& random) : random_(random) {}

  void restore(std::vector<store::Session> sessions);
  // The channel's session, made when there is none or when the project's agent has changed. Valid until the
  // next call.
  store::Session& open(ChannelId channel, const Project& project, WallTime now);
  // Leaves the present conversation for a new, empty one. The channel must have one.
  store::Session& renew(ChannelId channel, WallTime now);
  // Null when the channel never spoke with an agent.
  store::Session* find(ChannelId channel);
  const std::unordered_map<ChannelId, store::Session>& all() const { return sessions_; }

 private:
  Random& random_;
  std::unordered_map<ChannelId, store::Session> sessions_;
};

}  // namespace coordinator::chat
