// The journal: commit, then act. What machines want gathers here during a loop iteration; at its end, or when
// the one before it is done, one transaction makes the writes durable, and only then are the acts let go.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

#include "app/journal_machine.h"
#include "chat/effects.h"
#include "command/effects.h"
#include "io/timer.h"
#include "store/store.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// Binds the machine to the store and to the loop's end of iteration. While the store refuses to commit (a
// full disk) or hangs, writes and acts are kept in memory and the commit is tried again every second, so that
// nothing new is promised.
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
  using Task = JournalMachine::Task;

  Journal(io::Loop& loop, store::Store& store, Performers performers);

  void add(chat::Effects effects) { take(effects); }
  void add(command::Effects effects) { take(effects); }
  void add(store::Write record) {
    machine_.wrote();
    store_.write(std::move(record));
  }
  // Runs `task` in the order of the acts, when everything that was added before it is durable.
  void then(Task task) { machine_.add(std::move(task)); }
  bool can_write() const { return machine_.can_write(); }
  // Writes that are not durable, one of the same record counted each time.
  std::size_t held() const { return machine_.held(); }
  // Does now what the end of the iteration would do, also where a commit failed a moment ago.
  void flush();

 private:
  template <class Effects>
  void take(Effects& effects) {
    for (store::Write& record : effects.writes) add(std::move(record));
    for (auto& act : effects.acts) machine_.add(std::move(act));
  }
  void go_on();
  void perform(JournalMachine::Step step);
  void commit();
  void let_go(std::vector<JournalMachine::Act> acts);

  io::Loop& loop_;
  store::Store& store_;
  Performers performers_;
  JournalMachine machine_;
  io::Timer timer_;
};

}  // namespace coordinator::app
