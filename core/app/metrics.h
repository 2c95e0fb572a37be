// Numbers for operators: counted here, read as Prometheus's text format.
//
// Names follow https://prometheus.io/docs/practices/naming/. No stranger can make labels: a plugin's name is
// the only one, and plugins and the metrics of each have caps.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "command/services.h"
#include "io/loop.h"

namespace coordinator::app {

// A plugin's own metrics are coordinator_plugin_NAME_total (counted) and coordinator_plugin_NAME (gauges),
// each with the label `plugin`.
class Metrics : public command::MetricService {
 public:
  static constexpr std::size_t kNamesOfPlugin = 50;
  static constexpr std::size_t kMostPlugins = 200;

  Metrics();
  ~Metrics() override;

  // Refused: a name of other than a-z, 0-9 and _ or longer than 64, a gauge whose name ends as a counter's or
  // a histogram's, one name too many, a count below zero, no finite number.
  using Outcome = tl::expected<void, command::Refusal>;
  Outcome count(std::string_view plugin, std::string_view name, double by) override;
  Outcome gauge(std::string_view plugin, std::string_view name, double value) override;

  // Of one entry into a plugin's code.
  void plugin_call(std::string_view plugin, std::chrono::microseconds took);
  // Between a heartbeat to the gateway and its acknowledgement.
  void heartbeat_latency(Millis latency);
  // Of one iteration of the loop: for so long it could serve nothing else.
  void loop_busy(const io::Busy& busy);

  // Reading them begins the longest ones anew.
  std::string text();

 private:
  struct Books;

  Outcome admits(std::string_view plugin, std::string_view name, double value);

  std::unique_ptr<Books> books_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> names_;  // of each plugin
};

}  // namespace coordinator::app
