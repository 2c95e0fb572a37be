// The chaos run's books: what balances, and that each thing that can be wrong is found.
#include "books.h"

#include <fmt/format.h>

#include "chat/phrases.h"
#include "render/answer.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::chaos;

// Two mentions in one channel, each answered by "words N".
TEST_GROUP(ChaosBooks) {
  Ledger ledger;

  void setup() override {
    for (int number : {1, 2}) {
      ask(number, Wish::words);
      begin(number);
      end(number, {"words " + std::to_string(number)});
      say(number, 0, "words " + std::to_string(number));
    }
  }

  static MessageId id(int number) { return MessageId{static_cast<std::uint64_t>(number)}; }
  void ask(int number, Wish wish) { ledger.asked.push_back({id(number), {number, "room", wish, ""}}); }
  void begin(int number) { ledger.noted.push_back({true, "room", "turn", true, number, {}}); }
  void end(int number, std::vector<std::string> said) {
    ledger.noted.push_back({false, "room", "turn", true, number, std::move(said)});
  }
  void say(int number, int chunk, const std::string& content) {
    Said said{MessageId{100 + ledger.said.size()},
              "room",
              id(number).text() + "-" + std::to_string(chunk),
              {},
              content,
              {}};
    if (chunk == 0) said.reply_to = id(number);
    ledger.said.push_back(said);
  }
  // Everything that is found, or "".
  std::string found() {
    std::string all;
    for (const Imbalance& imbalance : balance(ledger)) all += imbalance.what + "\n";
    return all;
  }
};

TEST(ChaosBooks, WhatIsAsItShouldBeBalances) { STRCMP_EQUAL("", found().c_str()); }

TEST(ChaosBooks, AMentionThatNothingWasSaidToIsLost) {
  ledger.said.pop_back();
  STRCMP_CONTAINS("nothing was said to it", found().c_str());
}

TEST(ChaosBooks, AMarkThatIsLeftIsFound) {
  ledger.asked[0].marked = true;
  STRCMP_CONTAINS("marked as waiting", found().c_str());
}

TEST(ChaosBooks, APartThatWasSaidTwiceIsFound) {
  say(2, 0, "words 2");
  STRCMP_CONTAINS("part 0 was said twice", found().c_str());
}

TEST(ChaosBooks, AnAnswerThatIsGivenAgainUnderAnotherNonceIsFound) {
  say(2, 1, "words 2");
  STRCMP_CONTAINS("2 messages instead of 1", found().c_str());
}

TEST(ChaosBooks, OtherWordsThanTheAgentsAreFound) {
  ledger.said[0].content = "words 2";
  STRCMP_CONTAINS("or other words", found().c_str());
}

TEST(ChaosBooks, AnswersInTheWrongOrderAreFound) {
  std::swap(ledger.said[0], ledger.said[1]);
  STRCMP_CONTAINS("number 2 was answered before it", found().c_str());
}

TEST(ChaosBooks, AgentsInTheWrongOrderAreFound) {
  std::swap(ledger.noted[0], ledger.noted[2]);
  STRCMP_CONTAINS("number 2 began before it", found().c_str());
}

TEST(ChaosBooks, APartThatIsMissingOrBetweenOthersIsFound) {
  say(2, 2, "more");
  STRCMP_CONTAINS("part 2 does not follow", found().c_str());
}

TEST(ChaosBooks, APartBetweenThePartsOfAnotherAnswerIsFound) {
  say(1, 1, "more");
  STRCMP_CONTAINS("part 1 does not follow", found().c_str());
}

TEST(ChaosBooks, TwoAgentsInOneChannelAreFound) {
  ledger.noted[2].alone = false;
  STRCMP_CONTAINS("was not alone", found().c_str());
}

TEST(ChaosBooks, AnAgentThatWasAskedTwiceIsFound) {
  begin(2);
  STRCMP_CONTAINS("asked twice", found().c_str());
}

TEST(ChaosBooks, WordsToNobodyAreFound) {
  say(3, 0, "hello?");
  STRCMP_CONTAINS("answers nobody", found().c_str());
}

TEST(ChaosBooks, AnAnswerInAnotherChannelIsFound) {
  ledger.said[1].channel = "corridor";
  STRCMP_CONTAINS("in another channel", found().c_str());
}

TEST(ChaosBooks, AnAnswerThatIsNoReplyIsFound) {
  ledger.said[1].reply_to.reset();
  STRCMP_CONTAINS("part 0 is no reply", found().c_str());
}

TEST(ChaosBooks, AnInterruptionIsFineOnlyWhereAProcessWasKilled) {
  ledger.said[1].content = chat::phrases::interrupted();
  STRCMP_CONTAINS("or other words", found().c_str());
  ledger.asked[1].disturbed = true;
  STRCMP_EQUAL("", found().c_str());
}

TEST(ChaosBooks, ACrashMustBeTold) {
  ask(3, Wish::crash);
  begin(3);
  say(3, 0, "all is well");
  STRCMP_CONTAINS("crashed, and nobody was told", found().c_str());
  ledger.said.back().content = "The agent stopped.\n-# Error id `1234abcd`";
  STRCMP_EQUAL("", found().c_str());
}

TEST(ChaosBooks, AFailureKeepsWhatWasSaidBefore) {
  ask(3, Wish::failure);
  begin(3);
  end(3, {"half of it"});
  say(3, 0, "The agent stopped.\n-# Error id `1234abcd`");
  STRCMP_CONTAINS("1 messages instead of 2", found().c_str());
}

TEST(ChaosBooks, ACancelledMentionMayBeToldSoWithoutHavingRun) {
  ask(3, Wish::cancelled);
  say(3, 0, chat::phrases::cancelled());
  STRCMP_EQUAL("", found().c_str());
}

// A program of 300 lines goes along as a file; in a channel that takes none it is said in messages.
TEST(ChaosBooks, FilesMustBeThereByteByByteOrTheirWords) {
  std::string program;
  for (int i = 0; i < 300; ++i) program += fmt::format("print({})  # a line\n", i);
  ask(3, Wish::files);
  begin(3);
  end(3, {"```py\n" + program + "```"});
  auto messages = render::answer_with_files({agent::Text{"```py\n" + program + "```"}});
  say(3, 0, messages.at(0).content);
  STRCMP_CONTAINS("or other words or files", found().c_str());
  ledger.said.back().files = {program.substr(1)};
  STRCMP_CONTAINS("or other words or files", found().c_str());
  ledger.said.back().files = {program};
  STRCMP_EQUAL("", found().c_str());
  ledger.no_files.insert("room");
  STRCMP_CONTAINS("or other words or files", found().c_str());
}

TEST(ChaosBooks, NotesAreRead) {
  auto noted = read_note(
      R"({"event":"end","directory":"room","turn":"abc","alone":true,"prompt":"alice says:\n\nmention-17.","said":["x"]})");
  CHECK(noted && !noted->begin && noted->alone);
  LONGS_EQUAL(17, noted->number);
  STRCMP_EQUAL("x", noted->said.at(0).c_str());
  CHECK_FALSE(read_note(R"({"event":"end","prompt":"hello"})").has_value());
  CHECK_FALSE(read_note(R"({"event":"en)").has_value());
}

TEST(ChaosBooks, ASeedDrawsTheSamePlanAgain) {
  Options options;
  options.seed = 7;
  auto one = plan_for(options), two = plan_for(options);
  LONGS_EQUAL(one.size(), two.size());
  int asks = 0, kills = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].at == two[i].at && one[i].action.index() == two[i].action.index());
    asks += std::holds_alternative<Ask>(one[i].action);
    if (const auto* kill = std::get_if<Kill>(&one[i].action)) kills += !kill->orderly;
  }
  LONGS_EQUAL(options.mentions, asks);
  LONGS_EQUAL(options.kills, kills);
}
