// The signals that a daemon is told by: SIGINT, SIGTERM and SIGHUP, on the loop.
#pragma once

#include <uv.h>

#include <functional>
#include <vector>

#include "io/handle.h"

namespace coordinator::io {

class Loop;

// Does not keep the loop running. While it lives the signals' own effects are off; SIGPIPE's stays off.
class Signals {
 public:
  Signals(Loop& loop, std::function<void(int number)> heard);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  void add(Loop& loop, int number);

  std::function<void(int)> heard_;
  std::vector<Handle<uv_signal_t>> handles_;
};

}  // namespace coordinator::io
