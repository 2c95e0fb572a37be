#include "io/worker.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "io/handle.h"
#include "io/loop.h"

namespace coordinator::io {

// The loop's side gives jobs and takes what is done; work() is the other side.
struct Worker::Thread {
  Thread(Loop& loop, Worker* worker) : over(new uv_async_t{}) {
    uv_async_init(loop.raw(), over.get(), [](uv_async_t* handle) {
      if (handle->data) static_cast<Worker*>(handle->data)->tell();
    });
    over->data = worker;
    keep_loop(false);
    thread = std::thread([this] { work(); });
  }
  ~Thread() {
    {
      std::lock_guard hold(mutex);
      closed = true;
      changed.notify_all();
    }
    thread.join();
  }

  void give(Task job) {
    std::lock_guard hold(mutex);
    jobs.push_back(std::move(job));
    changed.notify_all();
  }
  bool take_done(bool wait) {
    std::unique_lock hold(mutex);
    if (wait) changed.wait(hold, [this] { return done > 0; });
    return done > 0 && done-- > 0;
  }
  // While something is to be told the loop must not end.
  void keep_loop(bool keep) {
    auto* handle = reinterpret_cast<uv_handle_t*>(over.get());
    keep ? uv_ref(handle) : uv_unref(handle);
  }

  void work() {
    std::unique_lock hold(mutex);
    while (true) {
      changed.wait(hold, [this] { return closed || !jobs.empty(); });
      if (closed) return;
      Task job = std::exchange(jobs.front(), nullptr);
      jobs.pop_front();
      hold.unlock();
      job();
      job = nullptr;  // what it owns ends on this thread
      hold.lock();
      ++done;
      changed.notify_all();
      uv_async_send(over.get());
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Task> jobs;
  std::size_t done = 0;  // jobs that are not told yet
  bool closed = false;
  Handle<uv_async_t> over;
  std::thread thread;
};

Worker::Worker() = default;

Worker::~Worker() = default;

void Worker::begin(Loop& loop) {
  loop_ = &loop;
  thread_ = std::make_shared<Thread>(loop, this);
}

void Worker::run(Task job, Task done) {
  if (!loop_) {
    job();
    return done();
  }
  dones_.push_back(std::move(done));
  thread_->keep_loop(true);
  thread_->give(std::move(job));
}

// One of them may give the next, call finish(), or be our end.
void Worker::tell() {
  std::weak_ptr<Thread> alive = thread_;
  while (!alive.expired() && thread_->take_done(false)) tell_next();
}

void Worker::tell_next() {
  Task done = std::move(dones_.front());
  dones_.pop_front();
  if (dones_.empty()) thread_->keep_loop(false);
  done();
}

void Worker::finish() {
  while (!dones_.empty()) {
    thread_->take_done(true);
    tell_next();
  }
  thread_.reset();
  loop_ = nullptr;
}

}  // namespace coordinator::io
