// A turn that is shown while it goes on: real requests, edits at the channel's pace, the button that stops
// it, and a daemon that is killed in the middle.
#include "stage.h"

#include <signal.h>

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;

namespace {

StageOptions live() {
  StageOptions options;
  options.project = "stream = \"live\"\n";
  return options;
}

}  // namespace

TEST_GROUP(Live) {
  Stage stage{live()};
  void setup() override { stage.start(); }

  const playground::Message* first(MessageId message) {
    auto replies = stage.discord().replies_to(message);
    return replies.empty() ? nullptr : replies.front();
  }
  bool until_shown(MessageId message, const std::string& words) {
    return stage.until(
        [&] { return first(message) && first(message)->content.find(words) != std::string::npos; });
  }
  // The turn is over when nothing can be stopped any more.
  bool until_over(MessageId message) {
    return stage.until([&] { return first(message) && first(message)->components.view().size() == 0; });
  }
};

TEST(Live, OneMessageGrowsAndBecomesTheAnswer) {
  MessageId message = stage.ask("testing", "!stream 80 !say done with it");
  CHECK_TRUE(stage.until([&] { return first(message) != nullptr; }));
  MessageId shown = first(message)->id;
  std::string early = first(message)->content;
  CHECK_TRUE(first(message)->components.view().size() > 0);
  CHECK_TRUE(until_over(message));
  CHECK(first(message)->id == shown);
  CHECK(first(message)->content.size() > early.size());
  STRCMP_CONTAINS("done with it", first(message)->content.c_str());
  LONGS_EQUAL(1, stage.discord().bot_messages("testing").size());
  CHECK(stage.discord().requests("PATCH", "/channels/*/messages/*") >= 2);
}

TEST(Live, StopEndsTheTurnAndKeepsItsWords) {
  MessageId message = stage.ask("testing", "!stream 60 !sleep 600");
  CHECK_TRUE(stage.until([&] { return first(message) != nullptr; }));
  InteractionId pressed = stage.press("testing", first(message)->id, "Stop");
  STRCMP_CONTAINS("being stopped", stage.shown(pressed).c_str());
  CHECK_TRUE(until_over(message));
  CHECK_TRUE(stage.until([&] { return stage.said("testing").find("ancelled") != std::string::npos; }));
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0; }));
}

TEST(Live, StopIsForTheAuthorAndForApprovers) {
  MessageId message = stage.ask("testing", "!stream 60 !sleep 600");
  CHECK_TRUE(stage.until([&] { return first(message) != nullptr; }));
  std::string custom_id = first(message)->components.view()[0]["components"][0]["custom_id"].text_or("");
  InteractionId pressed = stage.discord().press("testing", first(message)->id, custom_id, "bob");
  STRCMP_CONTAINS("may not", stage.shown(pressed).c_str());
  CHECK(stage.processes() >= 2);
}

TEST(Live, AKilledDaemonsMessageGrowsOnUnderTheNext) {
  MessageId message = stage.ask("testing", "!stream 120 !say the end");
  CHECK_TRUE(stage.until([&] { return first(message) != nullptr; }));
  MessageId shown = first(message)->id;
  stage.stop(SIGKILL);
  stage.start();
  CHECK_TRUE(until_over(message));
  STRCMP_CONTAINS("the end", first(message)->content.c_str());
  CHECK(first(message)->id == shown);
  LONGS_EQUAL(1, stage.discord().bot_messages("testing").size());
}

TEST(Live, AQuickAnswerIsNeverEdited) {
  CHECK_TRUE(until_over(stage.ask("testing", "!say quick")));
  LONGS_EQUAL(0, stage.discord().requests("PATCH", "/channels/*/messages/*"));
}
