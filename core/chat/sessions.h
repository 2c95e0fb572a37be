// The sessions: one conversation with an agent a channel, chosen and written down before the agent is
// started.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "chat/effects.h"
#include "chat/project.h"
#include "store/records.h"

namespace coordinator::chat {

// A channel's current session is the one in which its next mention speaks. A turn may still run in another
// one, which was left meanwhile: that one is kept here too, until the turn is over, and is what the turn's
// news and costs belong to. References are valid until another session becomes the channel's current one.
class Sessions {
 public:
  explicit Sessions(Random& random) : random_(random) {}

  // The current ones, and those in which the turns run that occupy() will name.
  void restore(std::vector<store::Session> sessions);
  // The channel's current session, made when there is none or when the project or its agent has changed.
  store::Session& open(ChannelId channel, const Project& project, WallTime now);
  // Leaves the channel's current conversation for a new, empty one. The channel must have one.
  store::Session& reset(ChannelId channel, WallTime now);
  // Makes an earlier session of the channel the current one.
  store::Session& resume(store::Session earlier);
  // Makes a new one the current one, which begins as a copy of this session of the channel.
  store::Session& fork(const store::Session& original, WallTime now);

  // A turn runs in this session of the channel, until it is released.
  void occupy(ChannelId channel, std::string session_id);
  void release(ChannelId channel);
  // The agent knows nothing of this session, which find() gave: it becomes a new, empty one.
  void renew(store::Session& session, WallTime now);
  // The agent has confirmed it, perhaps under an id of its own. True when that is news, to be written.
  bool confirm(store::Session& session, const std::string& session_id);
  // The current one, where it will be a copy of this one and has not begun; else null.
  store::Session* copy_of(const store::Session& original);

  // Null when the channel never spoke with an agent.
  store::Session* find(ChannelId channel);
  const store::Session* find(ChannelId channel) const;
  // The current one or the one in which a turn runs, by its id; null when it is neither.
  store::Session* find(ChannelId channel, std::string_view session_id);
  const std::unordered_map<ChannelId, store::Session>& all() const { return sessions_; }

 private:
  void begin_anew(store::Session& session, WallTime now);
  void follow(const store::Session& session, const std::string& before);
  store::Session& make_current(store::Session next);

  Random& random_;
  std::unordered_map<ChannelId, store::Session> sessions_;     // the current ones
  std::unordered_map<ChannelId, std::string> occupied_;        // the session id in which a turn runs
  std::unordered_map<ChannelId, store::Session> left_behind_;  // occupied ones that are not current any more
};

}  // namespace coordinator::chat
