#include "io/signals.h"

#include <csignal>
#include <utility>

#include "io/loop.h"

namespace coordinator::io {

Signals::Signals(Loop& loop, std::function<void(int)> heard) : heard_(std::move(heard)) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed socket is an error of one write, not the end of the daemon
  for (int number : {SIGINT, SIGTERM, SIGHUP}) add(loop, number);
}

void Signals::add(Loop& loop, int number) {
  Handle<uv_signal_t> handle(new uv_signal_t);
  uv_signal_init(loop.raw(), handle.get());
  handle->data = this;
  uv_signal_start(
      handle.get(),
      [](uv_signal_t* from, int heard) {
        if (from->data) static_cast<Signals*>(from->data)->heard_(heard);
      },
      number);
  uv_unref(reinterpret_cast<uv_handle_t*>(handle.get()));
  handles_.push_back(std::move(handle));
}

}  // namespace coordinator::io
