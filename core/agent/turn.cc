#include "agent/turn.h"

#include <algorithm>
#include <utility>

#include "agent/pictures.h"
#include "agent/place_names.h"
#include "base/log.h"
#include "base/overloaded.h"
#include "io/background.h"
#include "io/loop.h"

namespace coordinator::agent {

namespace {

constexpr const char* kArea = "agent";
constexpr std::size_t kLongLine = 64u << 10;

TurnPolicy policy_of(const TurnSpec& spec, const TurnPlace& place) {
  TurnPolicy policy;
  policy.message_uuid = spec.message_uuid;
  policy.limits = spec.limits;
  policy.refuse_permissions = !spec.ask_permissions;
  policy.keep = spec.agent.warm_for > 0ms;
  policy.reused = !place.process.empty();
  return policy;
}

}  // namespace

Turn::Turn(io::Loop& loop, TurnSpec spec, std::unique_ptr<Adapter> adapter, TurnPlace place,
           ShimClient::Place shim, Report report)
    : Turn(loop, std::move(spec), std::move(adapter), std::move(place), std::unique_ptr<ShimClient>(),
           std::move(report)) {
  client_ = std::make_unique<ShimClient>(loop, std::move(shim), static_cast<ShimListener&>(*this));
}

Turn::Turn(io::Loop& loop, TurnSpec spec, std::unique_ptr<Adapter> adapter, TurnPlace place,
           std::unique_ptr<ShimClient> client, Report report)
    : loop_(loop),
      spec_(std::move(spec)),
      adapter_(std::move(adapter)),
      report_(std::move(report)),
      machine_(policy_of(spec_, place), loop.now().instant),
      timer_(loop, [this] { feed(Tick{}); }),
      place_(std::move(place)),
      process_(place_.process.empty() ? spec_.turn_id : place_.process),
      session_(spec_.session_id),
      client_(std::move(client)),
      may_ask_(client_ == nullptr),
      self_(std::make_shared<Turn*>(this)) {
  if (client_) client_->hand_to(*this);
  set_timer();
}

ShimLaunch launch_of(const TurnSpec& spec, const Adapter& adapter, const Environment& own,
                     std::uint64_t keep_free_bytes) {
  ShimLaunch launch;
  launch.argv = adapter.argv(spec);
  Environment additions = adapter.environment(spec);
  if (!spec.outbox.empty())
    additions[kOutboxVariable] = spec.directory + "/" + kPlace + "/" + kOutbox + "/" + spec.outbox;
  launch.environment =
      as_strings(child_environment(own, adapter.passed_environment(), additions, spec.agent, spec.turn_id));
  launch.directory = spec.directory;
  launch.limits = spec.limits;
  launch.keep_free_bytes = keep_free_bytes;
  return launch;
}

void Turn::start(const Environment& own, std::uint64_t keep_free_bytes) {
  client_->start(launch_of(spec_, *adapter_, own, keep_free_bytes));
  set_timer();
}

// An agent that is just being started will say when it is ready.
void Turn::go_on(bool written) {
  may_ask_ = true;
  if (!written) return client_->end_tree();
  if (client_->stands()) on_ready();
  feed(CaughtUp{});  // what it said until now was said to nobody
}

void Turn::on_ready() {
  if (!may_ask_) return;
  bool asked = client_->stdin_bytes() > place_.stdin_bytes;
  feed(Ready{asked, client_->age() - place_.age, client_->can_settle()});
}

void Turn::on_settled(std::uint64_t memory) {
  memory_ = memory;
  feed(Settled{});
}

std::unique_ptr<ShimClient> Turn::take_agent() {
  if (!machine_.kept()) return nullptr;
  client_->pause(false);
  return std::move(client_);
}

void Turn::hear(std::string_view line) {
  if (!client_) return;  // over: nobody's words
  if (reading_beside_) return due_.emplace_back(std::string(line)), void();
  if (line.size() > kLongLine) return read_beside(std::string(line));
  io::Doing doing(loop_, "an agent's line");
  tell(adapter_->parse(line));
}

void Turn::tell(std::vector<Event> events) {
  for (auto& event : events) {
    if (const auto* started = std::get_if<Started>(&event); started && !started->session_id.empty())
      session_ = started->session_id;
    feed(Said{std::move(event)});
  }
}

void Turn::in_turn(TurnInput input) {
  if (reading_beside_)
    due_.emplace_back(std::move(input));
  else
    feed(std::move(input));
}

// A picture or a file in a tool's result makes lines of megabytes, which take longer to read than the loop
// may be held up. What came behind them waits: it is no more than what was read of the spool at once.
void Turn::read_beside(std::string line) {
  reading_beside_ = true;
  client_->pause(true);
  auto events = std::make_shared<std::vector<Event>>();
  auto work = [events, adapter = adapter_, line = std::move(line)] { *events = adapter->parse(line); };
  io::in_background(loop_, std::move(work), [self = self_, events] {
    if (!*self) return;
    (*self)->tell(std::move(*events));
    (*self)->read_on();
  });
}

void Turn::read_on() {
  reading_beside_ = false;
  while (!reading_beside_ && !due_.empty()) {
    Due next = std::move(due_.front());
    due_.pop_front();
    std::visit(Overloaded{[this](const std::string& line) { hear(line); },
                          [this](TurnInput& input) { feed(std::move(input)); }},
               next);
  }
  if (!reading_beside_ && client_) client_->pause(false);
}

void Turn::on_gone(const ShimExit& exit) {
  if (exit.left > 0)
    log::error(kArea,
               "turn {}: {} processes could not be ended; look for COORDINATOR_TURN={} in their environment",
               spec_.turn_id, exit.left, process_);
  in_turn(Gone{exit, adapter_->failure_of(exit.stderr_tail)});
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
      Overloaded{[&](const SendPrompt&) { send_prompt(); },
                 [&](const SendInterrupt&) { client_->write(adapter_->interrupt()); },
                 [&](const SendAnswer& send) { client_->write(adapter_->answer(send.answer)); },
                 [&](const SendSteering& send) { client_->write(adapter_->steering(send.steering)); },
                 [&](const Settle&) { client_->settle(); },
                 [&](const CloseStdin&) { client_->close_stdin(); },
                 [&](const Signal& signal) { client_->signal(signal.number); },
                 [&](const EndTree&) { client_->end_tree(); }, [&](const KillShim&) { client_->kill_shim(); },
                 [&](const Tell& tell) { report_(tell.report); }},
      effect);
}

// Pictures are megabytes on a disk that may be slow. A turn that is cancelled meanwhile asks nothing.
void Turn::send_prompt() {
  if (spec_.pictures.empty()) return client_->write(adapter_->prompt(spec_));
  auto line = std::make_shared<std::string>();
  auto work = [line, adapter = adapter_, spec = spec_]() mutable {
    read_pictures(spec);
    *line = adapter->prompt(spec);
  };
  io::in_background(loop_, std::move(work), [self = self_, line] {
    if (*self && (*self)->client_ && !(*self)->cancelled_) (*self)->client_->write(*line);
  });
}

void Turn::set_timer() {
  auto deadline = machine_.next_deadline();
  if (!deadline) return timer_.stop();
  timer_.start(std::max(Millis(0), *deadline - loop_.now().instant));
}

}  // namespace coordinator::agent
