// One command on a recording host: loaded for the test, and at its end unloaded, with nothing held and
// nothing to complain of.
#pragma once

#include <memory>
#include <string>

#include "loaded.h"
#include "recording_host.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

namespace coordinator::test {

struct Stage {
  RecordingHost host;
  std::unique_ptr<Loaded> plugin;

  explicit Stage(const char* name) : plugin(std::make_unique<Loaded>(host, name)) {}
  void finish() {
    CHECK(plugin->unload());
    LONGS_EQUAL(0, host.held());
    CHECK_EQUAL(std::string(), host.complaints.empty() ? "" : host.complaints[0]);
    LONGS_EQUAL(0, host.log.size());
  }
};

}  // namespace coordinator::test
