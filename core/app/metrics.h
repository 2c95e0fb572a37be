// Numbers for operators: counted here, read as Prometheus's text format.
//
// Names follow https://prometheus.io/docs/practices/naming/. No label can be grown by a stranger: a plugin's
// name is the only one, and plugins and their metrics have caps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "command/services.h"

namespace coordinator::app {

// A plugin's own metrics are coordinator_plugin_NAME_total (counted) and coordinator_plugin_NAME (gauges),
// each with the label plugin.
class Metrics : public command::MetricService {
 public:
  static constexpr std::size_t kNamesOfPlugin = 50;
  static constexpr std::size_t kMostPlugins = 200;

  Metrics();
  ~Metrics() override;

  // What breaks a rule (a name of other than a-z, 0-9 and _, one too many, a negative count, no finite
  // number) is left out, and the log says so once for each plugin.
  void count(std::string_view plugin, std::string_view name, double by) override;
  void gauge(std::string_view plugin, std::string_view name, double value) override;

  void plugin_call(std::string_view plugin, std::chrono::microseconds took);
  void heartbeat_latency(Millis latency);
  void loop_lag(Millis lag);

  std::string text() const;

 private:
  struct Books;

  bool admits(std::string_view plugin, std::string_view name);
  void refuse(std::string_view plugin, std::string_view name, std::string_view why);

  std::unique_ptr<Books> books_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> names_;  // of each plugin
  std::set<std::string, std::less<>> complained_;
};

}  // namespace coordinator::app
