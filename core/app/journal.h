// The journal: commit, then act. What machines want gathers here during a loop iteration; at its end, or when
// the one before it is done, one transaction makes the writes durable, and only then are the acts let go.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "chat/effects.h"
#include "command/effects.h"
#include "io/timer.h"
#include "store/store.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// Binds itself to the loop's end of iteration. While the store refuses to commit (a full disk), writes and
// acts are kept in memory and the commit is tried again every second, so that nothing new is promised.
class Journal {
 public:
  struct Performers {
    std::function<void(chat::Act&)> chat;
    std::function<void(command::Act&)> command;
    // The store found no room: makes some, or answers that it cannot.
    std::function<bool()> make_room = [] { return false; };
    // It can write no more, or again.
    std::function<void(bool can_write)> changed = [](bool) {};
  };
  using Task = std::function<void()>;

  Journal(io::Loop& loop, store::Store& store, Performers performers);

  void add(chat::Effects effects) { take(effects); }
  void add(command::Effects effects) { take(effects); }
  void add(store::Write record) {
    ++held_;
    store_.write(std::move(record));
  }
  // Runs `task` in the order of the acts, when everything that was added before it is durable.
  void then(Task task) { acts_.emplace_back(std::move(task)); }
  bool can_write() const { return !stuck_; }
  // Writes that are not durable, one of the same record counted each time.
  std::size_t held() const { return held_; }
  // Does now what the end of the iteration would do.
  void flush() { settle(); }

 private:
  using Act = std::variant<chat::Act, command::Act, Task>;

  template <class Effects>
  void take(Effects& effects) {
    for (store::Write& record : effects.writes) add(std::move(record));
    for (auto& act : effects.acts) acts_.emplace_back(std::move(act));
  }
  void settle();
  void committed(const Status& status);
  void failed(const Error& error);
  void let_go(std::vector<Act> acts);

  io::Loop& loop_;
  store::Store& store_;
  Performers performers_;
  io::Timer retry_;
  std::vector<Act> acts_;
  std::vector<Act> saving_;  // those whose writes are being saved
  std::size_t held_ = 0, held_before_ = 0;
  bool committing_ = false;
  bool stuck_ = false;
};

}  // namespace coordinator::app
