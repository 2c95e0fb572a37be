// Agents that fail, crash or hang: the queue is always released, and the person always hears a sentence.
#include "stage.h"

#include <signal.h>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;

namespace {

StageOptions impatient() {
  StageOptions options;
  options.project = "inactivity_timeout = \"2s\"";
  return options;
}

// The 8 hexadecimal digits between the backticks.
std::string error_id(const std::string& sentence) {
  std::size_t at = sentence.find("Error id `");
  return at == std::string::npos ? "(none)" : sentence.substr(at + 10, 8);
}

}  // namespace

TEST_GROUP(Failure) {
  Stage stage{impatient()};
  void setup() override { stage.start(); }
  void failed_and_released(const char* words) {
    std::string sentence = stage.answer(stage.ask("testing", words));
    STRCMP_CONTAINS("Error id", sentence.c_str());
    STRCMP_CONTAINS(("error " + error_id(sentence)).c_str(), stage.log().c_str());
    STRCMP_CONTAINS("after", stage.answer(stage.ask("testing", "after")).c_str());
    CHECK_TRUE(stage.until([&] { return stage.processes() == 0; }));
  }
};

TEST(Failure, AnErrorOfTheAgentIsTold) { failed_and_released("!fail"); }
TEST(Failure, ACrashIsTold) { failed_and_released("!crash"); }
TEST(Failure, AHangIsEndedByTheWatchdog) { failed_and_released("!hang"); }
TEST(Failure, ALineThatIsNoLineOfTheProtocolIsPassedOver) {
  STRCMP_CONTAINS("malformed", stage.answer(stage.ask("testing", "!malformed")).c_str());
}

TEST(Failure, WhatTheAgentsStderrSaysIsForTheLogAlone) {
  std::string sentence = stage.answer(stage.ask("testing", "!crash"));
  STRCMP_CONTAINS("Error id", sentence.c_str());
  CHECK(stage.said("testing").find("as it was told") == std::string::npos);
  STRCMP_CONTAINS("as it was told", stage.log().c_str());
}

TEST(Failure, AMissingAgentIsToldWithWhatToDo) {
  StageOptions options;
  options.agent = "\"/nowhere/claude\"";
  Stage other(std::move(options));
  other.start();
  STRCMP_CONTAINS("could not be started", other.answer(other.ask("testing", "hello")).c_str());
}
