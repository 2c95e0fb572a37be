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
  bool until_there(MessageId id, const std::string& words) {
    return stage.until([&] { return message(id).content.find(words) != std::string::npos; });
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

TEST(Approvals, ForTheSessionMeansTheNextTurnToo) {
  MessageId mention = stage.ask("testing", "!permission touch x");
  stage.press("testing", until_asked(), "Allow for this session");
  STRCMP_CONTAINS("I was allowed", stage.answer(mention).c_str());
  MessageId again = stage.ask("testing", "!permission touch x");
  STRCMP_CONTAINS("I was allowed", stage.answer(again).c_str());
  CHECK_TRUE(asked() == nullptr);
}

TEST(Approvals, ADenialCarriesItsReason) {
  MessageId mention = stage.ask("testing", "!permission touch x");
  MessageId shown = until_asked();
  InteractionId form = stage.press("testing", shown, "Deny and say why");
  CHECK_TRUE(stage.until([&] { return stage.discord().response(form) != nullptr; }));
  stage.discord().submit_modal(form, R"({"words":"use make instead"})");
  STRCMP_CONTAINS("who says: use make instead", stage.answer(mention).c_str());
  CHECK_TRUE(until_says(shown, "use make instead"));
}

TEST(Approvals, AnAnswerThatWasGivenBeforeAKillIsNotAskedForAgain) {
  MessageId mention = stage.ask("testing", "!sleep 1 !permission touch x");
  MessageId shown = until_asked();
  InteractionId pressed = stage.press("testing", shown, "Allow once");
  stage.until([&] { return stage.discord().response(pressed) != nullptr; });
  stage.stop(SIGKILL);
  stage.start();
  STRCMP_CONTAINS("I was allowed", stage.answer(mention).c_str());
  CHECK_TRUE(until_says(shown, "allowed once by"));
  LONGS_EQUAL(2, stage.discord().bot_messages("testing").size());
}

TEST(Approvals, ACancelledTurnsRequestLosesItsButtons) {
  MessageId mention = stage.ask("testing", "!permission touch x");
  MessageId shown = until_asked();
  stage.discord().react("testing", mention, "❌");
  CHECK_TRUE(until_says(shown, "no longer asks"));
}

TEST(Approvals, QuestionsAreAnsweredByButtonsSelectsAndWords) {
  MessageId mention = stage.ask(
      "testing", "!question Which colour? | Red | Blue || Which sizes?* | S | M | L || Why? | No reason");
  MessageId shown = until_asked("Which colour?");
  stage.press("testing", shown, "Blue");
  CHECK_TRUE(until_there(shown, "(2 of 3)"));
  stage.discord().choose("testing", shown, custom_id(shown, 0, 0), R"(["0","2"])");
  CHECK_TRUE(until_there(shown, "(3 of 3)"));
  InteractionId form = stage.press("testing", shown, "Other");
  CHECK_TRUE(stage.until([&] { return stage.discord().response(form) != nullptr; }));
  stage.discord().submit_modal(form, R"({"words":"my own words"})");
  std::string answer = stage.answer(mention);
  STRCMP_CONTAINS(R"("Which colour?":"Blue","Which sizes?":"S, L","Why?":"my own words")", answer.c_str());
  CHECK_TRUE(until_says(shown, "has answered"));
}

TEST(Approvals, APlanIsApprovedOrSentBack) {
  MessageId mention = stage.ask("testing", "!plan");
  MessageId shown = until_asked("has a plan");
  STRCMP_CONTAINS("Mend **what is broken**", message(shown).content.c_str());
  stage.press("testing", shown, "Approve");
  STRCMP_CONTAINS("The plan was approved", stage.answer(mention).c_str());

  MessageId second = stage.ask("testing", "!plan another one");
  MessageId revised = until_asked("another one");
  InteractionId form = stage.press("testing", revised, "Revise");
  CHECK_TRUE(stage.until([&] { return stage.discord().response(form) != nullptr; }));
  stage.discord().submit_modal(form, R"({"words":"shorter"})");
  STRCMP_CONTAINS("wants another plan: shorter", stage.answer(second).c_str());
}

TEST(Approvals, ALongInputGoesAlongAsAFile) {
  stage.ask("testing", "!permission echo " + std::string(1500, 'x'));
  MessageId shown = until_asked();
  STRCMP_CONTAINS("input.json", message(shown).content.c_str());
  LONGS_EQUAL(1, message(shown).attachments.size());
}

TEST_GROUP(ApprovalsInTime) {
  static StageOptions soon() {
    StageOptions options;
    options.project = "permission_timeout = \"2s\"\n";
    return options;
  }
  Stage stage{soon()};
  void setup() override { stage.start(); }
};

TEST(ApprovalsInTime, WhatNobodyAnswersIsDenied) {
  MessageId mention = stage.ask("testing", "!permission touch x");
  STRCMP_CONTAINS("I was not allowed to: Nobody answered in time", stage.answer(mention).c_str());
  CHECK_TRUE(stage.until([&] { return stage.said("testing").find("⌛") != std::string::npos; }));
}

TEST_GROUP(ApprovalsRefused) {
  static StageOptions refuse() {
    StageOptions options;
    options.project = "permissions = \"refuse\"\n";
    return options;
  }
  Stage stage{refuse()};
  void setup() override { stage.start(); }
};

TEST(ApprovalsRefused, NobodyIsAskedWhereTheProjectSaysSo) {
  MessageId mention = stage.ask("testing", "!permission touch x");
  STRCMP_CONTAINS("nobody can be asked", stage.answer(mention).c_str());
  LONGS_EQUAL(1, stage.discord().bot_messages("testing").size());
}
