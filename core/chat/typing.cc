#include "chat/typing.h"

#include <algorithm>

namespace coordinator::chat {

namespace {

constexpr Millis kPeriod = 8s;    // Discord forgets after 10 s
constexpr Millis kPatience = 2s;  // with a request that hangs

}  // namespace

Effects Typing::begin(ChannelId channel, Instant now) {
  Effects effects;
  Indicator& indicator = indicators_[channel];
  indicator.wanted = true;
  if (!indicator.in_flight) show(channel, indicator, now, effects);
  return effects;
}

Effects Typing::end(ChannelId channel) {
  Effects effects;
  auto found = indicators_.find(channel);
  if (found == indicators_.end()) return effects;
  if (!found->second.in_flight) {
    indicators_.erase(found);
    return effects;
  }
  found->second.wanted = false;
  effects.act(WithdrawTyping{channel});
  return effects;
}

void Typing::cleared(ChannelId channel, Instant now) {
  if (auto found = indicators_.find(channel); found != indicators_.end()) found->second.again = now;
}

void Typing::shown(ChannelId channel) {
  auto found = indicators_.find(channel);
  if (found == indicators_.end()) return;
  found->second.in_flight = false;
  if (!found->second.wanted) indicators_.erase(found);
}

Effects Typing::tick(Instant now) {
  Effects effects;
  for (auto& [channel, indicator] : indicators_)
    if (indicator.wanted && !indicator.in_flight && indicator.again <= now)
      show(channel, indicator, now, effects);
  return effects;
}

std::vector<ChannelId> Typing::give_up(Instant now) {
  std::vector<ChannelId> channels;
  for (const auto& [channel, indicator] : indicators_)
    if (indicator.in_flight && indicator.patience <= now) channels.push_back(channel);
  for (ChannelId channel : channels) shown(channel);
  return channels;
}

std::optional<Instant> Typing::next_deadline() const {
  std::optional<Instant> next;
  for (const auto& [channel, indicator] : indicators_) {
    Instant due = indicator.in_flight ? indicator.patience : indicator.again;
    next = std::min(next.value_or(due), due);
  }
  return next;
}

bool Typing::busy(ChannelId channel) const {
  auto found = indicators_.find(channel);
  return found != indicators_.end() && found->second.in_flight;
}

void Typing::show(ChannelId channel, Indicator& indicator, Instant now, Effects& effects) {
  indicator.in_flight = true;
  indicator.again = now + kPeriod;
  indicator.patience = now + kPatience;
  effects.act(ShowTyping{channel});
}

}  // namespace coordinator::chat
