// Restarts: by the signals, by kill -9 in the middle of a turn, and what is asked while no daemon runs.
#include "stage.h"

#include <signal.h>

#include <filesystem>
#include <optional>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;

TEST_GROUP(Restart) {
  Stage stage;
  void setup() override { stage.start(); }
  std::size_t answers_in(const std::string& channel) { return stage.discord().bot_messages(channel).size(); }

  // Everything that this program of ours says on the stage's state, and its status.
  std::string run(std::vector<std::string> argv) {
    io::Loop loop;
    io::ProcessSpec spec;
    spec.argv = std::move(argv);
    spec.argv.front() = PROGRAMS "/" + spec.argv.front();
    spec.environment = {"HOME=" + stage.directory(), "PATH=/usr/bin:/bin",
                        "STATE_DIRECTORY=" + stage.directory() + "/state", "DISCORD_TOKEN=playground",
                        "DISCORD_API_URL=" + stage.discord().api_url()};
    spec.output = spec.errors = io::Stdio::pipe;
    std::string said;
    std::optional<int> status;
    io::Process::Callbacks callbacks;
    callbacks.output = callbacks.errors = [&](std::string_view bytes) { said += bytes; };
    callbacks.exited = [&](const io::ProcessExit& exit) { status = exit.status; };
    auto process = io::Process::spawn(loop, spec, std::move(callbacks)).value();
    while (!status) loop.run_once(true);
    return said + "status " + std::to_string(*status);
  }
};

TEST(Restart, TheSessionGoesOn) {
  stage.answer(stage.ask("testing", "my word is xylophone"));
  LONGS_EQUAL(0, stage.stop(SIGTERM));
  stage.start();
  STRCMP_CONTAINS("xylophone", stage.answer(stage.ask("testing", "!history")).c_str());
}

TEST(Restart, AKilledDaemonsTurnIsAnsweredOnceByTheNext) {
  MessageId message = stage.ask("testing", "!sleep 2");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  LONGS_EQUAL(-SIGKILL, stage.stop(SIGKILL));
  stage.start();
  CHECK(stage.answer(message) != "(no answer)");
  stage.pause(500ms);
  LONGS_EQUAL(1, answers_in("testing"));
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0 && stage.turn_directories() == 0; }));
}

TEST(Restart, ATurnThatEndsWhileNoDaemonRunsIsAnsweredByTheNext) {
  MessageId message = stage.ask("testing", "!sleep 1");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  stage.stop(SIGKILL);
  stage.pause(2s);  // the agent has said all, and waits under its shim for more words or the end of its input
  stage.start();
  CHECK(stage.answer(message) != "(no answer)");
}

TEST(Restart, SigtermLeavesTheTurnToTheNextDaemon) {
  MessageId message = stage.ask("testing", "!sleep 3");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  LONGS_EQUAL(0, stage.stop(SIGTERM));
  CHECK(stage.processes() >= 2);
  stage.start();
  std::string answer = stage.answer(message);
  CHECK(answer.find("stopped") == std::string::npos);
  LONGS_EQUAL(1, answers_in("testing"));
}

TEST(Restart, SigintEndsTheTurnsAndTellsTheirChannels) {
  MessageId message = stage.ask("testing", "!sleep 60");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  LONGS_EQUAL(0, stage.stop(SIGINT));
  STRCMP_CONTAINS("shutting down", stage.answer(message).c_str());
  LONGS_EQUAL(0, stage.processes());
}

// The shim and all of its turn are gone, as after a power cut.
TEST(Restart, ATurnThatIsLostIsToldAndCanBeRetried) {
  MessageId message = stage.ask("testing", "!sleep 1.5 !say across");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  stage.stop(SIGKILL);
  stage.kill_turns();
  stage.start();
  std::string said = stage.answer(message);
  STRCMP_CONTAINS("was interrupted", said.c_str());
  STRCMP_CONTAINS("Error id", said.c_str());
  MessageId notice = stage.discord().replies_to(message).at(0)->id;
  InteractionId pressed = stage.press("testing", notice, "Retry");
  CHECK_TRUE(stage.until([&] { return stage.discord().replies_to(message).size() == 2; }));
  STRCMP_CONTAINS("across", stage.discord().replies_to(message).at(1)->content.c_str());
  CHECK_TRUE(stage.discord().replies_to(message).at(0)->components.view().size() == 0);
  CHECK_TRUE(pressed);
  LONGS_EQUAL(0, stage.processes());
}

TEST(Restart, WhatWaitedIsAnsweredInOrder) {
  MessageId first = stage.ask("testing", "!sleep 2"), second = stage.ask("testing", "second"),
            third = stage.ask("testing", "third");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  stage.pause(200ms);
  stage.stop(SIGKILL);
  stage.start();
  for (MessageId message : {first, second, third}) CHECK(stage.answer(message) != "(no answer)");
  auto bot = stage.discord().bot_messages("testing");
  LONGS_EQUAL(3, bot.size());
  CHECK(bot[0]->reply_to == first && bot[1]->reply_to == second && bot[2]->reply_to == third);
}

TEST(Restart, WhatIsAskedWhileNoDaemonRunsIsReplayedByTheGateway) {
  stage.answer(stage.ask("testing", "hello"));
  stage.stop(SIGTERM);
  MessageId missed = stage.ask("testing", "are you there?");
  stage.start();
  STRCMP_CONTAINS("are you there?", stage.answer(missed).c_str());
  LONGS_EQUAL(1, stage.discord().identifies());
}

TEST(Restart, ADaemonKilledYoungMissesNothingEither) {
  stage.answer(stage.ask("testing", "hello"));
  stage.stop(SIGKILL);
  MessageId missed = stage.ask("testing", "are you there?");
  stage.start();
  STRCMP_CONTAINS("are you there?", stage.answer(missed).c_str());
}

// Nobody speaks for them any more, and whoever wants the machine for itself need not know what a shim is.
TEST(Restart, TurnsWithoutADaemonAreEndedByCoordinatorStop) {
  MessageId message = stage.ask("testing", "!sleep 600 !say never");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  STRCMP_CONTAINS("1 turns go on without the daemon", run({"coordinator", "stop", "--leave-turns"}).c_str());
  CHECK_TRUE(stage.until([&] { return !stage.running(); }));
  CHECK(stage.processes() >= 2);
  STRCMP_CONTAINS("no daemon runs; 1 turn of an earlier one ended\nstatus 0",
                  run({"coordinator", "stop"}).c_str());
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0; }));
  STRCMP_CONTAINS("status 69", run({"coordinator", "stop"}).c_str());
  stage.start();
  STRCMP_CONTAINS("was interrupted", stage.answer(message).c_str());
}

// One whose socket does not answer yet, or no more, may be about to take them up.
TEST(Restart, CoordinatorStopLeavesTurnsToADaemonThatHoldsTheState) {
  stage.ask("testing", "!sleep 600");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  std::filesystem::remove(stage.state() + "/control.sock");
  std::string told = run({"coordinator", "stop"});
  STRCMP_CONTAINS("try again in a moment", told.c_str());
  STRCMP_CONTAINS("status 69", told.c_str());
  CHECK(stage.processes() >= 2);
}

TEST(Restart, ASecondDaemonOnTheSameStateRefuses) {
  std::string told = run({"coordinatord", "--config", stage.directory() + "/coordinator.toml"});
  STRCMP_CONTAINS("another", told.c_str());
  STRCMP_CONTAINS("status 1", told.c_str());
}
