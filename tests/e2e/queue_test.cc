// The queues under load: order, independence, the caps, and nothing lost.
#include "stage.h"

#include <fmt/format.h>

#include <map>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;

namespace {

StageOptions with_channels(int count) {
  StageOptions options;
  for (int i = 0; i < count; ++i) options.more_channels.push_back(fmt::format("channel-{}", i));
  options.limits = "queue = 5\nturns_at_once = 8";
  options.playground.limits.open = true;
  return options;
}

}  // namespace

TEST_GROUP(Queue){};

TEST(Queue, TwoHundredChannelsTimesFiveAreAllAnsweredInOrder) {
  constexpr int kChannels = 200, kMentions = 5;
  Stage stage(with_channels(kChannels));
  stage.start();
  std::map<std::string, std::vector<MessageId>> asked;
  for (int i = 0; i < kMentions; ++i)
    for (int c = 0; c < kChannels; ++c) {
      std::string channel = fmt::format("channel-{}", c);
      asked[channel].push_back(stage.ask(channel, fmt::format("question {}", i)));
    }
  auto answers = [&] {
    std::size_t count = 0;
    for (auto& [channel, messages] : asked) count += stage.discord().bot_messages(channel).size();
    return count;
  };
  CHECK_TRUE(stage.until([&] { return answers() >= kChannels * kMentions; }, 240s));
  for (auto& [channel, messages] : asked) {
    auto bot = stage.discord().bot_messages(channel);
    LONGS_EQUAL(kMentions, bot.size());
    for (int i = 0; i < kMentions; ++i) {
      CHECK(bot[i]->reply_to == messages[i]);
      STRCMP_CONTAINS(fmt::format("question {}", i).c_str(), bot[i]->content.c_str());
    }
  }
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0; }));
}

TEST(Queue, ChannelsDoNotWaitForEachOther) {
  Stage stage;
  stage.start();
  stage.ask("testing", "!sleep 20");
  STRCMP_CONTAINS("quick", stage.answer(stage.ask("major-domo", "quick")).c_str());
}

TEST(Queue, AnAgentThatFloodsHoldsOnlyItsOwnChannelUp) {
  StageOptions options;
  options.limits = "agent_output = \"64MiB\"";
  Stage stage(std::move(options));
  stage.start();
  MessageId flood = stage.ask("testing", "!flood 100000000");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  STRCMP_CONTAINS("quick", stage.answer(stage.ask("major-domo", "quick")).c_str());
  CHECK(stage.discord().replies_to(flood).empty());
  STRCMP_CONTAINS("Error id", stage.answer(flood).c_str());
}

TEST(Queue, AFullQueueIsToldKindlyAndTheOthersAreAnswered) {
  StageOptions options;
  options.limits = "queue = 2";
  Stage stage(std::move(options));
  stage.start();
  MessageId first = stage.ask("testing", "!sleep 2");
  CHECK_TRUE(stage.until([&] { return stage.discord().typing("testing"); }));
  MessageId second = stage.ask("testing", "second"), third = stage.ask("testing", "third");
  STRCMP_CONTAINS("2 requests wait", stage.answer(stage.ask("testing", "fourth")).c_str());
  for (MessageId message : {first, second, third}) CHECK(stage.answer(message) != "(no answer)");
}

TEST(Queue, WhatWaitsFollowsItsMessage) {
  Stage stage;
  stage.start();
  MessageId first = stage.ask("testing", "!sleep 2");
  CHECK_TRUE(stage.until([&] { return stage.discord().typing("testing"); }));
  MessageId edited = stage.ask("testing", "!say first thought"), deleted = stage.ask("testing", "!say never");
  auto waits = [&] { return stage.discord().requests("PUT", "/channels/*/messages/*/reactions/*/@me") == 2; };
  CHECK_TRUE(stage.until(waits));
  std::string self = stage.discord().world().bot().user.text();
  stage.discord().edit_message("testing", edited, "<@" + self + "> !say second thought");
  stage.discord().delete_message("testing", deleted);
  CHECK(stage.answer(first) != "(no answer)");
  STRCMP_EQUAL("second thought", stage.answer(edited).c_str());
  STRCMP_EQUAL("the last", stage.answer(stage.ask("testing", "!say the last")).c_str());
  CHECK(stage.said("testing").find("never") == std::string::npos);
}
