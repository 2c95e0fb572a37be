// What people ask the engine for beside mentions: conversations, models, cancelling, another configuration;
// and what it can show them.
#include <algorithm>
#include <utility>

#include "chat/engine.h"
#include "chat/house_button.h"
#include "chat/phrases.h"

namespace coordinator::chat {

using store::InboxState;

// A conversation in which nothing was said is as good as a new one.
Effects Engine::on(const ResetSession& event, Now now) {
  Effects effects;
  const store::Session* session = sessions_.find(event.channel);
  if (session && (session->begun || session->messages > 0))
    effects.write(sessions_.reset(event.channel, now.wall));
  if (LiveTurn* turn = turn_in(event.channel); turn && event.cancel_running)
    effects += stop(*turn, EndedBy::person, event.reason);
  return effects;
}

Effects Engine::on(const ResumeSession& event, Now) {
  store::Session earlier = event.session;
  earlier.channel = event.channel;
  return switched_to(sessions_.resume(std::move(earlier)));
}

Effects Engine::on(const ForkSession& event, Now now) {
  store::Session original = event.session;
  original.channel = event.channel;
  return switched_to(sessions_.fork(original, now.wall));
}

// The model is the channel's, not the conversation's.
Effects Engine::switched_to(store::Session& session) {
  if (const Project* project = router_.project_of(session.channel))
    session.model = model_for(session.channel, *project);
  Effects effects;
  effects.write(session);
  return effects;
}

Effects Engine::on(const ChooseModel& event, Now now) {
  Effects effects;
  const Project* project = router_.project_of(event.channel);
  if (!project) return effects;
  store::Session& session = sessions_.open(event.channel, *project, now.wall);
  session.chosen_model = event.alias;
  session.model = event.alias.empty() ? project->model : event.alias;
  effects.write(session);
  return effects;
}

Effects Engine::on(const CancelMention& event, Now now) {
  auto found = live_.find(event.message);
  return found == live_.end() ? Effects{} : cancel(found->second, event.reason, now);
}

// Its messages go on counting, so that no nonce is used twice.
Effects Engine::on(const RetryMention& event, Now now) {
  store::Inbox mention = event.kept.mention;
  if (!retryable(mention.state) || !router_.project_named(mention.project)) return {};
  mention.state = InboxState::queued;
  mention.turn_id.clear();
  mention.reason.clear();
  mention.arrived = now.wall;
  mention.started = mention.finished = {};
  auto [found, fresh] = live_.try_emplace(mention.message, Live{mention, event.kept.chunks, event.kept.said});
  return fresh ? enqueue(found->second, now) : Effects{};
}

// A running turn keeps what it was begun with. What waits belongs to the project that it was asked of, also
// where its channel speaks to another one by now.
Effects Engine::on(const Reconfigured& event, Now now) {
  limits_ = event.settings.limits;
  std::vector<ChannelId> known = router_.unplaced();
  router_.configure(event.settings.projects);
  queues_.limit(limits_.queue, limits_.turns_at_once);
  Effects effects = look_up_unplaced(known);
  for (const store::Inbox& mention : queues_.all_waiting(std::nullopt)) {
    if (router_.project_named(mention.project)) continue;
    queues_.take_out(mention.channel, mention.message);
    effects += no_more_files(mention.message);
    effects += conclude(live_.at(mention.message), plain_answer({phrases::project_gone(mention.project)}),
                        {InboxState::failed, "its project is gone"}, now);
  }
  effects += start_ready(now);
  return effects;
}

Effects Engine::cancel(Live& live, const std::string& reason, Now now) {
  const store::Inbox& mention = live.mention;
  if (queues_.take_out(mention.channel, mention.message)) {
    Effects effects = no_more_files(mention.message);
    effects += conclude(live, plain_answer({phrases::cancelled()}), {InboxState::cancelled, reason}, now);
    return effects += start_ready(now);
  }
  LiveTurn* turn = turn_in(mention.channel);
  if (!turn || turn->mention.message != mention.message) return {};
  return stop(*turn, EndedBy::person, reason);
}

// Once: who came first is who ended it. At the shutdown a turn that was cancelled is cancelled again, since
// the daemon waits for it.
Effects Engine::stop(LiveTurn& turn, EndedBy by, std::string reason) {
  Effects effects;
  if (turn.ended || (turn.ended_by != EndedBy::itself && by != EndedBy::shutdown)) return effects;
  if (turn.ended_by == EndedBy::itself) {
    turn.ended_by = by;
    turn.end_reason = std::move(reason);
  }
  effects.act(CancelTurn{turn.record.turn_id});
  return effects;
}

Engine::LiveTurn* Engine::turn_in(ChannelId channel) {
  for (auto& [id, turn] : turns_)  // at most turns_at_once
    if (turn.record.channel == channel) return &turn;
  return nullptr;
}

std::optional<std::string> Engine::model_of(ChannelId channel) const {
  const Project* project = router_.project_of(channel);
  if (!project) return std::nullopt;
  return model_for(channel, *project);
}

// A choice is for the agent that knows the model.
const std::string& Engine::model_for(ChannelId channel, const Project& project) const {
  const store::Session* session = sessions_.find(channel);
  bool chosen = session && session->agent == project.agent && !session->chosen_model.empty();
  return chosen ? session->chosen_model : project.model;
}

std::vector<SessionState> Engine::sessions(std::optional<ChannelId> only) const {
  std::vector<SessionState> states;
  for (const auto& [channel, session] : sessions_.all())
    if (!only || *only == channel)
      states.push_back({session, queues_.running(channel) ? 1u : 0u, queues_.waiting(channel)});
  std::sort(states.begin(), states.end(), [](const SessionState& a, const SessionState& b) {
    if (a.session.last_activity != b.session.last_activity)
      return a.session.last_activity > b.session.last_activity;
    return a.session.channel.value > b.session.channel.value;
  });
  return states;
}

std::vector<MentionState> Engine::mentions(std::optional<ChannelId> only) const {
  std::vector<MentionState> states;
  for (const auto& [id, turn] : turns_)
    if (!only || *only == turn.record.channel)
      states.push_back({live_.at(turn.mention.message).mention, true});
  for (store::Inbox& mention : queues_.all_waiting(only)) states.push_back({std::move(mention), false});
  std::stable_sort(states.begin(), states.end(), [](const MentionState& a, const MentionState& b) {
    return a.mention.channel.value < b.mention.channel.value;
  });
  return states;
}

std::optional<MentionState> Engine::mention(MessageId message) const {
  auto found = live_.find(message);
  if (found == live_.end() || found->second.last) return std::nullopt;
  const store::Inbox& mention = found->second.mention;
  if (mention.state != InboxState::queued && mention.state != InboxState::running) return std::nullopt;
  return MentionState{mention, mention.state == InboxState::running};
}

}  // namespace coordinator::chat
