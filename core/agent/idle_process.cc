#include "agent/idle_process.h"

#include <csignal>
#include <utility>

#include "base/log.h"
#include "io/loop.h"

namespace coordinator::agent {

namespace {

constexpr Millis kLeavePatience = 3s;  // the real CLI ends within 120 ms
constexpr Millis kEndPatience = 20s;   // as long as a shim may need (TurnMachine::rule)

}  // namespace

IdleProcess::IdleProcess(io::Loop& loop, std::unique_ptr<Adapter> adapter, std::unique_ptr<ShimClient> client,
                         std::string session, Callbacks callbacks)
    : adapter_(std::move(adapter)),
      session_(std::move(session)),
      callbacks_(std::move(callbacks)),
      patience_(loop, [this] { press(); }),
      client_(std::move(client)),
      fresh_(false) {
  client_->hand_to(*this);
}

IdleProcess::IdleProcess(io::Loop& loop, std::unique_ptr<Adapter> adapter, ShimClient::Place place,
                         std::string session, Callbacks callbacks)
    : adapter_(std::move(adapter)),
      session_(std::move(session)),
      callbacks_(std::move(callbacks)),
      patience_(loop, [this] { press(); }),
      client_(std::make_unique<ShimClient>(loop, std::move(place), static_cast<ShimListener&>(*this))),
      fresh_(true) {}

// Settled, it is one that its shim ends when no daemon listens any more.
void IdleProcess::on_ready() {
  if (fresh_ && !leaving_) client_->settle();
}

void IdleProcess::on_settled(std::uint64_t memory) {
  if (std::exchange(fresh_, false)) callbacks_.settled(memory);
}

void IdleProcess::on_line(std::string_view line) {
  if (leaving_) return;
  for (const Event& event : adapter_->parse(line))
    if (!std::holds_alternative<Alive>(event)) return give_up();
}

void IdleProcess::give_up() {
  if (leaving_) return;
  log::debug("agent", "the agent of turn {} does not stand by any more", client_->process());
  leave();
  client_->signal(SIGTERM);
  callbacks_.useless();
}

void IdleProcess::leave() {
  if (std::exchange(leaving_, true)) return;
  client_->close_stdin();
  patience_.start(kLeavePatience);
}

void IdleProcess::press() {
  if (std::exchange(pressed_, true))
    client_->kill_shim();
  else
    client_->end_tree();
  patience_.start(kEndPatience);
}

}  // namespace coordinator::agent
