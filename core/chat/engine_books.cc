// The engine's books: what is live of the inbox, what was promised to it, and what a restart finds written
// down.
#include <utility>

#include "base/json.h"
#include "chat/engine.h"
#include "chat/phrases.h"

namespace coordinator::chat {

namespace {

using store::InboxState;

// https://discord.com/developers/docs/resources/message#create-message
std::string payload_of(const store::Inbox& mention, int chunk, const std::string& content, bool replies) {
  Json body =
      Json::object()
          .set("content", content)
          .set("nonce", nonce_of(mention.message, chunk))
          .set("enforce_nonce", true)
          .set("allowed_mentions", Json::object().set("parse", Json::array()).set("replied_user", replies));
  if (replies)
    body.set("message_reference",
             Json::object().set("message_id", mention.message).set("fail_if_not_exists", false));
  return body.dump();
}

}  // namespace

// Writes the mention down in this state.
Effects Engine::enter(Live& live, InboxState state, Now now) {
  live.mention.state = state;
  if (state == InboxState::running) live.mention.started = now.wall;
  if (state != InboxState::queued && state != InboxState::running) live.mention.finished = now.wall;
  Effects effects;
  effects.write(live.mention);
  return effects;
}

// The last words to a mention are known: they are promised, and `outcome` is entered when all of them have
// arrived.
Effects Engine::conclude(Live& live, const std::vector<std::string>& contents, InboxState outcome,
                         std::string reason, Now now) {
  MessageId message = live.mention.message;
  live.outcome = outcome;
  live.mention.reason = std::move(reason);
  Effects effects = mark_waiting(message, false);
  effects += enter(live, InboxState::answering, now);
  for (const std::string& content : contents)
    effects += promise(live, content, &content == &contents.front(), now);
  effects += settle(message, now);
  return effects;
}

// One more message of ours to this mention.
Effects Engine::promise(Live& live, const std::string& content, bool replies, Now now) {
  store::Outbox entry;
  entry.source = live.mention.message;
  entry.chunk = live.chunks++;
  entry.channel = live.mention.channel;
  entry.payload = payload_of(live.mention, entry.chunk, content, replies);
  entry.created = now.wall;
  return outbox_.add(std::move(entry), now);
}

Effects Engine::settle(MessageId message, Now now) {
  auto found = live_.find(message);
  if (found == live_.end() || found->second.mention.state != InboxState::answering ||
      !outbox_.settled(message))
    return {};
  Effects effects = enter(found->second, found->second.outcome, now);
  live_.erase(found);
  return effects;
}

Effects Engine::restore(store::Snapshot snapshot, Now now) {
  sessions_.restore(std::move(snapshot.sessions));
  restore_places(snapshot.notes);
  Effects effects;
  if (!snapshot.notes.empty()) effects += look_up_unplaced();  // a gateway that resumes does not tell
  for (const store::Inbox& mention : snapshot.inbox) live_.try_emplace(mention.message, Live{mention});
  std::unordered_map<ChannelId, MessageId> last;  // of ours
  for (store::Outbox& entry : snapshot.outbox) {
    if (auto live = live_.find(entry.source); live != live_.end())
      live->second.chunks = std::max(live->second.chunks, entry.chunk + 1);
    MessageId& before = last[entry.channel];
    if (entry.state == store::OutboxState::sent) before = entry.sent;
    if (entry.state == store::OutboxState::pending) effects += outbox_.restore(std::move(entry), before, now);
  }
  for (const store::Inbox& mention : snapshot.inbox) effects += take_up(mention, snapshot, now);
  for (store::Turn& turn : snapshot.turns)
    if (!turns_.contains(turn.turn_id)) effects += write_off(std::move(turn), now);
  effects += start_ready(now);
  return effects;
}

// One unfinished mention of an earlier daemon goes on from the state in which it was written down.
Effects Engine::take_up(const store::Inbox& mention, const store::Snapshot& snapshot, Now now) {
  Live& live = live_.at(mention.message);
  live.marked = true;  // perhaps: taking a mark away that is not there does no harm
  if (mention.state == InboxState::answering) {
    live.outcome = mention.reason.empty() ? InboxState::answered : InboxState::failed;
    Effects effects = mark_waiting(mention.message, false);
    return std::move(effects += settle(mention.message, now));
  }
  if (!router_.project_named(mention.project))
    return conclude(live, {phrases::project_gone(mention.project)}, InboxState::failed, "its project is gone",
                    now);
  if (mention.state == InboxState::queued) {
    queues_.restore(mention);
    return {};
  }
  for (const store::Turn& turn : snapshot.turns)
    if (turn.turn_id == mention.turn_id) {
      Effects effects = mark_waiting(mention.message, false);
      return std::move(effects += adopt(turn, mention, now));
    }
  return conclude(live, {phrases::interrupted()}, InboxState::interrupted, "its turn was lost", now);
}

// A turn that nobody waits for any more (its project is gone): its processes are ended by whoever ends all
// turns that turn_ids() does not name.
Effects Engine::write_off(store::Turn turn, Now now) {
  turn.state = store::TurnState::interrupted;
  turn.finished = now.wall;
  Effects effects;
  effects.write(std::move(turn));
  return effects;
}

}  // namespace coordinator::chat
