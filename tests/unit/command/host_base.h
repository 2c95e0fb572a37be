// A plugin in a house of its own, with short names for what its tests ask of the host.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "command/desk_house.h"

#include <CppUTest/TestHarness.h>

namespace coordinator::command::testing {

// What a `done` was told: "0 words".
struct Told {
  std::vector<std::string> lines;
  static void done(void* context, int result, coordinator_string words) {
    static_cast<Told*>(context)->lines.push_back(std::to_string(result) + " " + text_of(words));
  }
  static void fire(void* context, int result) {
    static_cast<Told*>(context)->lines.push_back("fired " + std::to_string(result));
  }
  static void answered(void* context, const coordinator_http_response* response) {
    static_cast<Told*>(context)->lines.push_back(std::to_string(response->status) + " " +
                                                 text_of(response->body));
  }
  std::string all() const {
    std::string out;
    for (const std::string& line : lines) out += (out.empty() ? "" : ", ") + line;
    return out;
  }
};

struct HostBase : Utest {
  FakeInstance plugin{"reset"};  // before the house: its host side speaks to the desk
  std::unique_ptr<House> house = std::make_unique<House>();
  Told told;

  void setup() override { house->load(plugin); }
  void teardown() override {
    house->plugins.serving.clear();
    plugin.side.reset();
    house.reset();
  }
  // Runs it in the plugin's function of a command.
  void in_run(const std::function<void(coordinator_call)>& what) {
    plugin.on_run = what;
    house->use("reset");
  }
  // A call that stays.
  coordinator_call held() {
    coordinator_call number = 0;
    in_run([&](coordinator_call call) {
      number = call;
      plugin.host->hold(plugin.host, call);
    });
    return number;
  }
  const coordinator_sessions& sessions() {
    return plugin.extension<coordinator_sessions>(COORDINATOR_SESSIONS);
  }
  const coordinator_timers& timers() { return plugin.extension<coordinator_timers>(COORDINATOR_TIMERS); }
  const coordinator_storage& storage() { return plugin.extension<coordinator_storage>(COORDINATOR_STORAGE); }
  const coordinator_metrics& metrics() { return plugin.extension<coordinator_metrics>(COORDINATOR_METRICS); }
  const coordinator_plugins& plugins() { return plugin.extension<coordinator_plugins>(COORDINATOR_PLUGINS); }
};

}  // namespace coordinator::command::testing
