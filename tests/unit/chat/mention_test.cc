// Tests of mentions: who is asked, and which words are left.
#include "chat/mention.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;

namespace {

constexpr UserId kSelf{42};

discord::Message message_with(std::vector<UserId> mentioned) {
  discord::Message message;
  message.author.id = UserId{7};
  message.mentions = std::move(mentioned);
  return message;
}

void left(const char* expected, const char* content) {
  STRCMP_EQUAL(expected, chat::without_mention(content, kSelf).c_str());
}

}  // namespace

TEST_GROUP(Mention){};

TEST(Mention, IsToldByTheListOfMentionsAlone) {
  CHECK_TRUE(chat::mentions(message_with({UserId{1}, kSelf}), kSelf));
  CHECK_FALSE(chat::mentions(message_with({UserId{1}}), kSelf));
  discord::Message text_only = message_with({});
  text_only.content = "<@42> hello";
  CHECK_FALSE(chat::mentions(text_only, kSelf));
}

TEST(Mention, BotsWebhooksAndSystemMessagesAreNotPeople) {
  discord::Message bot = message_with({kSelf});
  bot.author.bot = true;
  CHECK_FALSE(chat::mentions(bot, kSelf));
  discord::Message webhook = message_with({kSelf});
  webhook.from_webhook = true;
  CHECK_FALSE(chat::mentions(webhook, kSelf));
  discord::Message own = message_with({kSelf});
  own.author.id = kSelf;
  CHECK_FALSE(chat::mentions(own, kSelf));
  discord::Message system = message_with({kSelf});
  system.type = discord::MessageType::other;
  CHECK_FALSE(chat::mentions(system, kSelf));
}

TEST(Mention, IsTakenOutWhereverItStands) {
  left("hello", "<@42> hello");
  left("hello", "<@!42> hello");
  left("hello", "hello <@42>");
  left("hello there", "hello <@42> there");
  left("first\nsecond", "first\n<@42> second");
  left("a <@421> b", "a <@421> b");
  left("", "<@42>");
  left("", " <@42>  <@!42> ");
  left("hello,world", "hello<@42>,world");
}

TEST(Mention, PromptNamesTheSpeakerAndQuotesEveryLine) {
  STRCMP_EQUAL("Alice says:\n\nhi", chat::prompt_for("Alice", "", "hi").c_str());
  STRCMP_EQUAL("Bob replies to this message:\n\n> one\n> two\n\nBob says:\n\nwhy?",
               chat::prompt_for("Bob", "one\ntwo", "why?").c_str());
}
