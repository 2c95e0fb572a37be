// One turn that runs: its shim, its adapter, its machine and its clock, tied together.
#pragma once

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

class Turn {
 public:
  // Called from the loop only; TurnEnded is the last. Bury the turn then: it is inside its own callback.
  using Report = std::function<void(const TurnReport&)>;

  Turn(io::Loop& loop, TurnSpec spec, std::unique_ptr<Adapter> adapter, ShimClient::Place place,
       Report report);

  // Of the disk that holds its files, so much is not to be filled.
  void start(const Environment& own, std::uint64_t keep_free_bytes);
  ~Turn() { *self_ = nullptr; }

  void adopt() { client_.adopt(); }
  void cancel() {
    cancelled_ = true;
    feed(Cancel{});
  }
  void answer(PermissionAnswer answer) { feed(Answered{std::move(answer)}); }

 private:
  ShimClient::Callbacks callbacks();
  void feed(TurnInput input);
  void act(const TurnEffect& effect);
  void set_timer();
  // What came while a long line was being read: its turn is when that one has been told.
  using Due = std::variant<std::string, TurnInput>;

  void hear(std::string_view line);
  void tell(std::vector<Event> events);
  void in_turn(TurnInput input);
  void read_beside(std::string line);
  void go_on();
  void end(const ShimExit& exit);
  void send_prompt();

  io::Loop& loop_;
  TurnSpec spec_;
  std::shared_ptr<const Adapter> adapter_;  // a thread may still read a line when the turn is gone
  Report report_;
  TurnMachine machine_;
  std::deque<TurnInput> inputs_;  // what acting on one brings about waits until it is done
  bool feeding_ = false;
  io::Timer timer_;
  ShimClient client_;
  std::deque<Due> due_;
  bool reading_beside_ = false;
  bool cancelled_ = false;
  std::shared_ptr<Turn*> self_;  // points at nothing when we are gone
};

}  // namespace coordinator::agent
