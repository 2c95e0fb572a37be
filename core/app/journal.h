// The journal: commit, then act. What machines want gathers here during a loop iteration; at its end one
// transaction makes the writes durable, and only then are the acts let go.
#pragma once

#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "chat/effects.h"
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
  using Perform = std::function<void(chat::Act&)>;
  using Task = std::function<void()>;

  Journal(io::Loop& loop, store::Store& store, Perform perform);

  void add(chat::Effects effects);
  // Runs `task` in the order of the acts, when everything that was added before it is durable.
  void then(Task task) { acts_.emplace_back(std::move(task)); }
  // Does now what the end of the iteration would do.
  void flush() { settle(); }

 private:
  void settle();
  void committed(const Status& status);
  void let_go();

  store::Store& store_;
  Perform perform_;
  io::Timer retry_;
  std::vector<std::variant<chat::Act, Task>> acts_;
  bool committing_ = false;
  bool stuck_ = false;
};

}  // namespace coordinator::app
