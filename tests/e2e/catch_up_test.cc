// Catching up: what was asked while no daemon ran, and its session could not wait for the next one.
#include "stage.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;
using coordinator::playground::RestFault;

namespace {

constexpr const char* kHistory = "/channels/*/messages";

RestFault on_history(RestFault::Action action, int count) {
  RestFault fault;
  fault.method = "GET";
  fault.route = kHistory;
  fault.action = action;
  fault.count = count;
  return fault;
}

StageOptions with_channels(std::vector<std::string> channels) {
  StageOptions options;
  options.more_channels = std::move(channels);
  options.playground.gateway.identify_window = Millis(0);
  return options;
}

}  // namespace

TEST_GROUP(CatchUp) {
  Stage stage{with_channels({"attic", "cellar"})};

  void setup() override {
    stage.start();
    CHECK(stage.answer(stage.ask("testing", "hello")) != "(no answer)");
  }
  // No daemon for an hour: its session is gone. Half of what is asked meanwhile comes before, half after.
  void away_for_an_hour() { stage.discord().advance(1h); }
  bool logged(const std::string& text) {
    return stage.until([&] { return stage.log().find(text) != std::string::npos; });
  }
  // Each once, in the order of asking.
  void answered(const std::string& channel, const std::vector<MessageId>& asked) {
    for (MessageId message : asked) {
      CHECK_TEXT(stage.answer(message) != "(no answer)", stage.log().c_str());
      LONGS_EQUAL(1, stage.discord().replies_to(message).size());
    }
    std::vector<MessageId> replied;
    for (const auto* message : stage.discord().bot_messages(channel))
      if (message->reply_to) replied.push_back(*message->reply_to);
    std::erase_if(replied,
                  [&](MessageId id) { return std::find(asked.begin(), asked.end(), id) == asked.end(); });
    CHECK_TRUE(replied == asked);
  }
  std::vector<MessageId> ask_some(const std::string& channel, int count, int chatter = 1) {
    std::vector<MessageId> asked;
    for (int i = 0; i < count; ++i) {
      for (int n = 0; n < chatter; ++n)
        stage.discord().inject_message({.channel = channel, .content = "among people", .mention_bot = false});
      asked.push_back(stage.ask(channel, fmt::format("question {} in {}", i, channel)));
    }
    return asked;
  }
};

TEST(CatchUp, ADaemonThatWasKilledInItsFirstSecondsIsCaughtUpWithToo) {
  stage.stop(SIGKILL);
  away_for_an_hour();
  auto asked = ask_some("attic", 2);
  stage.start();
  answered("attic", asked);
}

TEST(CatchUp, ADaemonThatWasStoppedForAnHourAnswersWhatWasAskedMeanwhile) {
  stage.stop(SIGTERM);
  auto early = ask_some("testing", 2);
  away_for_an_hour();
  auto late = ask_some("testing", 2), attic = ask_some("attic", 3);  // in which nothing was ever said
  stage.discord().start_thread("testing", "new thread");
  auto thread = ask_some("new thread", 2);
  early.insert(early.end(), late.begin(), late.end());
  stage.start();
  early.push_back(stage.ask("testing", "and now?"));
  answered("testing", early);
  answered("attic", attic);
  answered("new thread", thread);
  LONGS_EQUAL(2, stage.discord().identifies());
  CHECK(stage.discord().requests("GET", "/guilds/*/members/*") > 0);  // for the roles of who asked
  LONGS_EQUAL(0, stage.discord().bot_messages("cellar").size());
  LONGS_EQUAL(
      0, stage.discord().requests(
             "GET", "/channels/" + stage.discord().world().find_channel("cellar")->id.text() + "/messages"));
}

TEST(CatchUp, ASessionThatIsLostWhileTheDaemonRunsIsCaughtUp) {
  stage.discord().expire_sessions();
  stage.discord().faults().refuse_gateway(1);
  stage.discord().drop_sockets();
  auto asked = ask_some("testing", 3);
  answered("testing", asked);
  LONGS_EQUAL(2, stage.discord().identifies());
}

TEST(CatchUp, TheFirstDaemonOfAllLeavesThePastAlone) {
  Stage fresh;
  MessageId old = fresh.ask("testing", "before anybody listened");
  fresh.start();
  CHECK(fresh.answer(fresh.ask("testing", "hello")) != "(no answer)");
  LONGS_EQUAL(0, fresh.discord().replies_to(old).size());
}

TEST(CatchUp, AThreadThatWasArchivedMeanwhileIsAnswered) {
  ChannelId thread = stage.discord().start_thread("testing", "a thread");
  stage.discord().world().channel(thread)->auto_archive_minutes = 60;
  stage.stop(SIGTERM);
  auto asked = ask_some("a thread", 2);
  stage.discord().advance(2h);
  CHECK_TRUE(stage.discord().world().channel(thread)->archived);
  stage.start();
  answered("a thread", asked);
}

TEST(CatchUp, KilledInTheMiddleItIsTakenUpByTheNextDaemon) {
  stage.stop(SIGTERM);
  auto testing = ask_some("testing", 8, 30), attic = ask_some("attic", 2);  // three pages
  away_for_an_hour();
  RestFault slow = on_history(RestFault::Action::delay, 100);
  slow.delay = 400ms;
  stage.discord().faults().add(slow);
  for (int round = 0; round < 3; ++round) {
    stage.start();
    stage.pause(Millis(300 + 350 * round));
    LONGS_EQUAL(-SIGKILL, stage.stop(SIGKILL));
  }
  stage.discord().faults().clear();
  stage.start();
  answered("attic", attic);
  answered("testing", testing);
}

TEST(CatchUp, ServerErrorsAndLimitsWhileFetchingAreWaitedFor) {
  stage.stop(SIGTERM);
  auto testing = ask_some("testing", 3), attic = ask_some("attic", 3);
  away_for_an_hour();
  RestFault limited = on_history(RestFault::Action::rate_limit, 2);
  limited.retry_after = 300ms;
  stage.discord().faults().add(limited);
  stage.discord().faults().add(on_history(RestFault::Action::status, 2));  // 502
  stage.discord().faults().add(on_history(RestFault::Action::refuse, 1));
  RestFault member;
  member.method = "GET";
  member.route = "/guilds/*/members/*";
  member.action = RestFault::Action::status;
  stage.discord().faults().add(member);
  stage.start();
  MessageId live = stage.ask("attic", "said while it is being caught up");
  attic.push_back(live);
  answered("testing", testing);
  answered("attic", attic);
}

TEST(CatchUp, AChannelThatMayNotBeReadEndsItsOwnCatchingUp) {
  stage.stop(SIGTERM);
  auto testing = ask_some("testing", 1), attic = ask_some("attic", 1);
  away_for_an_hour();
  RestFault forbidden = on_history(RestFault::Action::status, 1);
  forbidden.route = "/channels/" + stage.discord().world().find_channel("attic")->id.text() + "/messages";
  forbidden.status = 403;
  forbidden.body = R"({"message": "Missing Access", "code": 50001})";
  stage.discord().faults().add(forbidden);
  stage.start();
  answered("testing", testing);
  CHECK_TRUE(logged("Missing Access; to have it answered next time"));
  answered("attic", {stage.ask("attic", "and now?")});
  LONGS_EQUAL(0, stage.discord().replies_to(attic[0]).size());
}
