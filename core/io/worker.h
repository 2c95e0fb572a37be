// Jobs done one after the other, beside the loop: what belongs to all of them needs no lock.
#pragma once

#include <deque>
#include <functional>
#include <memory>

namespace coordinator::io {

class Loop;

// Until begin() each job is done inside the call that gives it.
class Worker {
 public:
  using Task = std::function<void()>;

  Worker();
  // What is being done goes on, and is told to nobody; what waits is dropped.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // From now on on one of libuv's threads.
  void begin(Loop& loop) { loop_ = &loop; }
  // The loop beside which it works; null: it does not.
  Loop* loop() const { return loop_; }
  // Does `job`, then calls `done` on the loop. The job must own all that it touches.
  void run(Task job, Task done);
  // Waits until all jobs are done and tells each; back to how it was before begin().
  void finish();

 private:
  struct Job;
  void start();
  void settle(const std::shared_ptr<Job>& job);

  Loop* loop_ = nullptr;
  std::deque<std::shared_ptr<Job>> jobs_;  // the first one is being done
  std::shared_ptr<Worker*> self_;          // points at nothing when we are gone
};

}  // namespace coordinator::io
