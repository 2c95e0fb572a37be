// Tests of a plugin's plain answer as messages.
#include "command/reply_text.h"

#include <string>

#include "base/text.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;

TEST_GROUP(ReplyText){};

TEST(ReplyText, AShortOneIsOneMessage) {
  auto messages = reply_messages("**done**");
  LONGS_EQUAL(1, messages.size());
  STRCMP_EQUAL("**done**", messages[0].c_str());
}

TEST(ReplyText, NothingToSeeIsNoMessage) { CHECK(reply_messages(" \n\t").empty()); }

TEST(ReplyText, ALongOneIsSplitWithoutBreakingAFence) {
  std::string code = "```\n";
  for (int i = 0; i < 300; ++i) code += "line " + std::to_string(i) + "\n";
  auto messages = reply_messages(code + "```");
  CHECK(messages.size() > 1);
  for (const auto& message : messages) {
    CHECK(text::code_points(message) <= 2000);
    STRCMP_EQUAL("```", message.substr(0, 3).c_str());
    STRCMP_EQUAL("```", message.substr(message.size() - 3).c_str());
  }
}

TEST(ReplyText, WhatIsMoreThanTenMessagesIsCutAndSaidSo) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "wörds ";
  auto messages = reply_messages(text);
  LONGS_EQUAL(kReplyMessages, messages.size());
  for (const auto& message : messages) CHECK(text::code_points(message) <= 2000);
  STRCMP_CONTAINS("more characters were left out.", messages.back().c_str());
}
