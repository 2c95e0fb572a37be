#include "command/calls.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "io/loop.h"

namespace coordinator::command {

namespace {

constexpr const char* kArea = "command";
constexpr std::string_view kTooLong = "The command took longer than an hour and was given up. Use it again.";

}  // namespace

Calls::Calls(io::Loop& loop, Emit emit)
    : loop_(loop), emit_(std::move(emit)), alarm_(loop, [this] { ring(); }) {}

std::shared_ptr<Call> Calls::open(Interaction interaction, Opening opening, CallOwner* owner) {
  coordinator_call number = ++last_;
  std::string about = opening.about;
  Invocation invocation(interaction, std::move(opening), loop_.now().instant);
  by_interaction_[interaction.id] = number;
  auto call = std::make_shared<Call>(
      Call{number, std::move(interaction), std::move(invocation), std::move(about), owner});
  calls_[number] = call;
  set_alarm();
  return call;
}

std::shared_ptr<Call> Calls::find(coordinator_call number, const CallOwner* owner) const {
  auto found = calls_.find(number);
  return found != calls_.end() && found->second->owner == owner ? found->second : nullptr;
}

int Calls::ask(Call& call, Invocation::Asked asked) {
  if (!asked) {
    log::warning(kArea, "{}: {}", call.about, asked.error().words);
    return asked.error().result;
  }
  settle(call, std::move(*asked));
  return COORDINATOR_OK;
}

void Calls::hold(Call& call) {
  if (++call.holds > 1) return;
  call.hold_until = loop_.now().instant + kHold;
  set_alarm();
}

void Calls::end(Call& call, std::string_view sentence) {
  call.owner = nullptr;
  call.holds = 0;
  settle(call, call.invocation.close(sentence, loop_.now().instant));
}

void Calls::end_all(const CallOwner* owner, std::string_view sentence) {
  for (const auto& call : std::vector(calls_.begin(), calls_.end()))
    if (call.second->owner == owner) end(*call.second, sentence);
}

void Calls::said(const Said& said) {
  auto number = by_interaction_.find(said.interaction);
  if (number == by_interaction_.end()) return;
  std::shared_ptr<Call> call = calls_.at(number->second);
  settle(*call, call->invocation.said(said, loop_.now().instant));
}

// What has its time: those to be deferred, and those that were held for too long.
void Calls::ring() {
  Instant now = loop_.now().instant;
  for (const auto& each : std::vector(calls_.begin(), calls_.end())) {
    Call& call = *each.second;
    settle(call, call.invocation.tick(now));
    if (!call.holds || now < call.hold_until) continue;
    CallOwner* owner = call.owner;
    log::warning(kArea, "{}: it was held for an hour, and is over", call.about);
    end(call, kTooLong);
    owner->lost_a_call();
  }
  set_alarm();
}

void Calls::settle(Call& call, Effects effects) {
  if (!effects.empty()) emit_(std::move(effects));
  if (call.invocation.finished()) {
    by_interaction_.erase(call.interaction.id);
    calls_.erase(call.number);  // last: whoever asked may still have it
  }
  set_alarm();
}

void Calls::set_alarm() {
  std::optional<Instant> next;
  auto consider = [&next](Instant at) { next = next ? std::min(*next, at) : at; };
  for (const auto& [number, call] : calls_) {
    if (auto deadline = call->invocation.next_deadline()) consider(*deadline);
    if (call->holds) consider(call->hold_until);
  }
  if (!next) return alarm_.stop();
  alarm_.start(*next - loop_.now().instant);
}

std::size_t Calls::owned() const {
  return static_cast<std::size_t>(
      std::count_if(calls_.begin(), calls_.end(), [](const auto& each) { return each.second->owner; }));
}

std::size_t Calls::held(const CallOwner* owner) const {
  return static_cast<std::size_t>(std::count_if(calls_.begin(), calls_.end(), [owner](const auto& each) {
    return each.second->owner == owner && each.second->holds;
  }));
}

std::size_t Calls::held_by(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(calls_.begin(), calls_.end(), [name](const auto& each) {
    return each.second->holds && each.second->owner && each.second->owner->name() == name;
  }));
}

bool Calls::quiet() const {
  return std::all_of(calls_.begin(), calls_.end(),
                     [](const auto& each) { return each.second->invocation.quiet(); });
}

}  // namespace coordinator::command
