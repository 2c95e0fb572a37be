// The program as its operators meet it: exit statuses, sentences, and nothing leaked over a long life.
#include "stage.h"

#include <fmt/format.h>
#include <signal.h>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;

TEST_GROUP(Program){};

TEST(Program, AWrongTokenEndsWithASentence) {
  Stage stage;
  std::vector<std::string> environment = {
      "HOME=" + stage.directory(), "PATH=/usr/bin:/bin", "DISCORD_TOKEN=wrong.token.here",
      "STATE_DIRECTORY=" + stage.directory() + "/state", "DISCORD_API_URL=" + stage.discord().api_url()};
  LONGS_EQUAL(78, stage.run_to_its_end({"--config", stage.directory() + "/coordinator.toml"}, environment));
  STRCMP_CONTAINS("token", stage.log().c_str());
  CHECK(stage.log().find("wrong.token.here") == std::string::npos);
}

TEST(Program, NoTokenNamesThePlacesForOne) {
  Stage stage;
  std::vector<std::string> environment = {"HOME=" + stage.directory(), "PATH=/usr/bin:/bin"};
  LONGS_EQUAL(78, stage.run_to_its_end({"--config", stage.directory() + "/coordinator.toml"}, environment));
  STRCMP_CONTAINS("DISCORD_TOKEN", stage.log().c_str());
}

TEST(Program, CheckConfigSaysGoodOrNamesTheMistake) {
  Stage stage;
  LONGS_EQUAL(0,
              stage.run_to_its_end({"--check-config", "--config", stage.directory() + "/coordinator.toml"}));
  STRCMP_CONTAINS("good", stage.log().c_str());
  LONGS_EQUAL(78, stage.run_to_its_end({"--check-config", "--config", stage.directory() + "/nowhere.toml"}));
}

// Under AddressSanitizer (make asan) the daemon's exit status tells of any leak.
TEST(Program, AHundredTurnsAndThreeReconnectsLeaveNothing) {
  StageOptions options;
  options.playground.limits.open = true;
  Stage stage(std::move(options));
  stage.start();
  for (int round = 0; round < 50; ++round) {
    if (round % 15 == 10) stage.discord().drop_sockets();
    MessageId one = stage.ask("testing", fmt::format("one {}", round));
    MessageId two = stage.ask("major-domo", fmt::format("two {}", round));
    CHECK(stage.answer(one) != "(no answer)");
    CHECK(stage.answer(two) != "(no answer)");
  }
  CHECK(stage.discord().resumes() >= 3);
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0 && stage.turn_directories() == 0; }));
  LONGS_EQUAL(0, stage.stop(SIGTERM));
  CHECK(stage.log().find("AddressSanitizer") == std::string::npos);
}

// Started by something that closed what it did not need.
TEST(Program, RunsWithoutStandardStreams) {
  StageOptions options;
  options.under = {"/bin/sh", "-c", "exec \"$@\" 0<&- 1>&- 2>&-", "sh"};
  Stage stage(std::move(options));
  stage.start();
  STRCMP_CONTAINS("here", stage.answer(stage.ask("testing", "!say here")).c_str());
  LONGS_EQUAL(0, stage.stop(SIGTERM));
}
