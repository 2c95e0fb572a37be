#include "chat/sessions.h"

#include <utility>

namespace coordinator::chat {

void Sessions::restore(std::vector<store::Session> sessions) {
  for (store::Session& session : sessions) {
    ChannelId channel = session.channel;
    sessions_.insert_or_assign(channel, std::move(session));
  }
}

store::Session& Sessions::open(ChannelId channel, const Project& project, WallTime now) {
  auto [found, missing] = sessions_.try_emplace(channel);
  store::Session& session = found->second;
  if (!missing && session.project == project.name && session.agent == project.agent) return session;
  session = {};
  session.channel = channel;
  session.project = project.name;
  session.agent = project.agent;
  session.model = project.model;
  session.session_id = random_.uuid();
  session.created = now;
  return session;
}

store::Session& Sessions::renew(ChannelId channel, WallTime now) {
  store::Session& session = sessions_.at(channel);
  session.session_id = random_.uuid();
  session.begun = false;
  session.messages = 0;
  session.cost_usd = 0;
  session.created = now;
  return session;
}

store::Session* Sessions::find(ChannelId channel) {
  auto found = sessions_.find(channel);
  return found == sessions_.end() ? nullptr : &found->second;
}

}  // namespace coordinator::chat
