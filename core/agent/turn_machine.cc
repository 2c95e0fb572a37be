#include "agent/turn_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/overloaded.h"

namespace coordinator::agent {

namespace {

constexpr Millis kStartPatience = 60s;   // for a shim to listen and a command to run
constexpr Millis kSettlePatience = 15s;  // longer than the shim needs for what does not want to end
constexpr std::size_t kMaxPending = 256;
constexpr std::size_t kMaxSteered = 256;

std::string seconds(Millis time) { return fmt::format("{} s", time.count() / 1000); }

std::string refusal(const PermissionRequest& request) {
  return fmt::format(
      "{} is not allowed here, and nobody can be asked. Go on without it, and say what you could not do; "
      "whoever "
      "runs this bot can allow it with allowed_tools in the project's configuration.",
      request.tool);
}

Failure failure_of(const Gone& gone) {
  using Reason = ShimExit::Reason;
  switch (gone.exit.reason) {
    case Reason::exited:
    case Reason::spool_failed:
      return gone.hint;
    case Reason::not_started:
      return gone.exit.busy ? Failure::busy : Failure::not_started;
    case Reason::not_begun:
      return Failure::not_begun;
    case Reason::spool_full:
      return Failure::output_limit;
    case Reason::disk_full:
      return Failure::disk_full;
    case Reason::memory_limit:
      return Failure::memory_limit;
    case Reason::process_limit:
      return Failure::process_limit;
    case Reason::cpu_limit:
      return Failure::cpu_limit;
    case Reason::ended:
    case Reason::vanished:
      return Failure::lost;
  }
  return Failure::other;
}

std::string with_tail(std::string words, const std::string& tail) {
  if (!tail.empty()) words += ": " + tail;
  return words;
}

}  // namespace

TurnMachine::TurnMachine(TurnPolicy policy, Instant now)
    : policy_(std::move(policy)), now_(now), started_(now), last_line_(now) {}

std::vector<TurnEffect> TurnMachine::handle(Instant now, const TurnInput& input) {
  now_ = now;
  return std::visit([this](const auto& happened) { return on(happened); }, input);
}

std::optional<Instant> TurnMachine::next_deadline() const {
  if (std::holds_alternative<Ended>(state_)) return std::nullopt;
  if (auto* settling = std::get_if<Settling>(&state_)) return settling->until;
  if (auto* finishing = std::get_if<Finishing>(&state_)) return finishing->until;
  if (auto* cancelling = std::get_if<Cancelling>(&state_)) return cancelling->until;
  if (std::holds_alternative<Starting>(state_)) return started_ + kStartPatience;
  std::optional<Instant> deadline;
  if (pending_.empty()) deadline = last_line_ + policy_.limits.inactivity;
  if (auto whole = policy_.limits.wall_clock)
    deadline = std::min(deadline.value_or(Instant::max()), started_ + *whole);
  return deadline;
}

// Starting or running: nobody has asked for the end yet.
bool TurnMachine::going() const {
  return std::holds_alternative<Starting>(state_) || std::holds_alternative<Running>(state_);
}

TurnMachine::Effects TurnMachine::on(const Ready& ready) {
  last_line_ = now_;
  if (!std::holds_alternative<Starting>(state_)) return {};  // a shim that was found again
  state_ = Running{};
  started_ = now_ - ready.age;
  can_settle_ = ready.can_settle;
  return ready.asked ? Effects{} : Effects{SendPrompt{}};
}

// A result ends what is said: what follows it belongs to nobody's question.
TurnMachine::Effects TurnMachine::on(const Said& said) {
  last_line_ = now_;
  bool alive = std::holds_alternative<Alive>(said.event);  // else it goes on by itself, and is not to be kept
  return std::visit(
      Overloaded{[&](Starting&) {
                   state_ = Running{};  // an earlier daemon's turn, read from its spool
                   return hear(said.event);
                 },
                 [&](Running&) { return hear(said.event); }, [&](Cancelling&) { return hear(said.event); },
                 [&](Settling&) { return alive ? Effects{} : finish(Rung::sigterm); },
                 [&](Finishing&) { return Effects{}; }, [&](Ended&) { return Effects{}; }},
      state_);
}

TurnMachine::Effects TurnMachine::hear(const Event& event) {
  if (auto* heard = std::get_if<Heard>(&event)) return hear_of_message(heard->message_uuid, false);
  if (auto* steered = std::get_if<Steered>(&event)) return hear_of_message(steered->message_uuid, true);
  track_permissions(event);
  Effects effects;
  auto* result = std::get_if<TurnResult>(&event);
  if (result)
    for (const auto& uuid : result->message_uuids)
      if (said_.contains(uuid) && taken_.insert(uuid).second) effects.push_back(Tell{Steered{uuid}});
  effects.push_back(Tell{event});
  if (!result || !is_ours(*result)) return effects;
  for (auto& effect : take_result(*result)) effects.push_back(std::move(effect));
  return effects;
}

// What an earlier daemon has said to it is known by this alone.
TurnMachine::Effects TurnMachine::hear_of_message(const std::string& uuid, bool taken) {
  if (uuid == policy_.message_uuid) return heard_ = true, Effects{};
  if (said_.size() < kMaxSteered && said_.insert(uuid).second) unanswered_.insert(uuid);
  if (!taken || !said_.contains(uuid) || !taken_.insert(uuid).second) return {};
  return {Tell{Steered{uuid}}};
}

// What was said meanwhile may be answered together with the prompt, or behind it with a result of its own.
TurnMachine::Effects TurnMachine::take_result(TurnResult result) {
  answered_ = true;
  for (const auto& uuid : result.message_uuids) unanswered_.erase(uuid);
  if (result_) {
    result.input_tokens += result_->input_tokens;
    result.output_tokens += result_->output_tokens;
  }
  result_ = std::move(result);
  bool success = result_->outcome == Outcome::success;
  if (success && !(unanswered_.empty() && held_.empty()) && !stop_) return {};
  pending_.clear();
  if (!unanswered_.empty()) return finish(Rung::sigterm);  // else it would begin with those
  if (!can_keep()) return finish(Rung::closed);
  state_ = Settling{now_ + kSettlePatience};
  return {Settle{}};
}

TurnMachine::Effects TurnMachine::finish(Rung first) {
  state_ = Finishing{first, now_ + rule(first).patience};
  return ask(first);
}

// What failed begins anew the next time; so does what had to be stopped by more than a word.
bool TurnMachine::can_keep() const {
  if (!policy_.keep || !can_settle_ || result_->outcome == Outcome::failed) return false;
  auto* cancelling = std::get_if<Cancelling>(&state_);
  return !stop_ || (stop_->by_user && cancelling && cancelling->rung == Rung::interrupted);
}

bool TurnMachine::is_ours(const TurnResult& result) const {
  const auto& uuids = result.message_uuids;
  if (uuids.empty()) return !result.unprompted;
  return answered_ || std::ranges::find(uuids, policy_.message_uuid) != uuids.end();
}

// A tool's result means that its request was answered, be it by an earlier daemon.
void TurnMachine::track_permissions(const Event& event) {
  if (auto* request = std::get_if<PermissionRequest>(&event); request && pending_.size() < kMaxPending)
    pending_.emplace(request->request_id, *request);
  if (auto* withdrawn = std::get_if<PermissionWithdrawn>(&event)) pending_.erase(withdrawn->request_id);
  if (auto* done = std::get_if<ToolResult>(&event))
    std::erase_if(pending_, [done](const auto& entry) { return entry.second.tool_use_id == done->id; });
}

TurnMachine::Effects TurnMachine::on(const CaughtUp&) {
  Effects effects;
  caught_up_ = true;
  for (const auto& [id, answer] : std::exchange(answers_, {}))
    for (auto& effect : on(Answered{answer})) effects.push_back(std::move(effect));
  for (const auto& steering : std::exchange(held_, {}))
    for (auto& effect : on(Steer{steering})) effects.push_back(std::move(effect));
  if (!policy_.refuse_permissions) return effects;
  for (const auto& [id, request] : std::exchange(pending_, {}))
    effects.push_back(SendAnswer{{id, false, refusal(request)}});
  return effects;
}

// While a turn is told again, an answer may have been given already by an earlier daemon: what follows tells.
TurnMachine::Effects TurnMachine::on(const Answered& answered) {
  if (!caught_up_) {
    if (pending_.contains(answered.answer.request_id))
      answers_.insert_or_assign(answered.answer.request_id, answered.answer);
    return {};
  }
  if (pending_.erase(answered.answer.request_id) == 0) return {};  // withdrawn meanwhile, or never asked
  last_line_ = now_;
  return {SendAnswer{answered.answer}};
}

// Said once, by whichever daemon.
TurnMachine::Effects TurnMachine::on(const Steer& steer) {
  if (!going() || said_.size() + held_.size() >= kMaxSteered) return {};
  if (!caught_up_ || std::holds_alternative<Starting>(state_))
    return held_.push_back(steer.steering), Effects{};
  if (!said_.insert(steer.steering.message_uuid).second) return {};
  unanswered_.insert(steer.steering.message_uuid);
  return {SendSteering{steer.steering}};
}

TurnMachine::Effects TurnMachine::on(const Settled&) {
  if (!std::holds_alternative<Settling>(state_)) return {};
  kept_ = true;
  state_ = Ended{};
  return {Tell{ending({})}};
}

TurnMachine::Effects TurnMachine::on(const LineTooLong&) {
  if (std::holds_alternative<Settling>(state_)) return finish(Rung::sigterm);
  if (std::holds_alternative<Finishing>(state_) || std::holds_alternative<Ended>(state_)) return {};
  return stop(Rung::end, {.spoiled = true,
                          .failure = Failure::line_limit,
                          .words = fmt::format("the agent wrote a line of more than {} bytes",
                                               policy_.limits.line_bytes)});
}

// While it is being ended, an agent that no longer reads is none the worse for it.
TurnMachine::Effects TurnMachine::on(const Refused& refused) {
  if (std::holds_alternative<Settling>(state_)) return finish(Rung::closed);
  if (!going()) return {};
  return stop(Rung::sigterm,
              {.unheard = true, .words = "the agent could not be spoken to (" + refused.why + ")"});
}

// An agent that was never asked anything has nothing to finish.
TurnMachine::Effects TurnMachine::on(const Cancel&) {
  if (!going()) return {};
  bool asked = std::holds_alternative<Running>(state_);
  return stop(asked ? Rung::interrupted : Rung::end, {.by_user = true, .words = "cancelled"});
}

TurnMachine::Effects TurnMachine::on(const Tick&) {
  auto deadline = next_deadline();
  if (!deadline || now_ < *deadline) return {};
  return std::visit(
      Overloaded{[&](Starting&) {
                   return stop(Rung::end,
                               {.failure = Failure::not_started,
                                .words = "the agent was not running after " + seconds(kStartPatience)});
                 },
                 [&](Running&) { return check_watchdogs(); }, [&](Settling&) { return finish(Rung::closed); },
                 [&](Finishing& finishing) { return climb(finishing.rung, finishing.until); },
                 [&](Cancelling& cancelling) { return climb(cancelling.rung, cancelling.until); },
                 [&](Ended&) { return Effects{}; }},
      state_);
}

TurnMachine::Effects TurnMachine::check_watchdogs() {
  auto whole = policy_.limits.wall_clock;
  if (whole && now_ >= started_ + *whole)
    return stop(Rung::interrupted,
                {.failure = Failure::out_of_time, .words = "the turn took longer than " + seconds(*whole)});
  return stop(Rung::interrupted,
              {.failure = Failure::silent,
               .words = "the agent said nothing for " + seconds(policy_.limits.inactivity)});
}

TurnMachine::Effects TurnMachine::stop(Rung first, Stop why) {
  if (!stop_) stop_ = std::move(why);
  state_ = Cancelling{first, now_ + rule(first).patience};
  return ask(first);
}

TurnMachine::Effects TurnMachine::climb(Rung& rung, Instant& until) {
  rung = rule(rung).next;
  until = now_ + rule(rung).patience;
  return ask(rung);
}

TurnMachine::Effects TurnMachine::ask(Rung rung) {
  switch (rung) {
    case Rung::closed:
      return {CloseStdin{}};
    case Rung::interrupted:
      return {SendInterrupt{}};
    case Rung::sigint:
      return {Signal{SIGINT}};
    case Rung::sigterm:
      return {Signal{SIGTERM}};
    case Rung::end:
      return {EndTree{}};
    case Rung::kill:
      return {KillShim{}};
  }
  return {};
}

// The times are those that the real CLI keeps with room (65 ms to 1.6 s, each). The shim gives up on a
// process that cannot be ended after ten seconds, and says so: only a shim that does not run needs the last
// rung, again and again.
TurnMachine::RungRule TurnMachine::rule(Rung rung) {
  switch (rung) {
    case Rung::closed:
      return {5s, Rung::sigterm};
    case Rung::interrupted:
      return {1s, Rung::sigint};
    case Rung::sigint:
      return {3s, Rung::sigterm};
    case Rung::sigterm:
      return {3s, Rung::end};
    case Rung::end:
      return {20s, Rung::kill};
    case Rung::kill:
      return {20s, Rung::kill};
  }
  return {20s, Rung::kill};
}

TurnMachine::Effects TurnMachine::on(const Gone& gone) {
  if (std::holds_alternative<Ended>(state_)) return {};
  state_ = Ended{};
  pending_.clear();
  return {Tell{ending(gone)}};
}

// A turn that was done before it could be stopped is done, unless a part of it is missing.
TurnEnded TurnMachine::ending(const Gone& gone) const {
  bool done = result_ && result_->outcome == Outcome::success && !(stop_ && stop_->spoiled);
  bool stopped = stop_ && !done;
  if (!result_ || (stopped && !stop_->by_user)) return ending_without_result(gone);
  TurnEnded ended;
  ended.outcome = stopped ? Outcome::aborted : result_->outcome;
  ended.failure = stopped ? Failure::none : result_->failure;
  if (ended.outcome == Outcome::failed) ended.text = result_->text;
  ended.result = *result_;
  return ended;
}

// An agent that was started for an earlier turn may die before it has read this one's prompt: it says so when
// it has. Where the shim died too, some of what it said may be missing.
bool TurnMachine::was_never_asked(const Gone& gone) const {
  if (!policy_.reused || heard_ || result_) return false;
  if (gone.exit.reason == ShimExit::Reason::vanished) return false;
  return !stop_ || stop_->unheard;
}

TurnEnded TurnMachine::ending_without_result(const Gone& gone) const {
  TurnEnded ended;
  if (result_) ended.result = *result_;
  if (stop_ && stop_->by_user) {
    ended.outcome = Outcome::aborted;
    return ended;
  }
  ended.outcome = Outcome::failed;
  if (was_never_asked(gone)) {
    ended.failure = Failure::not_begun;
    ended.text = "the agent that stood by " + words(gone.exit);
    return ended;
  }
  ended.failure = stop_ ? stop_->failure : failure_of(gone);
  ended.text = with_tail(stop_ ? stop_->words : "the agent " + words(gone.exit), gone.exit.stderr_tail);
  return ended;
}

}  // namespace coordinator::agent
