#include "app/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "coordinator/plugin.h"
#include "version.h"

namespace coordinator::app {

namespace {

constexpr std::size_t kLongestName = 64;

// From what nobody notices to what ends the daemon.
const prometheus::Histogram::BucketBoundaries kSeconds = {0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05,
                                                          0.1,    0.5,    1,     3,     10};

bool is_name(std::string_view name) {
  bool good = !name.empty() && name.size() <= kLongestName;
  for (char c : name) good = good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
  return good;
}

bool ends_as_other_kinds(std::string_view name) {
  constexpr std::array<std::string_view, 4> kEndings = {"_total", "_bucket", "_sum", "_count"};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](auto ending) { return name.ends_with(ending); });
}

std::string family_name(std::string_view name) { return "coordinator_plugin_" + std::string(name); }

template <class Duration>
double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

tl::unexpected<command::Refusal> refused(int result, const char* words) {
  return tl::unexpected(command::Refusal{result, words});
}

prometheus::Labels of(std::string_view plugin) { return {{"plugin", std::string(plugin)}}; }

}  // namespace

struct Metrics::Books {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Histogram>& calls =
      prometheus::BuildHistogram()
          .Name("coordinator_plugins_call_duration_seconds")
          .Help("Time in a plugin's code, from entering it to its return")
          .Register(registry);
  prometheus::Gauge& heartbeat = prometheus::BuildGauge()
                                     .Name("coordinator_gateway_heartbeat_latency_seconds")
                                     .Help("Time from the last heartbeat to its acknowledgement")
                                     .Register(registry)
                                     .Add({});
  prometheus::Histogram& lag = prometheus::BuildHistogram()
                                   .Name("coordinator_loop_lag_seconds")
                                   .Help("How long the loop was busy before it could serve what came next")
                                   .Register(registry)
                                   .Add({}, kSeconds);
  prometheus::Gauge& longest = prometheus::BuildGauge()
                                   .Name("coordinator_loop_lag_longest_seconds")
                                   .Help("The longest of them since these numbers were read the last time")
                                   .Register(registry)
                                   .Add({});
  prometheus::Gauge& longest_cpu = prometheus::BuildGauge()
                                       .Name("coordinator_loop_cpu_longest_seconds")
                                       .Help("The most CPU time that one of them took, since the same time")
                                       .Register(registry)
                                       .Add({});
};

Metrics::Metrics() : books_(std::make_unique<Books>()) {
  prometheus::BuildGauge()
      .Name("coordinator_build_info")
      .Help("The version that runs; always 1")
      .Register(books_->registry)
      .Add({{"version", COORDINATOR_VERSION}})
      .Set(1);
}

Metrics::~Metrics() = default;

Metrics::Outcome Metrics::count(std::string_view plugin, std::string_view name, double by) {
  std::string_view bare = name.ends_with("_total") ? name.substr(0, name.size() - 6) : name;
  if (by < 0) return refused(COORDINATOR_INVALID, "a count only grows; use a gauge");
  if (auto admitted = admits(plugin, bare, by); !admitted) return admitted;
  prometheus::BuildCounter()
      .Name(family_name(bare) + "_total")
      .Help("Counted by a plugin")
      .Register(books_->registry)
      .Add(of(plugin))
      .Increment(by);
  return {};
}

Metrics::Outcome Metrics::gauge(std::string_view plugin, std::string_view name, double value) {
  if (auto admitted = admits(plugin, name, value); !admitted) return admitted;
  prometheus::BuildGauge()
      .Name(family_name(name))
      .Help("Told by a plugin")
      .Register(books_->registry)
      .Add(of(plugin))
      .Set(value);
  return {};
}

Metrics::Outcome Metrics::admits(std::string_view plugin, std::string_view name, double value) {
  if (!std::isfinite(value)) return refused(COORDINATOR_INVALID, "a value must be a finite number");
  if (!is_name(name)) return refused(COORDINATOR_INVALID, "a name has 1 to 64 characters of a-z, 0-9 and _");
  if (ends_as_other_kinds(name))
    return refused(COORDINATOR_INVALID,
                   "a name must not end in _total, _bucket, _sum or _count: other kinds of metrics do");
  auto known = names_.find(plugin);
  if (known == names_.end()) {
    if (names_.size() >= kMostPlugins)
      return refused(COORDINATOR_LIMIT,
                     "so many plugins have had metrics that no more are taken until the daemon is restarted");
    known = names_.emplace(plugin, std::set<std::string, std::less<>>()).first;
  }
  if (known->second.contains(name)) return {};
  if (known->second.size() >= kNamesOfPlugin) return refused(COORDINATOR_LIMIT, "it has 50 names already");
  known->second.emplace(name);
  return {};
}

void Metrics::plugin_call(std::string_view plugin, std::chrono::microseconds took) {
  books_->calls.Add(of(plugin), kSeconds).Observe(seconds(took));
}

void Metrics::heartbeat_latency(Millis latency) { books_->heartbeat.Set(seconds(latency)); }

void Metrics::loop_busy(const io::Busy& busy) {
  books_->lag.Observe(seconds(busy.took));
  if (seconds(busy.took) > books_->longest.Value()) books_->longest.Set(seconds(busy.took));
  if (seconds(busy.cpu) > books_->longest_cpu.Value()) books_->longest_cpu.Set(seconds(busy.cpu));
}

std::string Metrics::text() {
  std::string text = prometheus::TextSerializer().Serialize(books_->registry.Collect());
  books_->longest.Set(0);
  books_->longest_cpu.Set(0);
  return text;
}

}  // namespace coordinator::app
