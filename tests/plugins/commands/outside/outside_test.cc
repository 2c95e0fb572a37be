// Tests of plugins that were built outside this project; run.sh says where the one in question lies.
#include <cstdlib>
#include <cstring>

#include "loaded.h"
#include "recording_host.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::test;

TEST_GROUP(OutsidePlugin){};

TEST(OutsidePlugin, answers_and_can_be_unloaded) {
  const char* file = std::getenv("OUTSIDE_PLUGIN");
  const char* line = std::getenv("OUTSIDE_COMMAND");
  const char* answer = std::getenv("OUTSIDE_ANSWER");
  CHECK(file && line && answer);
  RecordingHost host;
  Loaded plugin(host, file);
  plugin.run(line, {{"text", "grüße"}});
  CHECK_EQUAL(std::string(answer), host.last().content());
  CHECK(plugin.unload());
}
