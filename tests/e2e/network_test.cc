// A network and a Discord that misbehave: every mention is answered, once.
#include "stage.h"

#include <fmt/format.h>
#include <signal.h>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::playground::DispatchFault;
using coordinator::playground::RestFault;

namespace {

constexpr const char* kPost = "/channels/*/messages";

RestFault on_post(RestFault::Action action, int count = 1) {
  RestFault fault;
  fault.method = "POST";
  fault.route = kPost;
  fault.action = action;
  fault.count = count;
  return fault;
}

}  // namespace

TEST_GROUP(Network) {
  Stage stage;
  void setup() override { stage.start(); }
  void answered_once(MessageId message) {
    CHECK(stage.answer(message) != "(no answer)");
    stage.pause(1500ms);
    LONGS_EQUAL(1, stage.discord().replies_to(message).size());
  }
};

TEST(Network, DroppedSocketsAreResumedAndNothingIsMissed) {
  stage.answer(stage.ask("testing", "hello"));
  for (int round = 0; round < 3; ++round) {
    stage.discord().drop_sockets();
    MessageId missed = stage.ask("testing", fmt::format("round {}", round));
    STRCMP_CONTAINS(fmt::format("round {}", round).c_str(), stage.answer(missed).c_str());
  }
  LONGS_EQUAL(1, stage.discord().identifies());
  CHECK(stage.discord().resumes() >= 3);
}

TEST(Network, ReconnectAndInvalidSessionBothWays) {
  stage.discord().reconnect();
  CHECK_TRUE(stage.until([&] { return stage.discord().resumes() == 1 && stage.discord().connected(); }));
  stage.discord().invalidate(true);
  CHECK_TRUE(stage.until([&] { return stage.discord().resumes() == 2 && stage.discord().connected(); }));
  stage.discord().expire_sessions();
  stage.discord().drop_sockets();
  CHECK_TRUE(stage.until([&] { return stage.discord().identifies() == 2 && stage.discord().connected(); }));
  answered_once(stage.ask("testing", "still there?"));
}

TEST(Network, ADuplicatedEventIsAnsweredOnce) {
  stage.discord().faults().add(DispatchFault{DispatchFault::Action::duplicate, "MESSAGE_CREATE", 1});
  answered_once(stage.ask("testing", "twice"));
}

TEST(Network, AnAnswerWhoseReceiptIsLostIsNotSaidTwice) {
  stage.discord().faults().add(on_post(RestFault::Action::cut));
  answered_once(stage.ask("testing", "cut"));
}

TEST(Network, ServerErrorsAndRefusedConnectionsAreTriedAgain) {
  stage.discord().faults().add(on_post(RestFault::Action::status, 2));
  stage.discord().faults().add(on_post(RestFault::Action::refuse));
  answered_once(stage.ask("testing", "trouble"));
}

TEST(Network, ARequestThatHangsHoldsNothingElseUp) {
  RestFault hang;
  hang.method = "POST";
  hang.route = "/channels/*/typing";
  hang.action = RestFault::Action::hang;
  stage.discord().faults().add(hang);
  MessageId message = stage.ask("testing", "quickly");
  CHECK_TRUE(stage.until([&] { return !stage.discord().replies_to(message).empty(); }, 10s));
}

TEST(Network, RateLimitsOfEveryScopeAreWaitedFor) {
  for (const char* scope : {"user", "shared", "global"}) {
    RestFault fault = on_post(RestFault::Action::rate_limit);
    fault.scope = scope;
    fault.retry_after = 300ms;
    stage.discord().faults().add(fault);
  }
  answered_once(stage.ask("testing", "limits"));
}

TEST(Network, AChannelThatMayNotBeWrittenToEndsItsAnswerAndNoOther) {
  stage.discord().may_send("testing", false);
  stage.ask("testing", "hello?");
  CHECK_TRUE(stage.until([&] { return stage.log().find("is given up") != std::string::npos; }));
  CHECK(stage.answer(stage.ask("major-domo", "and here?")) != "(no answer)");
}

TEST(Network, AnAnswerGoesOnAtTheMissingPartAfterAKill) {
  RestFault slow = on_post(RestFault::Action::delay, 100);
  slow.delay = 150ms;
  stage.discord().faults().add(slow);
  MessageId message = stage.ask("testing", "!big 9000");
  CHECK_TRUE(stage.until([&] { return stage.discord().bot_messages("testing").size() >= 2; }));
  stage.stop(SIGKILL);
  stage.discord().faults().clear();
  stage.start();
  CHECK_TRUE(stage.until([&] { return stage.discord().bot_messages("testing").size() == 5; }));
  stage.pause(1s);
  LONGS_EQUAL(1, stage.discord().replies_to(message).size());
  LONGS_EQUAL(5, stage.discord().bot_messages("testing").size());
}
