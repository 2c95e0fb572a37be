#include "io/loop.h"

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
  uv_prepare_start(prepare_, [](uv_prepare_t* handle) { owner(handle->data)->end_iteration(); });
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

void Loop::end_iteration() {
  for (auto& task : std::exchange(tasks_, {})) task();
  if (iteration_end_) iteration_end_();
  std::exchange(graveyard_, {}).clear();  // a destructor may bury more
  if (tasks_.empty() && graveyard_.empty()) uv_idle_stop(idle_);
}

}  // namespace coordinator::io
