// coordinator.timers/1.
#include <fmt/format.h>

#include <algorithm>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

constexpr std::uint64_t kLongest = 365ull * 24 * 3600 * 1000;  // a year

std::uint64_t start(const coordinator_host* table, std::uint64_t delay_ms,
                    void (*fire)(void* context, int result), void* context) {
  Host& host = Host::of(table);
  if (host.closed() || !fire) return 0;
  if (host.timers() >= Host::kTimers) {
    host.log(log::Level::warning, fmt::format("timers start: {} run already", Host::kTimers));
    return 0;
  }
  return host.start_timer(Millis(static_cast<std::int64_t>(std::min(delay_ms, kLongest))), fire, context);
}

void cancel(const coordinator_host* table, std::uint64_t timer) {
  Host& host = Host::of(table);
  if (!host.closed()) host.cancel_timer(timer);
}

}  // namespace

const coordinator_timers& timers_table() {
  static const coordinator_timers table = {sizeof table, start, cancel};
  return table;
}

}  // namespace coordinator::command
