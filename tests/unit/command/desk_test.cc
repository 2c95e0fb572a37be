// Tests of the desk: which interaction reaches which function, and what the user is told where none does.
#include "command/desk.h"

#include <stdexcept>
#include <string>

#include "command/desk_house.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;
using namespace coordinator::command::testing;

namespace {

const std::string kForever = "zzzzzz";  // in base 36 seconds: the year 2038

}  // namespace

TEST_GROUP(Desk) {
  FakeInstance reset{"reset"};  // before the house: its host side speaks to the desk
  FakeInstance status{"status", true};
  std::unique_ptr<House> house = std::make_unique<House>();
  coordinator_call seen = 0;

  void setup() override {
    house->load(reset);
    house->load(status);
    reset.on_run = [this](coordinator_call call) { seen = call; };
    status.on_run = reset.on_run;
  }
  void teardown() override {
    house->plugins.serving.clear();
    reset.side.reset();
    status.side.reset();
    house.reset();
  }
};

TEST(Desk, ACommandRunsAndIsRecordedBeforeItsAnswer) {
  reset.on_run = [this](coordinator_call call) { LONGS_EQUAL(0, reset.reply(call, "done")); };
  auto id = house->use("reset");
  STRCMP_EQUAL("write callback(4 \"done\")", house->done().c_str());
  CHECK(house->says[0].interaction == id);
  CHECK(house->says[0].application == ApplicationId{6});
  LONGS_EQUAL(1, house->desk.calls());
  CHECK(!house->desk.quiet());
  house->arrived(id);
  LONGS_EQUAL(0, house->desk.calls());
  CHECK(house->desk.quiet());
}

TEST(Desk, AnEphemeralCommandsReplyIsWhispered) {
  status.on_run = [this](coordinator_call call) { status.reply(call, "psst"); };
  house->use("status");
  STRCMP_EQUAL("write callback(4 \"psst\" whispered)", house->done().c_str());
}

TEST(Desk, WhatTheStoreKnowsIsNotUsedAgain) {
  house->known_to_the_store = true;
  house->use("reset");
  STRCMP_EQUAL("", house->done().c_str());
  LONGS_EQUAL(0, seen);
}

TEST(Desk, WhatIsUnderWayIsNotUsedAgain) {
  int runs = 0;
  reset.on_run = [&](coordinator_call call) {
    ++runs;
    reset.host->hold(reset.host, call);
  };
  auto id = house->fresh_id();
  for (int i = 0; i < 2; ++i) house->hear(R"("type":2,"data":{"name":"reset"})", id);
  LONGS_EQUAL(1, runs);
}

TEST(Desk, WhatComesTooLateIsNotUsed) {
  house->hear(R"("type":2,"data":{"name":"reset"})", house->fresh_id(4s));
  STRCMP_EQUAL("", house->done().c_str());
  LONGS_EQUAL(0, seen);
}

TEST(Desk, AServerThatIsNotOursIsToldSoAndNothingElse) {
  bool ran = false;
  reset.on_run = [&](coordinator_call) { ran = true; };
  house->projects.ours = false;
  house->use("reset");
  STRCMP_CONTAINS("I have no project on this server", house->done().c_str());
  CHECK_FALSE(ran);
}

TEST(Desk, AnUnknownCommandIsNamed) {
  house->use("gone");
  STRCMP_CONTAINS("callback(4 \"`/gone` is not loaded just now", house->done().c_str());
}

TEST(Desk, ACommandWithoutAnAnswerNamesItsPlugin) {
  auto id = house->use("reset");
  std::string done = house->done();
  STRCMP_CONTAINS("The command did not answer: the plugin `reset`", done.c_str());
  STRCMP_CONTAINS("whispered", done.c_str());
  house->arrived(id);
  LONGS_EQUAL(0, house->desk.calls());
}

TEST(Desk, ACommandThatThrowsIsSaidToHaveFailed) {
  reset.on_run = [](coordinator_call) { throw std::runtime_error("boom"); };
  house->use("reset");
  STRCMP_CONTAINS("The command failed: the plugin `reset` broke off", house->done().c_str());
}

TEST(Desk, AButtonLeadsToItsPlugin) {
  std::string own, value;
  reset.on_component = [&](coordinator_call call) {
    coordinator_interaction about{};
    about.size = sizeof about;
    reset.io().describe(reset.host, call, &about);
    own = text_of(about.custom_id);
    value = text_of(reset.io().value(reset.host, call, 1)) + text_of(reset.io().value(reset.host, call, 2));
    std::string json = R"({"content":"gone","components":[]})";
    coordinator_message message{sizeof message, 0, borrowed(json), 0};
    reset.io().edit(reset.host, call, &message);
  };
  house->press("reset:" + kForever + ":yes:1", R"(,"values":["a","b"])");
  STRCMP_EQUAL("yes:1", own.c_str());
  STRCMP_EQUAL("babsent", value.c_str());
  STRCMP_EQUAL("write callback(7 \"gone\" components:0)", house->done().c_str());
}

TEST(Desk, AButtonOfNobodyHereIsExplained) {
  house->press("page_2");
  STRCMP_CONTAINS("not made by any plugin of mine", house->done().c_str());
  house->press("reset:1:yes");
  STRCMP_CONTAINS("This button has expired", house->done().c_str());
  house->press("gone:" + kForever + ":yes");
  STRCMP_CONTAINS("The plugin `gone` that made this is not loaded", house->done().c_str());
  reset.without_components();
  house->press("reset:" + kForever + ":yes");
  STRCMP_CONTAINS("The plugin `reset` has nothing behind this", house->done().c_str());
}

TEST(Desk, AnAgentsRequestIsDecidedAndItsMessageSaysSo) {
  house->press("*:" + kForever + ":ask:choose:55:3:1:-1", R"(,"values":["0","2"])");
  STRCMP_CONTAINS("presses 55/3 0 2", house->approvals.asked.at(0).c_str());
  house->done();
  house->approvals.done(ApprovalView{R"({"content":"decided","components":[]})", {}});
  STRCMP_CONTAINS("callback(7", house->done().c_str());
  house->press("*:" + kForever + ":ask:why:55:3:0:-1");
  house->done();
  house->approvals.done(ApprovalView{{}, R"({"custom_id":"x","title":"Deny","components":[]})"});
  STRCMP_CONTAINS("callback(9", house->done().c_str());
  house->press("*:" + kForever + ":ask:allow:55:3:0:-1");
  house->done();
  house->approvals.done(tl::unexpected(Refusal{COORDINATOR_REFUSED, "You may not."}));
  STRCMP_CONTAINS("You may not.", house->done().c_str());
}

TEST(Desk, TheHousesButtonVanishesWhenItsMentionIsAskedForOnceMore) {
  house->press("*:" + kForever + ":retry:55");
  STRCMP_EQUAL("write", house->done().c_str());
  STRCMP_CONTAINS("retries 55", house->queue.asked.at(0).c_str());
  house->queue.done(std::string());
  STRCMP_EQUAL("callback(7 components:0)", house->done().c_str());
}

TEST(Desk, WhoMayNotRetryIsWhisperedWhy) {
  house->press("*:" + kForever + ":retry:55");
  house->queue.done(tl::unexpected(Refusal{COORDINATOR_REFUSED, "You may not."}));
  STRCMP_CONTAINS("callback(4 \"You may not.\" whispered)", house->done().c_str());
  house->press("*:1:retry:55");
  STRCMP_CONTAINS("This button has expired. Ask again", house->done().c_str());
  house->press("*:" + kForever + ":dance");
  STRCMP_CONTAINS("not made by any plugin", house->done().c_str());
  LONGS_EQUAL(1, house->queue.asked.size());
}

TEST(Desk, AFormLeadsToItsPlugin) {
  std::string why;
  reset.on_modal = [&](coordinator_call call) {
    why = text_of(reset.host->argument(reset.host, call, COORDINATOR_STRING("why")));
    reset.reply(call, "thanks");
  };
  house->hear(R"("type":5,"data":{"custom_id":"reset:)" + kForever + R"(:form","components":[
    {"type":18,"component":{"type":4,"custom_id":"why","value":"because"}}]})",
              house->fresh_id());
  STRCMP_EQUAL("because", why.c_str());
  STRCMP_EQUAL("write callback(4 \"thanks\" whispered)", house->done().c_str());
}

TEST(Desk, WhatIsTypedIsAnsweredAndNotRecorded) {
  std::string focused;
  reset.on_complete = [&](coordinator_call call) {
    coordinator_interaction about{};
    about.size = sizeof about;
    reset.io().describe(reset.host, call, &about);
    focused = text_of(about.focused);
    LONGS_EQUAL(
        0, reset.io().choices(reset.host, call, COORDINATOR_STRING("[{\"name\":\"a\",\"value\":\"b\"}]")));
  };
  house->hear(
      R"("type":4,"data":{"name":"reset","options":[{"name":"n","type":3,"value":"x","focused":true}]})",
      house->fresh_id());
  STRCMP_EQUAL("n", focused.c_str());
  STRCMP_EQUAL("callback(8 choices:1)", house->done().c_str());
}

TEST(Desk, WhatIsTypedForACommandThatIsGoneGetsNoChoices) {
  house->hear(R"("type":4,"data":{"name":"gone","options":[]})", house->fresh_id());
  STRCMP_EQUAL("callback(8 choices:0)", house->done().c_str());
}

TEST(Desk, MoreThanTwoHundredAtOnceAreToldSo) {
  reset.on_run = [&](coordinator_call call) { LONGS_EQUAL(0, reset.host->hold(reset.host, call)); };
  status.on_run = [&](coordinator_call call) { LONGS_EQUAL(0, status.host->hold(status.host, call)); };
  for (int i = 0; i < 100; ++i) {
    house->use("reset");
    house->use("status");
  }
  house->done();
  house->use("reset");
  STRCMP_CONTAINS("Too many commands are at work", house->done().c_str());
}

TEST(Desk, APluginHoldsAtMostAHundred) {
  int last = 0;
  reset.on_run = [&](coordinator_call call) { last = reset.host->hold(reset.host, call); };
  for (int i = 0; i < 100; ++i) house->use("reset");
  LONGS_EQUAL(COORDINATOR_OK, last);
  house->use("reset");
  LONGS_EQUAL(COORDINATOR_LIMIT, last);
}

TEST(Desk, AKindThatIsNotKnownIsIgnored) {
  house->hear(R"("type":1)", house->fresh_id());
  STRCMP_EQUAL("", house->done().c_str());
}

TEST(Desk, WhatServesIsPublishedOnceItIsKnownWhatDiscordHas) {
  house->desk.hear(discord::Ready{UserId{6}, ApplicationId{6}, "bot", {}});
  STRCMP_EQUAL("list", house->done().c_str());
  house->desk.plugins_changed();
  house->desk.handle(Listed{Json::array()});
  house->spin_until([&] { return !house->out.empty(); });
  STRCMP_EQUAL("note put(reset,status)", house->done().c_str());
  house->desk.handle(Published{Json::parse(R"([{"id":"70","name":"reset","description":"d","type":1},
    {"id":"71","name":"status","description":"d","type":1}])")
                                   .value()});
  const auto& plugins = reset.extension<coordinator_plugins>(COORDINATOR_PLUGINS);
  LONGS_EQUAL(71, plugins.command_id(reset.host, COORDINATOR_STRING("status")));
  house->desk.plugins_changed();
  house->spin();
  STRCMP_EQUAL("", house->done().c_str());
}
