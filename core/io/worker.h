// Jobs done one after the other, beside the loop: what belongs to all of them needs no lock.
#pragma once

#include <deque>
#include <functional>
#include <memory>

namespace coordinator::io {

class Loop;

// Until begin() each job is done inside the call that gives it. From then on it is done by a thread of our
// own: in libuv's pool it would wait for whatever else is long (removing directories, say).
class Worker {
 public:
  using Task = std::function<void()>;

  Worker();
  // Waits for what is being done, and tells nobody; what waits is dropped.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The loop must live longer than we do, or than finish().
  void begin(Loop& loop);
  // The loop beside which it works; null: it does not.
  Loop* loop() const { return loop_; }
  // Does `job`, then calls `done` on the loop. The job must own all that it touches.
  void run(Task job, Task done);
  // Waits until all jobs are done and tells each; back to how it was before begin().
  void finish();

 private:
  struct Thread;
  void tell();
  void tell_next();

  Loop* loop_ = nullptr;
  std::shared_ptr<Thread> thread_;
  std::deque<Task> dones_;  // of the jobs that are not told yet
};

}  // namespace coordinator::io
