#include "agent/turn.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/overloaded.h"
#include "io/loop.h"

namespace coordinator::agent {

namespace {

constexpr const char* kArea = "agent";

TurnPolicy policy_of(const TurnSpec& spec) {
  TurnPolicy policy;
  policy.message_uuid = spec.message_uuid;
  policy.limits = spec.limits;
  return policy;
}

}  // namespace

Turn::Turn(io::Loop& loop, TurnSpec spec, std::unique_ptr<Adapter> adapter, ShimClient::Place place,
           Report report)
    : loop_(loop),
      spec_(std::move(spec)),
      adapter_(std::move(adapter)),
      report_(std::move(report)),
      machine_(policy_of(spec_), loop.now().instant),
      timer_(loop, [this] { feed(Tick{}); }),
      client_(loop, std::move(place), callbacks()) {}

ShimClient::Callbacks Turn::callbacks() {
  return {[this](bool asked, Millis age) {
            feed(Ready{asked, age});
          },
          [this](std::string_view line) { hear(line); },
          [this] { feed(LineTooLong{}); },
          [this] { feed(CaughtUp{}); },
          [this](const std::string& why) { feed(Refused{why}); },
          [this](const ShimExit& exit) { end(exit); }};
}

void Turn::start(const Environment& own, std::uint64_t keep_free_bytes) {
  ShimLaunch launch;
  launch.argv = adapter_->argv(spec_);
  launch.environment = as_strings(child_environment(
      own, adapter_->passed_environment(), adapter_->environment(spec_), spec_.agent, spec_.turn_id));
  launch.directory = spec_.directory;
  launch.limits = spec_.limits;
  launch.keep_free_bytes = keep_free_bytes;
  client_.start(launch);
  set_timer();
}

void Turn::hear(std::string_view line) {
  io::Doing doing(loop_, "an agent's line");
  for (auto& event : adapter_->parse(line)) feed(Said{std::move(event)});
}

void Turn::end(const ShimExit& exit) {
  if (exit.left > 0)
    log::error(kArea,
               "turn {}: {} processes could not be ended; look for COORDINATOR_TURN={} in their environment",
               spec_.turn_id, exit.left, spec_.turn_id);
  feed(Gone{exit, adapter_->failure_of(exit.stderr_tail)});
}

void Turn::feed(TurnInput input) {
  inputs_.push_back(std::move(input));
  if (std::exchange(feeding_, true)) return;
  while (!inputs_.empty()) {
    TurnInput next = std::move(inputs_.front());
    inputs_.pop_front();
    for (const auto& effect : machine_.handle(loop_.now().instant, next)) act(effect);
  }
  feeding_ = false;
  set_timer();
}

void Turn::act(const TurnEffect& effect) {
  std::visit(
      Overloaded{[&](const SendPrompt&) { client_.write(adapter_->prompt(spec_)); },
                 [&](const SendInterrupt&) { client_.write(adapter_->interrupt()); },
                 [&](const SendAnswer& send) { client_.write(adapter_->answer(send.answer)); },
                 [&](const CloseStdin&) { client_.close_stdin(); },
                 [&](const Signal& signal) { client_.signal(signal.number); },
                 [&](const EndTree&) { client_.end_tree(); }, [&](const KillShim&) { client_.kill_shim(); },
                 [&](const Tell& tell) { report_(tell.report); }},
      effect);
}

void Turn::set_timer() {
  auto deadline = machine_.next_deadline();
  if (!deadline) return timer_.stop();
  timer_.start(std::max(Millis(0), *deadline - loop_.now().instant));
}

}  // namespace coordinator::agent
