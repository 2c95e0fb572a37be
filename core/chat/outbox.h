// The outbox: every message that should exist, in order within a channel, sent again until Discord has it or
// refuses it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "chat/edit_pace.h"
#include "chat/effects.h"
#include "chat/event.h"
#include "store/records.h"

namespace coordinator::chat {

// One message a channel is on its way at a time, be it a new one or what one that is there should become. An
// entry is written before it is asked for; how it went is written too. Changing one is safe at any time, and
// has a pace; one that is there no more is made anew. Asking for a new one again is safe for as long as
// Discord remembers the nonce ("the past few minutes"); after that the channel is searched first. A refusal
// ends the rest of its source's entries with the same reason, since Discord would say the same of them; but
// where there is something to say instead of files that are refused, or that do not get through, that takes
// their place.
class Outbox {
 public:
  Outbox(Random& random, EditPace& pace) : random_(random), pace_(pace) {}

  // `after`: the latest message to the same source that is known to be before it; zero: none is.
  Effects add(store::Outbox entry, MessageId after, Now now);
  // An entry of an earlier daemon, which may have asked for it already.
  Effects restore(store::Outbox entry, MessageId after, Now now);
  Effects posted(const Posted& how, Now now);
  // Whether posted() will say something else in its place: to be asked before.
  bool gives_way(const Posted& how) const;
  Effects searched(const Searched& how, Now now);
  // Nothing leaves for this channel while it is held (a typing request is on its way).
  void hold(ChannelId channel);
  Effects release(ChannelId channel, Now now);
  Effects tick(Now now);
  std::optional<Instant> next_deadline() const;

  // True when nothing of this source waits to be sent.
  bool settled(MessageId source) const { return !pending_.contains(source); }
  bool empty() const { return channels_.empty(); }
  std::size_t waiting(ChannelId channel) const;

 private:
  struct Entry {
    store::Outbox record;
    // When it was asked for, for the first time, or before that. By this clock, since the wall's may be set.
    std::optional<Instant> asked;
    MessageId after;    // it is behind this one: the mention, or the message of ours before it
    int fruitless = 0;  // how often a search has shown that it is not there, or a change did not get through
    MessageId left_over{};  // what it was to change, and could not
  };
  struct Lane {
    std::deque<Entry> entries;  // the front one is the next, or on its way
    bool in_flight = false;
    bool held = false;
    Instant not_before{};
    Backoff backoff{1s, 1min};
  };
  Effects push(Entry entry, Now now);
  const Lane* lane_waiting_for(ChannelId channel, MessageId source, int chunk) const;
  Lane* lane_waiting_for(ChannelId channel, MessageId source, int chunk);
  Effects advance(ChannelId channel, Lane& lane, Now now, bool absent = false);
  Effects sent(Lane& lane, MessageId id, Now now);
  Effects failed(Lane& lane, const discord::RestError& error, Now now);
  Effects refused(Lane& lane, const discord::RestError& error, Now now);
  Effects say_anew(Lane& lane, const discord::RestError& error, Now now);
  Effects replace(Lane& lane, const std::string& why, Now now);
  void forget_if_idle(ChannelId channel);
  std::vector<store::Outbox> take_front_source(Lane& lane);
  store::Outbox settle_front(Lane& lane);

  Instant due(ChannelId channel, const Lane& lane) const;

  Random& random_;
  EditPace& pace_;
  std::unordered_map<ChannelId, Lane> channels_;
  std::unordered_map<MessageId, int> pending_;  // entries not settled, by source
};

// The first chunk that neither it nor what may be said instead of it will take.
int chunk_behind(const store::Outbox& entry);

// The nonce of a message: at most 25 characters, the same after every restart.
std::string nonce_of(MessageId source, int chunk);

}  // namespace coordinator::chat
