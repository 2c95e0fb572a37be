// An agent's lines: the adapter's reading of each, and the turn that they make, which always comes to one
// end.
#include <memory>

#include "agent/adapter.h"
#include "agent/tool_summary.h"
#include "agent/turn_machine.h"
#include "fuzz.h"
#include "lines.h"

namespace coordinator::fuzz {

namespace {

using namespace agent;

class Turn {
 public:
  Turn() : machine_(policy(), now_) { feed(Ready{}); }

  void feed(const TurnInput& input) {
    for (const auto& effect : machine_.handle(now_, input))
      if (const auto* tell = std::get_if<Tell>(&effect))
        if (std::holds_alternative<TurnEnded>(tell->report)) ++ends_;
  }
  void pass(Millis time) {
    now_ += time;
    if (machine_.next_deadline() && *machine_.next_deadline() <= now_) feed(Tick{});
  }
  // Whatever was said: the shim says that all is over, and then it is.
  void finish() {
    require(ends_ == 0, "a turn ended before its processes did");
    feed(Gone{});
    feed(Gone{});
    feed(Tick{});
    require(ends_ == 1, "a turn did not come to one end");
    require(machine_.ended() && !machine_.next_deadline(), "a turn that is over waits for something");
  }

 private:
  static TurnPolicy policy() {
    TurnPolicy policy;
    policy.message_uuid = "11111111-2222-4333-8444-555555555555";
    return policy;
  }

  Instant now_{Millis(1000)};
  TurnMachine machine_;
  int ends_ = 0;
};

}  // namespace

void agent_lines(std::string_view bytes) {
  static const std::unique_ptr<Adapter> adapter = make_adapter("claude");
  Input input(bytes);
  Turn turn;
  Millis step(static_cast<std::int64_t>(input.number(65'536)));
  std::size_t cancel_at = input.number(64);
  std::size_t count = 0;
  each_line(input.rest(), [&](std::string_view line) {
    auto events = adapter->parse(line);
    require(!events.empty(), "a line means nothing at all");
    for (Event& event : events) turn.feed(Said{std::move(event)});
    turn.feed(CaughtUp{});
    if (++count == cancel_at) turn.feed(Cancel{});
    turn.pass(step);
  });
  adapter->failure_of(input.rest());
  turn.finish();
}

}  // namespace coordinator::fuzz
