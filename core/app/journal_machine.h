// The journal's machine: what gathers, what is being saved, and what may be let go.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "chat/effects.h"
#include "command/act.h"

namespace coordinator::app {

// Told what happens, it answers what is to be done. It makes one commit at a time; what comes meanwhile
// belongs to the next one. A commit that fails is tried again every second, with what came since, and no act
// is let go before the writes that came with it or before it are durable. One that takes longer than 10 s
// (a disk that hangs tells no error) counts as failing until it is done.
class JournalMachine {
 public:
  using Task = std::function<void()>;
  using Act = std::variant<chat::Act, command::Act, Task>;

  // It can write no more, or again; for the log.
  struct News {
    bool can_write;
    std::string words;
  };
  // What is to be done now, in this order.
  struct Step {
    std::optional<News> news{};
    std::vector<Act> let_go{};
    bool commit = false;  // answered by committed()
  };

  // A record was given to the store.
  void wrote() { ++held_; }
  void add(Act act) { acts_.push_back(std::move(act)); }

  // To be called when something was added, and at due().
  Step go_on(Instant now);
  // The same, without waiting for the time at which to try again.
  Step flush(Instant now);
  // `make_room` is asked when there was none; where it made some, the commit is tried again at once.
  Step committed(const Status& status, Instant now, const std::function<bool()>& make_room);

  std::optional<Instant> due() const;
  bool can_write() const { return trouble_ == Trouble::none; }
  // Writes that are not durable, one of the same record counted each time.
  std::size_t held() const { return held_; }
  // Something waits for go_on(): not for what is being saved.
  bool waiting() const { return !acts_.empty() || held_ > (saving_ ? saving_->held : 0); }

 private:
  struct Saving {
    std::vector<Act> acts;  // of the writes that are being saved
    std::size_t held;
    Instant began;
  };
  enum class Trouble { none, hangs, fails };

  Step wait(Instant now);
  Step failed(Saving saved, const Error& error, Instant now, const std::function<bool()>& make_room);

  std::vector<Act> acts_;
  std::size_t held_ = 0;
  std::optional<Saving> saving_;
  std::optional<Instant> retry_;
  Trouble trouble_ = Trouble::none;  // as it was told
};

}  // namespace coordinator::app
