#include "chat/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "chat/phrases.h"

namespace coordinator::chat {

namespace {

// Discord remembers a nonce for "the past few minutes"; this is surely less.
constexpr Millis kNonceRemembered = 2min;
// So often a message with files is found not to have arrived, until the words alone are tried.
constexpr int kFruitless = 3;
constexpr int kUnknownMessage = 10008, kArchived = 50083;

// Not where we may not write at all, nor where the channel has gone. A 403 does not say which permission is
// missing. 0: its files could not be read, and nothing was asked.
bool may_be_the_files(const discord::RestError& error) {
  constexpr int kMissingPermissions = 50013;
  if (error.kind != discord::RestError::Kind::refused) return false;
  return error.status == 0 || error.status == 400 || error.status == 413 || error.code == kMissingPermissions;
}

// What is there cannot be changed; a new one may go through. Of files a change has no more to fear than a
// post.
bool cannot_change(const store::Outbox& record, const discord::RestError& error) {
  bool files = may_be_the_files(error) && !record.instead.empty();
  return record.sent && (!files || error.code == kArchived || error.code == kUnknownMessage);
}

constexpr std::string_view kAgain = "-r";

bool said_anew(const store::Outbox& record) {
  auto body = Json::parse(record.payload);
  return body && (*body)["nonce"].text_or("").ends_with(kAgain);
}

std::string with_other_nonce(const store::Outbox& record) {
  auto body = Json::parse(record.payload);
  if (!body) return record.payload;
  body->set("nonce", nonce_of(record.source, record.chunk) + std::string(kAgain));
  return body->dump();
}

Json bodies_in(const std::string& instead) {
  auto bodies = Json::parse(instead);
  return bodies ? std::move(*bodies) : Json::array();
}

}  // namespace

Effects Outbox::add(store::Outbox entry, MessageId after, Now now) {
  Effects effects;
  effects.write(entry);
  entry.files.clear();
  after = std::max(after, entry.source);
  effects += push({std::move(entry), std::nullopt, after}, now);
  return effects;
}

// Nobody knows whether and when it was asked for: the clock may have been set since, and those that are to be
// changed stand where they were promised for the first time.
Effects Outbox::restore(store::Outbox entry, MessageId after, Now now) {
  Instant asked = now.instant - kNonceRemembered - 1ms;
  after = std::max(after, entry.source);
  return push({std::move(entry), asked, after}, now);
}

Effects Outbox::posted(const Posted& how, Now now) {
  Lane* lane = lane_waiting_for(how.channel, how.source, how.chunk);
  if (!lane) return {};
  lane->in_flight = false;
  Effects effects = how.result ? sent(*lane, *how.result, now) : failed(*lane, how.result.error(), now);
  effects += advance(how.channel, *lane, now);
  forget_if_idle(how.channel);
  return effects;
}

bool Outbox::gives_way(const Posted& how) const {
  const Lane* lane = lane_waiting_for(how.channel, how.source, how.chunk);
  if (!lane || how.result) return false;
  const store::Outbox& record = lane->entries.front().record;
  bool no = how.result.error().kind == discord::RestError::Kind::refused;
  return (no && cannot_change(record, how.result.error())) ||
         (may_be_the_files(how.result.error()) && !record.instead.empty());
}

Effects Outbox::searched(const Searched& how, Now now) {
  Lane* lane = lane_waiting_for(how.channel, how.source, how.chunk);
  if (!lane) return {};
  lane->in_flight = false;
  // Where we may not look, posting tells whether we may write.
  bool refused = !how.result && how.result.error().kind == discord::RestError::Kind::refused;
  bool absent = refused || (how.result && !*how.result);
  Effects effects;
  if (!how.result && !refused)
    effects += failed(*lane, how.result.error(), now);
  else if (how.result && *how.result)
    effects += sent(*lane, **how.result, now);
  Entry* missed = how.result && !*how.result ? &lane->entries.front() : nullptr;
  if (missed && ++missed->fruitless >= kFruitless && !missed->record.instead.empty()) {
    effects += replace(*lane, "it did not arrive, however often it was sent", now);
    absent = false;
  }
  effects += advance(how.channel, *lane, now, absent);
  forget_if_idle(how.channel);
  return effects;
}

void Outbox::hold(ChannelId channel) { channels_[channel].held = true; }

Effects Outbox::release(ChannelId channel, Now now) {
  auto found = channels_.find(channel);
  if (found == channels_.end()) return {};
  found->second.held = false;
  Effects effects = advance(channel, found->second, now);
  forget_if_idle(channel);
  return effects;
}

Effects Outbox::tick(Now now) {
  Effects effects;
  for (auto& [channel, lane] : channels_) effects += advance(channel, lane, now);
  return effects;
}

std::optional<Instant> Outbox::next_deadline() const {
  std::optional<Instant> next;
  for (const auto& [channel, lane] : channels_)
    if (!lane.in_flight && !lane.held && !lane.entries.empty())
      next = std::min(next.value_or(due(channel, lane)), due(channel, lane));
  return next;
}

Instant Outbox::due(ChannelId channel, const Lane& lane) const {
  bool edit = lane.entries.front().record.sent.value != 0;
  return edit ? std::max(lane.not_before, pace_.next(channel)) : lane.not_before;
}

Effects Outbox::push(Entry entry, Now now) {
  ++pending_[entry.record.source];
  ChannelId channel = entry.record.channel;
  Lane& lane = channels_[channel];
  lane.entries.push_back(std::move(entry));
  return advance(channel, lane, now);
}

std::size_t Outbox::waiting(ChannelId channel) const {
  auto found = channels_.find(channel);
  return found == channels_.end() ? 0 : found->second.entries.size();
}

Outbox::Lane* Outbox::lane_waiting_for(ChannelId channel, MessageId source, int chunk) {
  return const_cast<Lane*>(std::as_const(*this).lane_waiting_for(channel, source, chunk));
}

const Outbox::Lane* Outbox::lane_waiting_for(ChannelId channel, MessageId source, int chunk) const {
  auto found = channels_.find(channel);
  if (found == channels_.end() || !found->second.in_flight) return nullptr;
  const store::Outbox& front = found->second.entries.front().record;
  return front.source == source && front.chunk == chunk ? &found->second : nullptr;
}

// `absent`: a search has just shown that the front entry is not in the channel.
Effects Outbox::advance(ChannelId channel, Lane& lane, Now now, bool absent) {
  Effects effects;
  if (lane.in_flight || lane.held || lane.entries.empty() || now.instant < due(channel, lane)) return effects;
  lane.in_flight = true;
  Entry& entry = lane.entries.front();
  const store::Outbox& record = entry.record;
  if (record.sent) {
    pace_.edited(channel, now.instant);
    effects.act(EditMessage{record.source, record.chunk, channel, record.sent, record.payload});
    return effects;
  }
  if (!absent && entry.asked && now.instant - *entry.asked > kNonceRemembered) {
    effects.act(FindMessage{record.source, record.chunk, channel, record.payload, entry.after});
    return effects;
  }
  if (absent || !entry.asked) entry.asked = now.instant;
  Instant until = *entry.asked + kNonceRemembered;
  effects.act(PostMessage{record.source, record.chunk, channel, record.payload, until});
  return effects;
}

Effects Outbox::sent(Lane& lane, MessageId id, Now now) {
  lane.backoff.reset();
  Effects effects;
  if (MessageId old = lane.entries.front().left_over)  // once, since nobody misses it much
    effects.act(ShowMessage{lane.entries.front().record.channel, old,
                            Json::object().set("content", phrases::kNothingYet).dump()});
  store::Outbox record = settle_front(lane);
  if (!lane.entries.empty() && lane.entries.front().record.source == record.source)
    lane.entries.front().after = std::max(lane.entries.front().after, id);
  record.state = store::OutboxState::sent;
  record.sent = id;
  record.finished = now.wall;
  effects.write(std::move(record));
  return effects;
}

// Unless Discord said no for good, the entry stays, and so does the order.
Effects Outbox::failed(Lane& lane, const discord::RestError& error, Now now) {
  Entry& entry = lane.entries.front();
  bool no = error.kind == discord::RestError::Kind::refused;
  if (no && cannot_change(entry.record, error)) return say_anew(lane, error, now);
  if (no) return refused(lane, error, now);
  if (entry.record.sent && !entry.record.instead.empty() && ++entry.fruitless >= kFruitless)
    return replace(lane, error.message, now);
  Millis wait = lane.backoff.next(random_);
  lane.not_before = now.instant + wait;
  Effects effects;
  effects.act(LogLine{log::Level::warning,
                      fmt::format("message to channel {} did not go out ({}); trying again in {} ms",
                                  lane.entries.front().record.channel.text(), error.message, wait.count())});
  return effects;
}

Effects Outbox::refused(Lane& lane, const discord::RestError& error, Now now) {
  Effects effects;
  std::string reason =
      fmt::format("Discord refused it: {} (status {}, code {})", error.message, error.status, error.code);
  if (may_be_the_files(error) && !lane.entries.front().record.instead.empty())
    return replace(lane, reason, now);
  MessageId source = lane.entries.front().record.source;
  effects.act(LogLine{log::Level::warning,
                      fmt::format("answer to {} in channel {}: {}; what is left of it is given up",
                                  source.text(), lane.entries.front().record.channel.text(), reason)});
  for (store::Outbox& record : take_front_source(lane)) {
    record.state = store::OutboxState::refused;
    record.reason = reason;
    record.finished = now.wall;
    effects.write(std::move(record));
  }
  return effects;
}

// Somebody has deleted the message that was to be changed, or it stands in a thread that was archived, which
// only a new one wakes up. Discord may still know its nonce, so the new one has another.
Effects Outbox::say_anew(Lane& lane, const discord::RestError& error, Now now) {
  Entry& entry = lane.entries.front();
  store::Outbox& record = entry.record;
  if (record.payload.empty()) return sent(lane, record.sent, now);
  if (error.code != kUnknownMessage) entry.left_over = record.sent;
  record.sent = {};
  record.payload = with_other_nonce(record);
  Effects effects;
  record.keeps_files = true;
  effects.write(record);
  record.keeps_files = false;
  return effects;
}

// The same chunks carry other words now, and perhaps more of them follow. The nonces are free where nothing
// was made with them.
Effects Outbox::replace(Lane& lane, const std::string& why, Now now) {
  Entry front = lane.entries.front();
  Effects effects;
  effects.act(
      LogLine{log::Level::warning,
              fmt::format("the files of the answer to {} in channel {}: {}; it goes out without them. "
                          "The bot needs the permission Attach Files there",
                          front.record.source.text(), front.record.channel.text(), why)});
  // What shows something by itself is followed by nothing that belongs to it.
  std::vector<store::Outbox> given_up;
  if (front.record.live)
    given_up.push_back(settle_front(lane));
  else
    given_up = take_front_source(lane);
  std::deque<Entry> instead;
  Json bodies = bodies_in(front.record.instead);
  bool again = said_anew(front.record);
  for (JsonView body : bodies.view()) {
    store::Outbox record = front.record;
    record.chunk += static_cast<int>(instead.size());
    record.payload = body.dump();
    record.instead.clear();
    auto shown = std::ranges::find(given_up, record.chunk, &store::Outbox::chunk);
    record.sent = shown == given_up.end() ? MessageId{} : shown->sent;
    if (again && !record.sent) record.payload = with_other_nonce(record);
    effects.write(record);
    instead.push_back({std::move(record), std::nullopt, front.after});
  }
  int behind = front.record.chunk + static_cast<int>(instead.size());
  for (store::Outbox& record : given_up) {
    if (record.chunk < behind) continue;
    bool there = record.sent.value != 0;  // and has nothing to say any more
    record.state = there ? store::OutboxState::pending : store::OutboxState::refused;
    record.payload = there ? std::string() : std::move(record.payload);
    record.reason = there ? std::string() : why;
    record.instead.clear();
    record.finished = now.wall;
    effects.write(record);
    if (there) instead.push_back({std::move(record), std::nullopt, front.after});
  }
  pending_[front.record.source] += static_cast<int>(instead.size());
  lane.entries.insert(lane.entries.begin(), std::make_move_iterator(instead.begin()),
                      std::make_move_iterator(instead.end()));
  return effects;
}

std::vector<store::Outbox> Outbox::take_front_source(Lane& lane) {
  std::vector<store::Outbox> taken;
  MessageId source = lane.entries.front().record.source;
  while (!lane.entries.empty() && lane.entries.front().record.source == source)
    taken.push_back(settle_front(lane));
  return taken;
}

void Outbox::forget_if_idle(ChannelId channel) {
  auto found = channels_.find(channel);
  if (found != channels_.end() && found->second.entries.empty() && !found->second.held)
    channels_.erase(found);
}

store::Outbox Outbox::settle_front(Lane& lane) {
  store::Outbox record = std::move(lane.entries.front().record);
  lane.entries.pop_front();
  record.instead.clear();  // so that a restart does not leave room for it
  if (auto count = pending_.find(record.source); --count->second == 0) pending_.erase(count);
  return record;
}

int chunk_behind(const store::Outbox& entry) {
  int instead = entry.instead.empty() ? 0 : static_cast<int>(bodies_in(entry.instead).view().size());
  return entry.chunk + std::max(1, instead);
}

std::string nonce_of(MessageId source, int chunk) { return fmt::format("{}-{}", source.value, chunk); }

}  // namespace coordinator::chat
