// One turn that runs: its shim, its adapter, its machine and its clock, tied together.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent/adapter.h"
#include "agent/shim_client.h"
#include "agent/spec.h"
#include "agent/turn_machine.h"
#include "io/timer.h"

namespace coordinator::agent {

// How the agent of a turn is started.
ShimLaunch launch_of(const TurnSpec& spec, const Adapter& adapter, const Environment& own,
                     std::uint64_t keep_free_bytes);

class Turn : private ShimListener {
 public:
  // Called from the loop only; TurnEnded is the last. Bury the turn then: it is inside its own callback.
  using Report = std::function<void(const TurnReport&)>;

  // With an agent of its own, or one that an earlier daemon gave it: start() or adopt() follows.
  Turn(io::Loop& loop, TurnSpec spec, std::unique_ptr<Adapter> adapter, TurnPlace place,
       ShimClient::Place shim, Report report);
  // With an agent that stands by: go_on() follows, once `place` is written down.
  Turn(io::Loop& loop, TurnSpec spec, std::unique_ptr<Adapter> adapter, TurnPlace place,
       std::unique_ptr<ShimClient> client, Report report);
  ~Turn() override { *self_ = nullptr; }

  // Of the disk that holds its files, so much is not to be filled.
  void start(const Environment& own, std::uint64_t keep_free_bytes);
  void adopt() { client_->adopt(); }
  // `written`: it may be asked. Else nobody is, and it ends as not begun.
  void go_on(bool written);
  void cancel() {
    cancelled_ = true;
    feed(Cancel{});
  }
  void answer(PermissionAnswer answer) { feed(Answered{std::move(answer)}); }
  void steer(Steering steering) { feed(Steer{std::move(steering)}); }

  const TurnSpec& spec() const { return spec_; }
  const std::string& process() const { return process_; }
  // The session that its agent is in now, whichever was asked for.
  const std::string& session() const { return session_; }
  // Behind TurnEnded: the agent, when it stands by for the next turn; else null.
  std::unique_ptr<ShimClient> take_agent();
  std::uint64_t agents_memory() const { return memory_; }

 private:
  void on_ready() override;
  void on_line(std::string_view line) override { hear(line); }
  void on_line_too_long() override { in_turn(LineTooLong{}); }
  void on_caught_up() override { in_turn(CaughtUp{}); }
  void on_refused(const std::string& why) override { feed(Refused{why}); }
  void on_settled(std::uint64_t memory) override;
  void on_gone(const ShimExit& exit) override;
  void feed(TurnInput input);
  void act(const TurnEffect& effect);
  void set_timer();
  // What came while a long line was being read: its turn is when that one has been told.
  using Due = std::variant<std::string, TurnInput>;

  void hear(std::string_view line);
  void tell(std::vector<Event> events);
  void in_turn(TurnInput input);
  void read_beside(std::string line);
  void read_on();
  void send_prompt();

  io::Loop& loop_;
  TurnSpec spec_;
  std::shared_ptr<const Adapter> adapter_;  // a thread may still read a line when the turn is gone
  Report report_;
  TurnMachine machine_;
  std::deque<TurnInput> inputs_;  // what acting on one brings about waits until it is done
  bool feeding_ = false;
  io::Timer timer_;
  TurnPlace place_;
  std::string process_, session_;
  std::unique_ptr<ShimClient> client_;
  std::uint64_t memory_ = 0;
  std::deque<Due> due_;
  bool reading_beside_ = false;
  bool may_ask_;  // false while it is being written down where it runs
  bool cancelled_ = false;
  std::shared_ptr<Turn*> self_;  // points at nothing when we are gone
};

}  // namespace coordinator::agent
