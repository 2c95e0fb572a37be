// What an agent asks people: real requests and presses, and a daemon that is killed in between.
#include "stage.h"

#include <signal.h>

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;

TEST_GROUP(Approvals) {
  Stage stage{StageOptions{}};
  void setup() override { stage.start(); }

  const playground::Message* asked(const std::string& words = "asks for leave") {
    for (const playground::Message* message : stage.discord().bot_messages("testing"))
      if (message->content.find(words) != std::string::npos) return message;
    return nullptr;
  }
  // The message that asks, once it is there.
  MessageId until_asked(const std::string& words = "asks for leave") {
    CHECK_TRUE(stage.until([&] { return asked(words) != nullptr; }));
    return asked(words) ? asked(words)->id : MessageId();
  }
  const playground::Message& message(MessageId id) { return *stage.discord().message("testing", id); }
  bool until_says(MessageId id, const std::string& words) {
    return stage.until([&] {
      return message(id).content.find(words) != std::string::npos &&
             message(id).components.view().size() == 0;
    });
  }
  std::string custom_id(MessageId id, std::size_t row, std::size_t place) {
    return message(id).components.view()[row]["components"][place]["custom_id"].text_or("");
  }
};

TEST(Approvals, AllowedOnceItGoesOn) {
  MessageId mention = stage.ask("testing", "!permission touch x");
  MessageId shown = until_asked();
  STRCMP_CONTAINS("touch x", message(shown).content.c_str());
  stage.press("testing", shown, "Allow once");
  STRCMP_CONTAINS("I was allowed to run `touch x`", stage.answer(mention).c_str());
  CHECK_TRUE(until_says(shown, "allowed once by"));
}

TEST(Approvals, DeniedItGoesOnWithout) {
  MessageId mention = stage.ask("testing", "!permission touch x");
  stage.press("testing", until_asked(), "Deny");
  STRCMP_CONTAINS("I was not allowed to: Bash was denied by", stage.answer(mention).c_str());
}

TEST(Approvals, AKilledDaemonsRequestIsAnsweredUnderTheNext) {
  MessageId mention = stage.ask("testing", "!permission touch x");
  MessageId shown = until_asked();
  stage.stop(SIGKILL);
  stage.start();
  stage.press("testing", shown, "Allow once");
  STRCMP_CONTAINS("I was allowed to run `touch x`", stage.answer(mention).c_str());
  CHECK_TRUE(until_says(shown, "allowed once by"));
  LONGS_EQUAL(2, stage.discord().bot_messages("testing").size());
}

TEST(Approvals, StrangersMayNotDecide) {
  stage.ask("testing", "!permission touch x");
  MessageId shown = until_asked();
  InteractionId pressed = stage.discord().press("testing", shown, custom_id(shown, 0, 0), "bob");
  STRCMP_CONTAINS("You may not decide this", stage.shown(pressed).c_str());
  CHECK(message(shown).components.view().size() > 0);
}
