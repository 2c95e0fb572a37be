// Exponential back-off with equal jitter: half of each wait is sure, half is chance
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
#pragma once

#include <algorithm>

#include "base/clock.h"
#include "base/random.h"

namespace coordinator {

class Backoff {
 public:
  Backoff(Millis first, Millis limit) : first_(first), limit_(limit), ceiling_(first) {}

  // How long to wait before the next try: between half of the present ceiling and all of it; then the ceiling
  // doubles.
  Millis next(Random& random) {
    Millis ceiling = ceiling_;
    ceiling_ = std::min(limit_, ceiling_ * 2);
    return ceiling / 2 +
           Millis(static_cast<std::int64_t>(random.unit() * static_cast<double>(ceiling.count() / 2)));
  }

  // After a success.
  void reset() { ceiling_ = first_; }

 private:
  Millis first_, limit_, ceiling_;
};

}  // namespace coordinator
