#include "io/worker.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "io/background.h"

namespace coordinator::io {

struct Worker::Job {
  Task work, done;
  std::mutex mutex;
  std::condition_variable changed;
  bool over = false;

  void perform() {
    work();
    work = nullptr;  // what it owns ends on this thread
    std::lock_guard hold(mutex);
    over = true;
    changed.notify_all();
  }
  void wait() {
    std::unique_lock hold(mutex);
    changed.wait(hold, [this] { return over; });
  }
};

Worker::Worker() : self_(std::make_shared<Worker*>(this)) {}

Worker::~Worker() { *self_ = nullptr; }

void Worker::run(Task work, Task done) {
  if (!loop_) {
    work();
    return done();
  }
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  job->done = std::move(done);
  jobs_.push_back(std::move(job));
  if (jobs_.size() == 1) start();
}

void Worker::start() {
  auto job = jobs_.front();
  in_background(
      *loop_, [job] { job->perform(); },
      [self = self_, job] {
        if (*self) (*self)->settle(job);
      });
}

// Once: finish() may have come before the loop.
void Worker::settle(const std::shared_ptr<Job>& job) {
  if (jobs_.empty() || jobs_.front() != job) return;
  jobs_.pop_front();
  if (!jobs_.empty()) start();
  job->done();
}

void Worker::finish() {
  while (!jobs_.empty()) {
    auto job = jobs_.front();
    job->wait();
    settle(job);
  }
  loop_ = nullptr;
}

}  // namespace coordinator::io
