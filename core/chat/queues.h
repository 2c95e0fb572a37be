// The queues: one FIFO a channel, in the place of locks. One turn at a time and in order within a channel;
// channels never wait for each other, except for a free place under the cap of turns at once, which they get
// in the order of asking.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/ids.h"
#include "store/records.h"

namespace coordinator::chat {

// A machine without effects of its own: it answers what may start now. A channel in which nothing waits or
// runs costs nothing. Every operation is constant time, however many channels there are; take_out is linear
// in one channel's queue.
class Queues {
 public:
  Queues(std::size_t waiting_per_channel, std::size_t turns_at_once)
      : waiting_per_channel_(waiting_per_channel), turns_at_once_(turns_at_once) {}

  // Other caps from now on. What runs or waits beyond them goes on.
  void limit(std::size_t waiting_per_channel, std::size_t turns_at_once) {
    waiting_per_channel_ = waiting_per_channel;
    turns_at_once_ = turns_at_once;
  }

  // A mention that waits, or is about to, may not start until it is let go; what is behind it waits with it.
  void hold(MessageId message) { held_.insert(message); }
  bool holds(MessageId message) const { return held_.contains(message); }
  void let_go(ChannelId channel, MessageId message);

  // The number of mentions before this one in its channel, the running one included; absent when the queue is
  // full.
  std::optional<std::size_t> offer(store::Inbox mention);
  // From before a restart: a mention that was taken already, whatever the caps say now, and a turn that runs
  // already.
  void restore(store::Inbox mention);
  void adopt(ChannelId channel);
  // The next mention that may start, now taken out of its queue and running; absent when none may.
  std::optional<store::Inbox> next();
  // The channel's turn is over.
  void finished(ChannelId channel);
  // Takes a waiting mention out; absent when it does not wait. What was behind it may start now.
  std::optional<store::Inbox> take_out(ChannelId channel, MessageId message);
  // Puts it in the place of the one that waits with its id; nothing where none does.
  void change(const store::Inbox& mention);

  std::size_t waiting(ChannelId channel) const;
  bool running(ChannelId channel) const;
  // Those that wait, in their order; one channel's, or every channel's one after the other.
  std::vector<store::Inbox> all_waiting(std::optional<ChannelId> channel) const;
  std::size_t running() const { return running_; }

 private:
  struct Channel {
    std::deque<store::Inbox> waiting;
    bool running = false;
    bool ready = false;  // stands in ready_, once
  };
  bool can_start(const Channel& channel) const;
  void make_ready(ChannelId id, Channel& channel);
  void forget_if_idle(ChannelId id);

  std::size_t waiting_per_channel_, turns_at_once_, running_ = 0;
  std::unordered_map<ChannelId, Channel> channels_;
  std::unordered_set<MessageId> held_;
  std::deque<ChannelId> ready_;  // in the order of asking; may hold a channel that lost its reason
};

}  // namespace coordinator::chat
