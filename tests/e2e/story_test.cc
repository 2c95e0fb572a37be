// The main story: a mention, an answer, the same session again; what people see meanwhile.
#include "base/text.h"
#include "stage.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;

TEST_GROUP(Story) {
  Stage stage;
  void setup() override { stage.start(); }
};

TEST(Story, AMentionIsAnsweredByTheAgentAsAReply) {
  std::string answer = stage.answer(stage.ask("testing", "hello there"));
  STRCMP_CONTAINS("demo agent", answer.c_str());
  STRCMP_CONTAINS("hello there", answer.c_str());
  CHECK(answer.find("<@") == std::string::npos);
}

TEST(Story, TheNextMentionGoesOnInTheSameSession) {
  stage.answer(stage.ask("testing", "my word is xylophone"));
  STRCMP_CONTAINS("xylophone", stage.answer(stage.ask("testing", "!history")).c_str());
  std::string elsewhere = stage.answer(stage.ask("major-domo", "!history"));
  CHECK(elsewhere.find("xylophone") == std::string::npos);
}

TEST(Story, TypingShowsWhileTheTurnRunsAndNeverAfter) {
  MessageId message = stage.ask("testing", "!sleep 3");
  CHECK_TRUE(stage.until([&] { return stage.discord().typing("testing"); }));
  stage.answer(message);
  stage.pause(300ms);
  CHECK_FALSE(stage.discord().typing("testing"));
}

TEST(Story, AWaitingMessageCarriesAMarkUntilItsTurnStarts) {
  stage.ask("testing", "!sleep 2");
  MessageId second = stage.ask("testing", "second");
  auto marks = [&] { return stage.discord().message("testing", second)->reactions.size(); };
  CHECK_TRUE(stage.until([&] { return marks() == 1; }));
  stage.answer(second);
  CHECK_TRUE(stage.until([&] { return marks() == 0; }));
}

TEST(Story, OthersMentionsAndPlainTalkAreLeftAlone) {
  stage.discord().inject_message({.channel = "testing", .content = "just talking", .mention_bot = false});
  stage.discord().inject_message({.channel = "testing", .content = "@bob look", .mention_bot = false});
  stage.pause(500ms);
  STRCMP_EQUAL("", stage.said("testing").c_str());
}

TEST(Story, AnEmptyMentionGetsHelp) {
  STRCMP_CONTAINS("Mention me together with what you want done",
                  stage.answer(stage.ask("testing", "")).c_str());
}

TEST(Story, AStrangerIsTurnedAway) {
  MessageId message =
      stage.discord().inject_message({.channel = "testing", .content = "hello", .author = "bob"});
  STRCMP_CONTAINS("You may not", stage.answer(message).c_str());
}

TEST(Story, AQuotedMessageIsGivenToTheAgent) {
  MessageId quoted = stage.ask("testing", "remember the blue door");
  stage.answer(quoted);
  MessageId reply =
      stage.discord().inject_message({.channel = "testing", .content = "what is that?", .reply_to = quoted});
  STRCMP_CONTAINS("the blue door", stage.answer(reply).c_str());
}

TEST(Story, AMentionInAThreadUsesItsChannelsProjectAndASessionOfItsOwn) {
  stage.answer(stage.ask("testing", "my word is xylophone"));
  ChannelId thread = stage.discord().start_thread("testing", "side talk");
  std::string answer = stage.answer(stage.ask(thread.text(), "!history"));
  CHECK(answer != "(no answer)");
  CHECK(answer.find("xylophone") == std::string::npos);
}

TEST(Story, ALongAnswerComesWholeInWellFormedMessages) {
  MessageId message = stage.ask("testing", "!big 9000");
  stage.answer(message);
  CHECK_TRUE(stage.until([&] { return stage.discord().bot_messages("testing").size() == 5; }));
  CHECK(stage.said("testing").size() > 8900);  // white space between the parts is not sent
  for (const auto* part : stage.discord().bot_messages("testing"))
    CHECK(text::code_points(part->content) <= 2000);
}

TEST(Story, TheAuthorsCrossCancelsARunningTurn) {
  MessageId message = stage.ask("testing", "!sleep 60");
  CHECK_TRUE(stage.until([&] { return stage.discord().typing("testing"); }));
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  stage.discord().react("testing", message, "❌");
  STRCMP_CONTAINS("Cancelled", stage.answer(message).c_str());
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0; }));
}

TEST(Story, NothingOfATurnIsLeftBehind) {
  stage.answer(stage.ask("testing", "!grandchild"));
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0 && stage.turn_directories() == 0; }));
}
