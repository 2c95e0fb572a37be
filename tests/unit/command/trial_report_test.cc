// What a trial process tells the daemon.
#include "command/trial_report.h"

#include <string>
#include <utility>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;

TEST_GROUP(TrialReport){};

TEST(TrialReport, ComesBackAsItWas) {
  TrialReport report{"reset", "1.0", "Begins anew", {"coordinator.queue/1"}, {}};
  report.commands.push_back(Json::object().set("name", "reset").set("type", 1));
  std::string dumped = dump_trial(std::move(report));
  auto again = parse_trial(dumped);
  CHECK_TRUE(again.has_value());
  STRCMP_EQUAL(dumped.c_str(), dump_trial(again).c_str());
  STRCMP_EQUAL("reset", again->command_names().at(0).c_str());
}

TEST(TrialReport, ARefusalComesBackAsItsSentence) {
  Result<TrialReport> refused = fail("it is \"empty\"");
  STRCMP_EQUAL("it is \"empty\"", parse_trial(dump_trial(refused)).error().what.c_str());
}

TEST(TrialReport, AnythingElseIsARefusalToo) {
  for (const char* line : {"", "hello", "{}", "[]", R"({"plugin":{}})", R"({"plugin":"x"})"})
    STRCMP_EQUAL("the trial said something that is not understood", parse_trial(line).error().what.c_str());
}
