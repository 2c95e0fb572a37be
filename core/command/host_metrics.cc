// coordinator.metrics/1: numbers for operators.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

constexpr std::size_t kNames = 50, kNameBytes = 64;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytes && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

int refused(const Host& host, int result, std::string_view why) {
  host.log(log::Level::warning, fmt::format("metrics: {}", why));
  return result;
}

// COORDINATOR_OK when the plugin may use this name for this number.
int admitted(Host& host, coordinator_string name, double value) {
  if (host.closed()) return COORDINATOR_CANCELLED;
  if (!is_name(view_of(name)))
    return refused(host, COORDINATOR_INVALID, "a name has 1 to 64 characters of a-z, 0-9 and _");
  if (!std::isfinite(value)) return refused(host, COORDINATOR_INVALID, "a value must be a finite number");
  auto& names = host.room().metric_names[host.name()];
  if (names.contains(view_of(name))) return COORDINATOR_OK;
  if (names.size() >= kNames)
    return refused(host, COORDINATOR_LIMIT, fmt::format("it has {} names already", kNames));
  names.emplace(view_of(name));
  return COORDINATOR_OK;
}

int count(const coordinator_host* table, coordinator_string name, double by) {
  Host& host = Host::of(table);
  if (int result = admitted(host, name, by); result != COORDINATOR_OK) return result;
  if (by < 0) return refused(host, COORDINATOR_INVALID, "a count only grows; use a gauge");
  host.room().services.metrics.count(host.name(), view_of(name), by);
  return COORDINATOR_OK;
}

int gauge(const coordinator_host* table, coordinator_string name, double value) {
  Host& host = Host::of(table);
  if (int result = admitted(host, name, value); result != COORDINATOR_OK) return result;
  host.room().services.metrics.gauge(host.name(), view_of(name), value);
  return COORDINATOR_OK;
}

}  // namespace

const coordinator_metrics& metrics_table() {
  static const coordinator_metrics table = {sizeof table, count, gauge};
  return table;
}

}  // namespace coordinator::command
