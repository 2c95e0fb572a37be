#include "io/loop.h"

#include <time.h>
#include <uv.h>

#include <cassert>
#include <utility>

namespace coordinator::io {

namespace {

Loop* owner(void* data) { return static_cast<Loop*>(data); }

// Whether a handle is left that would keep the loop running: then running it to its end would never end.
bool somebody_stays(uv_loop_t* loop) {
  bool found = false;
  auto look = [](uv_handle_t* handle, void* answer) {
    if (uv_is_active(handle) && uv_has_ref(handle) && !uv_is_closing(handle))
      *static_cast<bool*>(answer) = true;
  };
  uv_walk(loop, look, &found);
  return found;
}

std::chrono::microseconds micros(std::uint64_t nanoseconds) {
  return std::chrono::microseconds(static_cast<std::int64_t>(nanoseconds / 1000));
}

std::uint64_t cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

Loop::Loop()
    : loop_(std::make_unique<uv_loop_t>()),
      prepare_(new uv_prepare_t),
      check_(new uv_check_t),
      idle_(new uv_idle_t) {
  uv_loop_init(loop_.get());
  uv_prepare_init(loop_.get(), prepare_);
  uv_check_init(loop_.get(), check_);
  uv_idle_init(loop_.get(), idle_);
  prepare_->data = check_->data = idle_->data = this;
  // Timers fire before prepare, input is read before check: whatever an event left to do is done before the
  // next wait.
  uv_prepare_start(prepare_, [](uv_prepare_t* handle) {
    owner(handle->data)->end_iteration();
    owner(handle->data)->measure();
  });
  uv_check_start(check_, [](uv_check_t* handle) { owner(handle->data)->end_iteration(); });
  for (auto* handle : {reinterpret_cast<uv_handle_t*>(prepare_), reinterpret_cast<uv_handle_t*>(check_)})
    uv_unref(handle);
}

Loop::~Loop() {
  while (!graveyard_.empty()) std::exchange(graveyard_, {}).clear();
  tasks_.clear();  // not run: whoever they would call is gone
  uv_close(reinterpret_cast<uv_handle_t*>(prepare_),
           [](uv_handle_t* h) { delete reinterpret_cast<uv_prepare_t*>(h); });
  uv_close(reinterpret_cast<uv_handle_t*>(check_),
           [](uv_handle_t* h) { delete reinterpret_cast<uv_check_t*>(h); });
  uv_close(reinterpret_cast<uv_handle_t*>(idle_),
           [](uv_handle_t* h) { delete reinterpret_cast<uv_idle_t*>(h); });
  uv_run(loop_.get(), UV_RUN_NOWAIT);  // lws ends its timer only when its last socket has been closed
  assert(!somebody_stays(loop_.get()) && "a handle outlived its loop");
  if (!somebody_stays(loop_.get())) uv_run(loop_.get(), UV_RUN_DEFAULT);
  for (auto& task : at_close_) task();
  [[maybe_unused]] int busy = uv_loop_close(loop_.get());
  assert(busy == 0 && "a handle outlived its loop");
}

void Loop::run() { uv_run(loop_.get(), UV_RUN_DEFAULT); }
void Loop::stop() { uv_stop(loop_.get()); }
void Loop::run_once(bool wait) { uv_run(loop_.get(), wait ? UV_RUN_ONCE : UV_RUN_NOWAIT); }

Now Loop::now() const {
  return {Instant(Millis(static_cast<std::int64_t>(uv_now(loop_.get())))), system_now().wall};
}

void Loop::later(std::function<void()> task) {
  tasks_.push_back(std::move(task));
  wake();
}

// An active idle handle keeps the loop from waiting.
void Loop::wake() {
  if (!uv_is_active(reinterpret_cast<uv_handle_t*>(idle_))) uv_idle_start(idle_, [](uv_idle_t*) {});
}

void Loop::on_busy(std::function<void(const Busy&)> watch) {
  uv_loop_configure(loop_.get(), UV_METRICS_IDLE_TIME);
  watch_ = std::move(watch);
}

// From one wait to the next; libuv knows how much of that it waited.
void Loop::measure() {
  if (!watch_) return;
  auto earlier = before_;
  before_ = {uv_hrtime(), uv_metrics_idle_time(loop_.get()), cpu_time()};
  Busy busy = std::exchange(busy_, {});
  if (earlier.clock == 0) return;
  std::uint64_t whole = before_.clock - earlier.clock, idle = before_.idle - earlier.idle;
  busy.took = micros(whole > idle ? whole - idle : 0);
  busy.cpu = micros(before_.cpu - earlier.cpu);
  watch_(busy);
}

void Loop::note(const char* work, std::chrono::microseconds took) {
  if (took <= busy_.most_took) return;
  busy_.most = work;
  busy_.most_took = took;
}

Doing::Doing(Loop& loop, const char* name)
    : loop_(loop), name_(name), outer_(std::exchange(loop.doing_, this)) {}

Doing::~Doing() {
  auto took = Clock::now() - began_;
  loop_.doing_ = outer_;
  if (outer_) outer_->inner_ += took;
  loop_.note(name_, std::chrono::duration_cast<std::chrono::microseconds>(took - inner_));
}

void Loop::end_iteration() {
  for (auto& task : std::exchange(tasks_, {})) task();
  if (iteration_end_) iteration_end_();
  std::exchange(graveyard_, {}).clear();  // a destructor may bury more
  if (tasks_.empty() && graveyard_.empty()) uv_idle_stop(idle_);
}

}  // namespace coordinator::io
