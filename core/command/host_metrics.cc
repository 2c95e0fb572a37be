// coordinator.metrics/1: numbers for operators.
#include <fmt/format.h>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

using Outcome = tl::expected<void, Refusal>;

int told(Host& host, const Outcome& outcome) {
  if (outcome) return COORDINATOR_OK;
  host.log(log::Level::warning, fmt::format("metrics: {}", outcome.error().words));
  return outcome.error().result;
}

int count(const coordinator_host* table, coordinator_string name, double by) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  return told(host, host.room().services.metrics.count(host.name(), view_of(name), by));
}

int gauge(const coordinator_host* table, coordinator_string name, double value) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  return told(host, host.room().services.metrics.gauge(host.name(), view_of(name), value));
}

}  // namespace

const coordinator_metrics& metrics_table() {
  static const coordinator_metrics table = {sizeof table, count, gauge};
  return table;
}

}  // namespace coordinator::command
