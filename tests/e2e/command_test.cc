// Slash commands end to end: plugins dropped into the directory of a running daemon, replaced, removed, and
// used by people in the playground.
#include "stage.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;

namespace fs = std::filesystem;

namespace {

StageOptions with_commands() {
  StageOptions options;
  options.plugins = true;
  options.playground.limits.open = true;
  return options;
}

std::string end_of(const std::string& log) {
  return log.substr(log.size() - std::min<std::size_t>(log.size(), 3000));
}

}  // namespace

TEST_GROUP(Command) {
  std::unique_ptr<Stage> stage = std::make_unique<Stage>(with_commands());

  // As an installer does: written beside its place, then moved.
  void drop(const char* version) {
    fs::create_directories(stage->plugins());
    fs::copy_file(fmt::format(PLUGINS "/greeter_{}.so", version), stage->plugins() + "/.new",
                  fs::copy_options::overwrite_existing);
    fs::rename(stage->plugins() + "/.new", stage->plugins() + "/greeter.so");
  }
  bool published(const char* name) { return stage->has_command(name); }
  std::string use(const char* name, const char* options = "{}") {
    return stage->shown(stage->discord().run_command("testing", name, options));
  }
  void start_with(const char* version) {
    drop(version);
    stage->start();
    CHECK_TRUE(stage->until([&] { return published("greet"); }));
  }
  // Each mapping of a plugin's code.
  int mappings() {
    std::ifstream maps(fmt::format("/proc/{}/maps", stage->pid()));
    int count = 0;
    for (std::string line; std::getline(maps, line);)
      if (line.find("coordinator-plugin") != std::string::npos || line.find("/memfd:") != std::string::npos)
        ++count;
    return count;
  }
};

TEST(Command, TheShippedOnesArePublishedAndAnswer) {
  stage->start();
  CHECK_TRUE(stage->until([&] { return published("ping") && published("status") && published("help"); }));
  STRCMP_EQUAL("Pong.", use("ping").c_str());
  STRCMP_CONTAINS("No active sessions.", use("status").c_str());
  STRCMP_CONTAINS("reset", use("help").c_str());
}

TEST(Command, OneThatIsDroppedInIsThereAMomentLaterAndGoneWhenItIsRemoved) {
  stage->start();
  CHECK_TRUE(stage->until([&] { return published("ping"); }));
  drop("one");
  CHECK_TRUE(stage->until([&] { return published("greet"); }));
  STRCMP_EQUAL("version one", use("greet").c_str());
  fs::remove(stage->plugins() + "/greeter.so");
  CHECK_TRUE(stage->until([&] { return !published("greet"); }));
}

TEST(Command, ReplacedWhileACallIsHeldTheOldCallEndsInOldCode) {
  start_with("one");
  InteractionId held = stage->discord().run_command("testing", "linger", R"({"for": 3000})");
  stage->pause(200ms);
  drop("two");
  CHECK_TRUE(stage->until([&] { return use("greet") == "version two"; }));
  STRCMP_EQUAL("version one", stage->shown(held).c_str());
  STRCMP_EQUAL("version two", use("linger", R"({"for": 10})").c_str());
}

TEST(Command, WhatTakesLongIsDeferredInTime) {
  start_with("one");
  InteractionId slow = stage->discord().run_command("testing", "linger", R"({"for": 4000})");
  STRCMP_EQUAL("version one", stage->shown(slow).c_str());
}

TEST(Command, AButtonWorksAfterARestart) {
  start_with("one");
  CHECK_EQUAL(std::string("Press"), use("offer"));
  MessageId offer = stage->discord().bot_messages("testing").back()->id;
  LONGS_EQUAL(0, stage->stop(SIGTERM));
  stage->start();
  std::string said = stage->shown(stage->press("testing", offer, "Press me"));
  STRCMP_EQUAL("pressed version one", said.c_str());
}

TEST(Command, WhatAPluginKeepsSurvivesAKill) {
  start_with("one");
  STRCMP_EQUAL("count 1", use("count").c_str());
  STRCMP_EQUAL("count 2", use("count").c_str());
  stage->stop(SIGKILL);
  stage->start();
  STRCMP_EQUAL("count 3", use("count").c_str());
}

TEST(Command, OneThatKillsTheDaemonTwiceStaysOutUntilItsFileChanges) {
  start_with("one");
  for (int time = 1; time <= 2; ++time) {
    stage->discord().run_command("testing", "die");
    CHECK_TRUE(stage->until([&] { return !stage->running(); }));
    stage->start();
    STRCMP_CONTAINS("greeter", stage->log().c_str());
    if (time == 1) CHECK_TRUE(stage->until([&] { return use("greet") == "version one"; }));
  }
  CHECK_TRUE(stage->until(
      [&] { return stage->log().find("it stays out until its file changes") != std::string::npos; }));
  STRCMP_EQUAL("Pong.", use("ping").c_str());
  CHECK(use("greet") != "version one");
  drop("two");
  CHECK_TRUE(stage->until([&] { return use("greet") == "version two"; }));
}

TEST(Command, WhoWaitsForAnAnswerIsToldWhenTheDaemonEnds) {
  start_with("one");
  InteractionId lingering = stage->discord().run_command("testing", "linger", R"({"for": 60000})");
  CHECK_TRUE(stage->until([&] { return stage->discord().response(lingering) != nullptr; }));
  LONGS_EQUAL(0, stage->stop(SIGTERM));
  STRCMP_CONTAINS("replaced or switched off while it was at work", stage->shown(lingering).c_str());
}

TEST(Command, AThreadIsKnownAfterARestart) {
  start_with("one");
  std::string thread = stage->discord().start_thread("testing", "side").text();
  stage->stop(SIGKILL);
  stage->start();
  CHECK_TRUE(stage->until([&] { return use("greet") == "version one"; }));
  InteractionId choice = stage->discord().run_command(thread, "model", R"({"name": "opus"})");
  STRCMP_CONTAINS("is **opus** from the next mention on", stage->shown(choice).c_str());
}

TEST(Command, ARestartPublishesNothing) {
  start_with("one");
  CHECK_TRUE(stage->until([&] { return published("ping"); }));
  std::size_t puts = stage->discord().requests("PUT", "/applications/*/commands");
  LONGS_EQUAL(0, stage->stop(SIGTERM));
  std::size_t looked = stage->discord().requests("GET", "/applications/*/commands");
  stage->start();
  CHECK_TRUE(
      stage->until([&] { return stage->discord().requests("GET", "/applications/*/commands") > looked; }));
  STRCMP_EQUAL("version one", use("greet").c_str());
  stage->pause(2s);
  LONGS_EQUAL(puts, stage->discord().requests("PUT", "/applications/*/commands"));
}

TEST(Command, AThousandReloadsUnderLoadLoseNoCallAndLeaveNothing) {
  start_with("one");
  int reloads = SANITIZED ? 100 : 1000, asked = 0, answered = 0;
  std::vector<InteractionId> waiting;
  std::size_t before = 0;
  int mapped = 0;
  for (int round = 0; round < reloads; ++round) {
    waiting.push_back(stage->discord().run_command("testing", "linger", R"({"for": 30})"));
    waiting.push_back(stage->discord().run_command("major-domo", "greet"));
    asked += 2;
    std::string told = stage->reload("greeter");
    if (told.find("\"answer\"") == std::string::npos) FAIL((told + end_of(stage->log())).c_str());
    std::erase_if(waiting, [&](InteractionId each) {
      bool good = stage->shown_now(each).find("version") != std::string::npos;
      answered += good;
      return good;
    });
    if (round == reloads / 10) before = stage->resident(), mapped = mappings();
  }
  for (InteractionId each : waiting) {
    STRCMP_CONTAINS("version", stage->shown(each).c_str());
    ++answered;
  }
  LONGS_EQUAL(asked, answered);
  CHECK_TRUE(stage->until([&] { return mappings() <= mapped; }));
  if (!SANITIZED) CHECK(stage->resident() < before + before / 4 + (4u << 20));
  LONGS_EQUAL(0, stage->stop(SIGTERM));
}

TEST(Command, TheReadmesFirstCommandCompilesByItsLineAndAnswers) {
  stage->start();
  CHECK_TRUE(stage->until([&] { return published("ping"); }));
  std::string name = stage->build_from_readme();
  CHECK(!name.empty());
  CHECK_TRUE_TEXT(stage->until([&] { return published(name.c_str()); }), stage->log().c_str());
  CHECK(stage->shown(stage->discord().run_command("testing", name, "{}")).size() > 1);
}
