#include "chat/sessions.h"

#include <utility>

namespace coordinator::chat {

void Sessions::restore(std::vector<store::Session> sessions) {
  for (store::Session& session : sessions) {
    auto& place = session.current ? sessions_ : left_behind_;
    ChannelId channel = session.channel;
    place.insert_or_assign(channel, std::move(session));
  }
}

// A model that was chosen is kept for as long as the agent that knows it.
store::Session& Sessions::open(ChannelId channel, const Project& project, WallTime now) {
  store::Session* known = find(channel);
  if (known && known->project == project.name && known->agent == project.agent) return *known;
  store::Session session;
  session.channel = channel;
  session.project = project.name;
  session.agent = project.agent;
  session.model = project.model;
  if (known && known->agent == project.agent) session.chosen_model = known->chosen_model;
  begin_anew(session, now);
  return make_current(std::move(session));
}

store::Session& Sessions::reset(ChannelId channel, WallTime now) {
  store::Session next = sessions_.at(channel);
  begin_anew(next, now);
  return make_current(std::move(next));
}

store::Session& Sessions::resume(store::Session earlier) {
  ChannelId channel = earlier.channel;
  if (const store::Session* fresher = find(channel, earlier.session_id)) earlier = *fresher;
  if (const store::Session* known = find(channel)) earlier.chosen_model = known->chosen_model;
  return make_current(std::move(earlier));
}

// What the original has cost is what the agent will count the copy's cost from.
store::Session& Sessions::fork(const store::Session& original, WallTime now) {
  const store::Session* fresher = find(original.channel, original.session_id);
  store::Session source = fresher ? *fresher : original;
  store::Session copy = source;
  begin_anew(copy, now);
  copy.fork_of = source.begun ? source.session_id : source.fork_of;
  copy.messages = source.messages;
  copy.cost_usd = source.cost_usd;
  if (const store::Session* known = find(copy.channel)) copy.chosen_model = known->chosen_model;
  return make_current(std::move(copy));
}

void Sessions::occupy(ChannelId channel, std::string session_id) {
  occupied_.insert_or_assign(channel, std::move(session_id));
}

void Sessions::release(ChannelId channel) {
  occupied_.erase(channel);
  left_behind_.erase(channel);
}

void Sessions::renew(store::Session& session, WallTime now) {
  std::string before = session.session_id;
  begin_anew(session, now);
  follow(session, before);
}

bool Sessions::confirm(store::Session& session, const std::string& session_id) {
  bool same = session_id.empty() || session_id == session.session_id;
  if (session.begun && same) return false;
  session.begun = true;
  session.fork_of.clear();
  std::string before = session.session_id;
  if (!same) session.session_id = session_id;
  follow(session, before);
  return true;
}

store::Session* Sessions::copy_of(const store::Session& original) {
  store::Session* current = find(original.channel);
  return current && !current->begun && current->fork_of == original.session_id ? current : nullptr;
}

store::Session* Sessions::find(ChannelId channel) {
  auto found = sessions_.find(channel);
  return found == sessions_.end() ? nullptr : &found->second;
}

const store::Session* Sessions::find(ChannelId channel) const {
  auto found = sessions_.find(channel);
  return found == sessions_.end() ? nullptr : &found->second;
}

store::Session* Sessions::find(ChannelId channel, std::string_view session_id) {
  store::Session* current = find(channel);
  if (current && current->session_id == session_id) return current;
  auto left = left_behind_.find(channel);
  return left != left_behind_.end() && left->second.session_id == session_id ? &left->second : nullptr;
}

void Sessions::begin_anew(store::Session& session, WallTime now) {
  session.session_id = random_.uuid();
  session.fork_of.clear();
  session.begun = false;
  session.allowed.clear();
  session.messages = 0;
  session.cost_usd = 0;
  session.created = session.last_activity = now;
}

// The turn that runs in it follows.
void Sessions::follow(const store::Session& session, const std::string& before) {
  auto occupied = occupied_.find(session.channel);
  if (occupied != occupied_.end() && occupied->second == before) occupied->second = session.session_id;
}

store::Session& Sessions::make_current(store::Session next) {
  ChannelId channel = next.channel;
  auto [place, missing] = sessions_.try_emplace(channel);
  auto occupied = occupied_.find(channel);
  if (!missing && occupied != occupied_.end() && occupied->second == place->second.session_id) {
    place->second.current = false;
    left_behind_.insert_or_assign(channel, std::move(place->second));
  }
  auto left = left_behind_.find(channel);
  if (left != left_behind_.end() && left->second.session_id == next.session_id) left_behind_.erase(left);
  next.current = true;
  return place->second = std::move(next);
}

}  // namespace coordinator::chat
