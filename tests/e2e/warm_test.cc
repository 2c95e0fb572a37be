// Agents that stay for their session's next turn: nothing is lost, asked twice or left behind for it.
#include "stage.h"

#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::e2e;

TEST_GROUP(Warm){void setup() override{setenv("COORDINATOR_TEST_WARM", "3min", 1);
}
void teardown() override { unsetenv("COORDINATOR_TEST_WARM"); }
}
;

TEST(Warm, ASecondTurnRunsInTheFirstOnesProcess) {
  Stage stage;
  stage.start();
  stage.answer(stage.ask("testing", "!env COORDINATOR_TURN"));
  std::string first = stage.said("testing");
  stage.answer(stage.ask("testing", "!env COORDINATOR_TURN"));
  STRCMP_EQUAL((first + first).c_str(), stage.said("testing").c_str());
  LONGS_EQUAL(2, stage.processes());
}

TEST(Warm, ADaemonThatIsKilledInTheSecondTurnTakesItUp) {
  Stage stage;
  stage.start();
  stage.answer(stage.ask("testing", "!say one"));
  MessageId second = stage.ask("testing", "!sleep 1 !say two");
  CHECK_TRUE(stage.until([&] { return stage.turn_directories() == 2; }));
  stage.stop(SIGKILL);
  stage.start();
  STRCMP_CONTAINS("The demo agent slept 1 s.", stage.answer(second).c_str());
  std::string history = stage.answer(stage.ask("testing", "!history"));
  STRCMP_CONTAINS("!say one\",\"", history.c_str());
  std::size_t asked = history.find("!sleep 1 !say two");
  CHECK_TRUE(asked != std::string::npos);
  CHECK_TRUE(history.find("!sleep 1 !say two", asked + 1) == std::string::npos);  // once
}

TEST(Warm, WhatStandsByEndsWithTheDaemonHoweverItEnds) {
  for (int signal : {SIGTERM, SIGINT, SIGKILL}) {
    Stage stage;
    stage.start();
    stage.answer(stage.ask("testing", "!say one"));
    LONGS_EQUAL(2, stage.processes());
    stage.stop(signal);
    if (signal == SIGKILL) stage.start();  // the next daemon ends it
    CHECK_TRUE(stage.until([&] { return stage.processes() == 0; }));
  }
}

TEST(Warm, NothingIsLeftOfManyTurnsButTheirAgents) {
  StageOptions options;
  options.limits = "turns_at_once = 4";
  options.playground.limits.open = true;
  for (int i = 0; i < 4; ++i) options.more_channels.push_back(fmt::format("channel-{}", i));
  Stage stage(std::move(options));
  stage.start();
  const char* more = std::getenv("COORDINATOR_BOUNDS_TURNS");
  for (int done = 0, turns = more ? std::atoi(more) : 40; done < turns; done += 4) {
    std::vector<MessageId> round;
    for (int i = 0; i < 4; ++i) round.push_back(stage.ask(fmt::format("channel-{}", i), "!grandchild 86000"));
    for (MessageId message : round) CHECK(stage.answer(message) != "(no answer)");
    LONGS_EQUAL(8, stage.processes());  // a shim and an agent for each channel
  }
  CHECK_TRUE(stage.until([&] { return stage.turn_directories() == 4; }));
  stage.stop(SIGTERM);
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0; }));
}
