// The engine's books: what is live of the inbox, what was promised to it, and what a restart finds written
// down.
#include <algorithm>
#include <utility>

#include "base/json.h"
#include "chat/engine.h"
#include "chat/house_button.h"
#include "chat/phrases.h"

namespace coordinator::chat {

namespace {

using store::InboxState;

constexpr int kSuppressEmbeds = 1 << 2;  // the cards that links make are embeds

// https://discord.com/developers/docs/components/reference#button
Json button_row(HouseButton button, std::string_view label) {
  constexpr int kRow = 1, kButton = 2, kSecondary = 2;
  Json made = Json::object()
                  .set("type", kButton)
                  .set("style", kSecondary)
                  .set("label", label)
                  .set("custom_id", button.text());
  Json row = Json::object().set("type", kRow).set("components", Json::array().push(std::move(made)));
  return Json::array().push(std::move(row));
}

// https://discord.com/developers/docs/reference#uploading-files
Json list_of(const std::vector<render::File>& files) {
  Json list = Json::array();
  for (std::size_t i = 0; i < files.size(); ++i) {
    Json entry = Json::object().set("id", std::to_string(i)).set("filename", files[i].name);
    if (!files[i].caption.empty()) entry.set("description", files[i].caption);
    list.push(std::move(entry));
  }
  return list;
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
Effects Engine::conclude(Live& live, Answer answer, Ending ending, Now now) {
  if (!all_arrived(live)) {
    live.last = LastWords{std::move(answer), std::move(ending)};
    return {};
  }
  MessageId message = live.mention.message;
  live.mention.outcome = ending.outcome;
  live.mention.reason = std::move(ending.reason);
  Effects effects = mark_waiting(message, false);
  effects += enter(live, InboxState::answering, now);
  std::vector<Shown> there = std::exchange(live.shown, {});
  // Where people were asked something in between or below, the answer is said anew: it is the last word, and
  // the chunks that it may need in the place of files are its own.
  bool alone = there.empty() || there.front().chunk + static_cast<int>(there.size()) == live.chunks;
  if (!alone)
    for (const Shown& shown : std::exchange(there, {})) effects += take_away(live, shown, now);
  std::vector<Words> all = in_order(std::move(answer), ending.retry);
  int behind = live.chunks;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Shown* shown = i < there.size() ? &there[i] : nullptr;
    int chunk = shown ? shown->chunk : live.chunks;
    behind = std::max(behind, chunk + static_cast<int>(all[i].instead.size()));
    effects += promise(live, std::move(all[i]), now, shown);
  }
  for (std::size_t i = all.size(); i < there.size(); ++i) effects += take_away(live, there[i], now);
  live.chunks = std::max(live.chunks, behind);
  effects += settle(message, now);
  return effects;
}

// The first is the reply, the last carries the button.
std::vector<Engine::Words> Engine::in_order(Answer answer, bool retry) {
  std::vector<Words> all;
  std::size_t count = answer.messages.size();
  for (std::size_t i = 0; i < count; ++i) {
    Words words{answer.messages[i].content, i == 0, retry && i + 1 == count};
    if (!answer.messages[i].files.empty())
      for (std::string& content : instead_of(answer, i))
        words.instead.push_back({std::move(content), i == 0 && words.instead.empty()});
    if (!words.instead.empty()) words.instead.back().retry = retry;
    all.push_back(std::move(words));
  }
  for (std::size_t i = 0; i < count; ++i) all[i].files = std::move(answer.messages[i].files);
  return all;
}

// As a new message, or as what one that is there should become.
Effects Engine::promise(Live& live, Words words, Now now, const Shown* instead_of) {
  store::Outbox entry;
  entry.source = live.mention.message;
  entry.chunk = instead_of ? instead_of->chunk : live.chunks++;
  entry.channel = live.mention.channel;
  entry.live = words.live;
  if (instead_of) entry.sent = instead_of->id;
  entry.payload = payload_of(live, entry.chunk, words, now).dump();
  Json instead = Json::array();
  for (std::size_t i = 0; i < words.instead.size(); ++i)
    instead.push(payload_of(live, entry.chunk + static_cast<int>(i), words.instead[i], now));
  if (!words.instead.empty()) entry.instead = instead.dump();
  for (render::File& file : words.files)
    entry.files.push_back({std::move(file.name), std::move(file.type), SharedBytes(std::move(file.content))});
  entry.created = now.wall;
  return outbox_.add(std::move(entry), live.said, now);
}

Effects Engine::take_away(const Live& live, const Shown& shown, Now now) {
  store::Outbox entry;
  entry.source = live.mention.message;
  entry.chunk = shown.chunk;
  entry.channel = live.mention.channel;
  entry.sent = shown.id;
  // Not at one time with what is promised now: that would stand where this stands, before what people were
  // asked since.
  entry.created = now.wall - 1ms;
  return outbox_.add(std::move(entry), live.said, now);
}

// https://discord.com/developers/docs/resources/message#create-message
Json Engine::payload_of(const Live& live, int chunk, const Words& words, Now now) const {
  MessageId source = live.mention.message;
  Json mentions = Json::object().set("parse", Json::array()).set("replied_user", words.replies);
  if (words.pings) mentions.set("users", Json::array().push(words.pings));
  Json body = Json::object()
                  .set("content", words.content)
                  .set("nonce", nonce_of(source, chunk))
                  .set("enforce_nonce", true)
                  .set("allowed_mentions", std::move(mentions));
  if (words.replies)
    body.set("message_reference", Json::object().set("message_id", source).set("fail_if_not_exists", false));
  const Project* project = router_.project_named(live.mention.project);
  if (!project || !project->link_previews) body.set("flags", kSuppressEmbeds);
  if (!words.files.empty()) body.set("attachments", list_of(words.files));
  if (words.retry)
    body.set("components",
             button_row({HouseButton::What::retry, source, now.wall + kRetryable}, phrases::kRetry));
  if (auto components = Json::parse(words.components); components && components->view().is_array())
    body.set("components", std::move(*components));
  if (words.stop)  // the same for the same turn, so that what has not changed is not asked for again
    body.set("components", button_row({HouseButton::What::stop, source, live.mention.started + kRetryable},
                                      phrases::kStop));
  return body;
}

Effects Engine::settle(MessageId message, Now now) {
  auto found = live_.find(message);
  if (found == live_.end() || found->second.mention.state != InboxState::answering ||
      !outbox_.settled(message))
    return {};
  Effects effects = enter(found->second, found->second.mention.outcome, now);
  live_.erase(found);
  approvals_.forget(message);
  return effects;
}

// Where Discord finds fault with the message, a plain one may pass; where we may not write, a mark may.
Effects Engine::refused(const Posted& event, Now now) {
  auto found = live_.find(event.source);
  if (found == live_.end() || found->second.mention.state != InboxState::answering) return {};
  Live& live = found->second;
  live.mention.outcome = InboxState::failed;
  live.mention.reason = "Discord refused the answer: " + event.result.error().message;
  Effects effects;
  effects.write(live.mention);
  constexpr int kBadRequest = 400;
  if (std::exchange(live.apologized, true)) return effects;
  if (event.result.error().status == kBadRequest)
    return effects += promise(live, {phrases::refused(), true}, now);
  effects.act(SetReaction{live.mention.channel, event.source, phrases::kRefused, true});
  return effects;
}

Effects Engine::restore(store::Snapshot snapshot, Now now) {
  sessions_.restore(std::move(snapshot.sessions));
  restore_places(snapshot.notes);
  Effects effects;
  if (!snapshot.notes.empty()) effects += look_up_unplaced();  // a gateway that resumes does not tell
  for (const store::Inbox& mention : snapshot.inbox) live_.try_emplace(mention.message, Live{mention});
  restore_approvals(snapshot, now);
  std::unordered_map<MessageId, MessageId> last;  // of ours, by source
  for (store::Outbox& entry : snapshot.outbox) {
    if (auto live = live_.find(entry.source); live != live_.end()) {
      live->second.chunks = std::max(live->second.chunks, chunk_behind(entry));
      live->second.said = std::max(live->second.said, entry.sent);
      bool asks = approvals_.find({entry.source, entry.chunk}) != nullptr;
      if (entry.live && !asks && entry.state != store::OutboxState::refused)
        restore_shown(live->second, {entry.chunk, entry.sent});
    }
    MessageId& before = last[entry.source];
    if (entry.sent) before = entry.sent;
    if (entry.state == store::OutboxState::pending) effects += outbox_.restore(std::move(entry), before, now);
  }
  effects += restore_marks(snapshot.marks);
  for (const store::Inbox& mention : snapshot.inbox) effects += take_up(mention, snapshot, now);
  for (store::Turn& turn : snapshot.turns)
    if (!turns_.contains(turn.turn_id)) {
      effects += withdraw_all(turn.turn_id, now);
      effects += write_off(std::move(turn), now);
    }
  effects += start_ready(now);
  return effects;
}

// As they stand in the channel: the store tells them in the order in which they were promised, by a clock
// that may have been set.
void Engine::restore_shown(Live& live, Shown shown) {
  auto behind = std::ranges::upper_bound(live.shown, shown.chunk, {}, &Shown::chunk);
  live.shown.insert(behind, std::move(shown));
}

// Those on mentions that had their end are left over.
Effects Engine::restore_marks(const std::vector<store::Mark>& marks) {
  Effects effects;
  for (const store::Mark& mark : marks) {
    auto live = live_.find(mark.message);
    if (live != live_.end() && mark.emoji == phrases::kWaiting)
      live->second.marked = true;
    else
      effects += reactions_.want(mark.channel, mark.message, mark.emoji, false);
  }
  return effects;
}

// One unfinished mention of an earlier daemon goes on from the state in which it was written down.
Effects Engine::take_up(const store::Inbox& mention, const store::Snapshot& snapshot, Now now) {
  Live& live = live_.at(mention.message);
  if (mention.state == InboxState::answering) {
    Effects effects = mark_waiting(mention.message, false);
    return std::move(effects += settle(mention.message, now));
  }
  if (mention.state == InboxState::queued) {
    if (!router_.project_named(mention.project))
      return conclude(live, plain_answer({phrases::project_gone(mention.project)}),
                      {InboxState::failed, "its project is gone"}, now);
    Effects effects = fetch_files(live.mention);
    queues_.restore(live.mention);
    return effects;
  }
  for (const store::Turn& turn : snapshot.turns)
    if (turn.turn_id == mention.turn_id) {
      Effects effects = mark_waiting(mention.message, false);
      return std::move(effects += adopt(turn, mention, now));
    }
  return lost(live, now);
}

// It ran, and nothing is known of its turn.
Effects Engine::lost(Live& live, Now now) {
  agent::TurnEnded end;
  end.outcome = agent::Outcome::failed;
  end.failure = agent::Failure::lost;
  end.text = "the store knows nothing of it";
  Effects effects;
  std::string words = failure(end, live.mention, {}, effects);
  return effects +=
         conclude(live, plain_answer({words}), {InboxState::interrupted, "its turn was lost", true}, now);
}

// A turn that no mention waits for: its processes are ended by whoever ends all turns that turn_ids() does
// not name.
Effects Engine::write_off(store::Turn turn, Now now) {
  turn.state = store::TurnState::interrupted;
  turn.finished = now.wall;
  Effects effects;
  effects.write(std::move(turn));
  return effects;
}

}  // namespace coordinator::chat
