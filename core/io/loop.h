// The one libuv loop: it runs everything, buries what must not die inside its own callback, says when an
// iteration ends, and measures how long one held everything else up.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"

struct uv_loop_s;
struct uv_check_s;
struct uv_prepare_s;
struct uv_idle_s;

namespace coordinator::io {

class Doing;

// One iteration of the loop, without its waiting: whatever came meanwhile was served so much later.
struct Busy {
  std::chrono::microseconds took{},
      cpu{};                   // by the clock, and of this thread: the difference is a disk's, or others'
  const char* most = nullptr;  // the Doing that took the most of it; null: none was named
  std::chrono::microseconds most_took{};
};

// Everything that lives on a loop must be gone before it: the destructor frees what is buried, drops the
// tasks of later() that are still due, closes its own handles, runs the close callbacks, and asserts that no
// other handle is left. Not thread-safe: one thread owns it.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Until stop(), or until nothing is left that could happen.
  void run();
  void stop();
  // One iteration; waits for an event when `wait`. For tests, and for the end of a program.
  void run_once(bool wait);

  // The time at the start of this iteration, cheap to ask.
  Now now() const;

  // Runs `task` at the end of this iteration, outside of every callback now on the stack. May be called from
  // a task: that one runs at the end of the next iteration.
  void later(std::function<void()> task);

  // Called at the end of every iteration that had an event, after later()'s tasks and before the loop waits:
  // where the one transaction is committed and its effects are let go. One hook; set it before run().
  void on_iteration_end(std::function<void()> hook) { iteration_end_ = std::move(hook); }

  // Called at the end of every iteration, just before the loop waits. One watcher; costs nothing while the
  // loop waits.
  void on_busy(std::function<void(const Busy&)> watch);

  // Frees an object at the end of this iteration. For what is told to die inside its own callback; mute it
  // first, since events may still be on their way.
  template <class T>
  void bury(std::unique_ptr<T> corpse) {
    graveyard_.push_back(std::shared_ptr<void>(std::move(corpse)));
    wake();
  }

  // Runs `task` in the destructor, after the last close callback: for a library that frees itself in two
  // steps.
  void at_close(std::function<void()> task) { at_close_.push_back(std::move(task)); }

  uv_loop_s* raw() { return loop_.get(); }

 private:
  friend class Doing;

  void wake();
  void end_iteration();
  void measure();
  void note(const char* work, std::chrono::microseconds took);

  std::unique_ptr<uv_loop_s> loop_;
  uv_prepare_s* prepare_ = nullptr;
  uv_check_s* check_ = nullptr;
  uv_idle_s* idle_ = nullptr;
  std::vector<std::function<void()>> tasks_;
  std::vector<std::shared_ptr<void>> graveyard_;
  std::function<void()> iteration_end_;
  std::vector<std::function<void()>> at_close_;
  std::function<void(const Busy&)> watch_;
  struct {
    std::uint64_t clock = 0, idle = 0, cpu = 0;  // ns, at the end of the last iteration
  } before_;
  Busy busy_;
  Doing* doing_ = nullptr;  // the innermost that is going on
};

// Names what the loop does during its life, for the measurement: `Doing doing(loop_, "saving");`. What it
// takes itself counts, without the Doing inside it. Loops and these of one thread only; `name` must outlive
// the loop.
class Doing {
 public:
  Doing(Loop& loop, const char* name);
  Doing(const Doing&) = delete;
  Doing& operator=(const Doing&) = delete;
  ~Doing();

 private:
  using Clock = std::chrono::steady_clock;

  Loop& loop_;
  const char* name_;
  Doing* outer_;
  Clock::time_point began_ = Clock::now();
  Clock::duration inner_{};
};

}  // namespace coordinator::io
