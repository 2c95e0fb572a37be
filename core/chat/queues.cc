#include "chat/queues.h"

#include <algorithm>
#include <utility>

namespace coordinator::chat {

std::optional<std::size_t> Queues::offer(store::Inbox mention) {
  const Channel& channel = channels_[mention.channel];
  if (channel.waiting.size() >= waiting_per_channel_) return std::nullopt;
  std::size_t before = channel.waiting.size() + (channel.running ? 1 : 0);
  restore(std::move(mention));
  return before;
}

void Queues::restore(store::Inbox mention) {
  ChannelId id = mention.channel;
  Channel& channel = channels_[id];
  channel.waiting.push_back(std::move(mention));
  if (!channel.running) make_ready(id, channel);
}

void Queues::adopt(ChannelId channel) {
  channels_[channel].running = true;
  ++running_;
}

std::optional<store::Inbox> Queues::next() {
  while (!ready_.empty() && running_ < turns_at_once_) {
    ChannelId id = ready_.front();
    ready_.pop_front();
    Channel& channel = channels_.at(id);
    channel.ready = false;
    if (!can_start(channel)) {  // what made it ready was taken out since, or is held
      forget_if_idle(id);
      continue;
    }
    store::Inbox mention = std::move(channel.waiting.front());
    channel.waiting.pop_front();
    channel.running = true;
    ++running_;
    return mention;
  }
  return std::nullopt;
}

bool Queues::can_start(const Channel& channel) const {
  return !channel.running && !channel.waiting.empty() && !held_.contains(channel.waiting.front().message);
}

void Queues::let_go(ChannelId id, MessageId message) {
  held_.erase(message);
  auto found = channels_.find(id);
  if (found != channels_.end() && can_start(found->second)) make_ready(id, found->second);
}

void Queues::finished(ChannelId id) {
  auto found = channels_.find(id);
  if (found == channels_.end() || !found->second.running) return;
  found->second.running = false;
  --running_;
  if (!found->second.waiting.empty()) make_ready(id, found->second);
  forget_if_idle(id);
}

std::optional<store::Inbox> Queues::take_out(ChannelId id, MessageId message) {
  auto found = channels_.find(id);
  if (found == channels_.end()) return std::nullopt;
  auto& waiting = found->second.waiting;
  auto place = std::find_if(waiting.begin(), waiting.end(),
                            [&](const store::Inbox& m) { return m.message == message; });
  if (place == waiting.end()) return std::nullopt;
  store::Inbox mention = std::move(*place);
  waiting.erase(place);
  if (can_start(found->second)) make_ready(id, found->second);
  forget_if_idle(id);
  return mention;
}

void Queues::change(const store::Inbox& mention) {
  auto found = channels_.find(mention.channel);
  if (found == channels_.end()) return;
  auto& waiting = found->second.waiting;
  auto place = std::ranges::find(waiting, mention.message, &store::Inbox::message);
  if (place != waiting.end()) *place = mention;
}

std::size_t Queues::waiting(ChannelId id) const {
  auto found = channels_.find(id);
  return found == channels_.end() ? 0 : found->second.waiting.size();
}

bool Queues::running(ChannelId id) const {
  auto found = channels_.find(id);
  return found != channels_.end() && found->second.running;
}

std::vector<store::Inbox> Queues::all_waiting(std::optional<ChannelId> only) const {
  std::vector<store::Inbox> mentions;
  for (const auto& [id, channel] : channels_)
    if (!only || *only == id) mentions.insert(mentions.end(), channel.waiting.begin(), channel.waiting.end());
  return mentions;
}

void Queues::make_ready(ChannelId id, Channel& channel) {
  if (channel.ready) return;
  channel.ready = true;
  ready_.push_back(id);
}

void Queues::forget_if_idle(ChannelId id) {
  auto found = channels_.find(id);
  if (found == channels_.end()) return;
  const Channel& channel = found->second;
  if (!channel.running && !channel.ready && channel.waiting.empty()) channels_.erase(found);
}

}  // namespace coordinator::chat
