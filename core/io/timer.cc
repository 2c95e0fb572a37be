#include "io/timer.h"

#include <algorithm>
#include <utility>

#include "io/loop.h"

namespace coordinator::io {

namespace {

std::uint64_t ticks(Millis delay) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1, delay.count()));
}

void on_fire(uv_timer_t* handle) {
  if (handle->data) (*static_cast<std::function<void()>*>(handle->data))();
}

}  // namespace

Timer::Timer(Loop& loop, std::function<void()> fire) : handle_(new uv_timer_t), fire_(std::move(fire)) {
  uv_timer_init(loop.raw(), handle_.get());
  handle_->data = &fire_;
}

void Timer::start(Millis delay) {
  uv_update_time(handle_->loop);  // a long iteration must not make the timer early
  uv_timer_start(handle_.get(), on_fire, ticks(delay), 0);
}

void Timer::repeat(Millis period) { uv_timer_start(handle_.get(), on_fire, ticks(period), ticks(period)); }
void Timer::stop() { uv_timer_stop(handle_.get()); }
bool Timer::active() const { return uv_is_active(reinterpret_cast<const uv_handle_t*>(handle_.get())); }

}  // namespace coordinator::io
