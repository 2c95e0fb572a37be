#include "base/clock.h"

namespace coordinator {

Now system_now() {
  using namespace std::chrono;
  return {Instant(duration_cast<Millis>(steady_clock::now().time_since_epoch())),
          WallTime(duration_cast<Millis>(system_clock::now().time_since_epoch()))};
}

}  // namespace coordinator
