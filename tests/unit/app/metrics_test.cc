// Metrics: what plugins count, what the daemon tells, and what is too much.
#include "app/metrics.h"

#include <cmath>
#include <string>

#include "base/log.h"
#include "coordinator/plugin.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

TEST_GROUP(Metrics) {
  Metrics metrics;

  void setup() override { log::configure({.file = {}, .terminal = false}); }
  void teardown() override { log::configure({}); }
  bool has(const std::string& line) {
    return ("\n" + metrics.text()).find("\n" + line + "\n") != std::string::npos;
  }
  void shows(const std::string& line) {
    CHECK_TEXT(has(line), (line + "\nis not in\n" + metrics.text()).c_str());
  }
};

TEST(Metrics, PluginsCountAndTell) {
  metrics.count("reset", "resets", 1);
  metrics.count("reset", "resets_total", 2);
  metrics.count("usage", "resets", 0.5);
  metrics.gauge("usage", "resets", -3);
  metrics.gauge("usage", "resets", -4);
  shows("# TYPE coordinator_plugin_resets_total counter");
  shows("coordinator_plugin_resets_total{plugin=\"reset\"} 3");
  shows("coordinator_plugin_resets_total{plugin=\"usage\"} 0.5");
  shows("# TYPE coordinator_plugin_resets gauge");
  shows("coordinator_plugin_resets{plugin=\"usage\"} -4");
}

TEST(Metrics, WhatBreaksARuleIsLeftOutAndSaid) {
  auto invalid = [](const Metrics::Outcome& outcome) {
    CHECK_FALSE(outcome.has_value());
    LONGS_EQUAL(COORDINATOR_INVALID, outcome.error().result);
  };
  for (const char* name :
       {"", "Resets", "a-b", "a b", "a\n", "a{x=\"y\"}", "é", "x_bucket", "x_sum", "x_count"}) {
    invalid(metrics.count("p", name, 1));
    invalid(metrics.gauge("p", name, 1));
  }
  invalid(metrics.gauge("p", "x_total", 1));
  invalid(metrics.gauge("p", std::string(65, 'x'), 1));
  invalid(metrics.count("p", "x", -1));
  invalid(metrics.count("p", "x", std::nan("")));
  invalid(metrics.gauge("p", "x", INFINITY));
  CHECK_TEXT(metrics.text().find("coordinator_plugin_") == std::string::npos, metrics.text().c_str());
}

TEST(Metrics, APluginHasFiftyNames) {
  for (int i = 0; i < 50; ++i) CHECK_TRUE(metrics.gauge("p", "g" + std::to_string(i), i).has_value());
  LONGS_EQUAL(COORDINATOR_LIMIT, metrics.gauge("p", "g50", 50).error().result);
  CHECK_TRUE(has("coordinator_plugin_g49{plugin=\"p\"} 49"));
  CHECK_FALSE(has("coordinator_plugin_g50{plugin=\"p\"} 50"));
  metrics.gauge("p", "g49", 1);
  metrics.gauge("q", "g50", 2);
  CHECK_TRUE(has("coordinator_plugin_g49{plugin=\"p\"} 1"));
  CHECK_TRUE(has("coordinator_plugin_g50{plugin=\"q\"} 2"));
}

TEST(Metrics, TheDaemonTellsOfItself) {
  metrics.heartbeat_latency(250ms);
  metrics.loop_busy({2ms, 2ms});
  metrics.loop_busy({20s, 1ms});
  metrics.plugin_call("reset", std::chrono::microseconds(700));
  shows("coordinator_gateway_heartbeat_latency_seconds 0.25");
  shows("coordinator_loop_lag_seconds_bucket{le=\"0.001\"} 0");
  shows("coordinator_loop_lag_seconds_bucket{le=\"0.005\"} 1");
  shows("coordinator_loop_lag_seconds_count 2");
  shows("coordinator_plugins_call_duration_seconds_bucket{plugin=\"reset\",le=\"0.0005\"} 0");
  shows("coordinator_plugins_call_duration_seconds_bucket{plugin=\"reset\",le=\"0.001\"} 1");
}

// A plugin's own names cannot meet the daemon's, whatever they are.
TEST(Metrics, NamesOfPluginsAndOfTheDaemonNeverMeet) {
  for (const char* name : {"call_duration_seconds", "s_call_duration_seconds", "resets"}) {
    metrics.gauge("p", name, 1);
    metrics.count("p", name, 1);
  }
  metrics.plugin_call("p", std::chrono::microseconds(1));
  shows("coordinator_plugin_s_call_duration_seconds{plugin=\"p\"} 1");
  shows("coordinator_plugins_call_duration_seconds_count{plugin=\"p\"} 1");
}

TEST(Metrics, TheLongestIsSinceTheyWereReadTheLastTime) {
  metrics.loop_busy({20s, 1ms});
  metrics.loop_busy({2ms, 4ms});
  std::string first = metrics.text();
  STRCMP_CONTAINS("coordinator_loop_lag_longest_seconds 20\n", first.c_str());
  STRCMP_CONTAINS("coordinator_loop_cpu_longest_seconds 0.004\n", first.c_str());
  STRCMP_CONTAINS("coordinator_loop_lag_longest_seconds 0\n", metrics.text().c_str());
}
