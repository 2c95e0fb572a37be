// Tests of the engine: how mentions end that do not go well, and how they are asked for once more.
#include "chat/engine.h"

#include <string>

#include "chat/house_button.h"
#include "chat/phrases.h"
#include "engine_stage.h"

using namespace coordinator;
using namespace coordinator::chat;
using namespace coordinator::chat::testing;

TEST_GROUP_BASE(EngineEndings, EngineStage) {
  // What stands on the last message that was promised; empty: nothing.
  static std::string button(const Effects& effects) {
    const auto* entry = last_written<store::Outbox>(effects);
    Json body = entry ? Json::parse(entry->payload).value() : Json();
    return body["components"][0]["components"][0]["custom_id"].text_or("");
  }
  Effects refused(std::uint64_t source, int chunk, int status) {
    discord::RestError error{discord::RestError::Kind::refused, status, 50035, "Invalid Form Body"};
    return tell(Posted{ChannelId{100}, MessageId{source}, chunk, tl::unexpected(error)});
  }
  Effects failed_with(agent::Failure why) {
    mention(1);
    typing_shown();
    return ends(failure(why));
  }
  Effects retry(store::InboxState state, int chunks = 1) {
    store::Kept kept;
    kept.mention = engine_mention;
    kept.mention.state = state;
    kept.chunks = chunks;
    return tell(RetryMention{kept});
  }
  store::Inbox engine_mention = [] {
    store::Inbox mention;
    mention.message = MessageId{1};
    mention.channel = ChannelId{100};
    mention.project = "one";
    mention.author = kAlice;
    mention.author_name = "Alice";
    mention.prompt = "hello";
    mention.turn_id = "old";
    mention.reason = "the turn failed";
    return mention;
  }();
};

TEST(EngineEndings, AFailedTurnCarriesAButtonThatNamesItsMention) {
  Effects end = failed_with(agent::Failure::network);
  auto id = CustomId::parse(button(end));
  CHECK_TRUE(id.has_value());
  auto pressed = HouseButton::parse(*id);
  CHECK_TRUE(pressed.has_value());
  LONGS_EQUAL(1, pressed->mention.value);
  CHECK_TRUE(id->expires > now.wall + 24h);
  STRCMP_EQUAL("1:failed", inbox_states(posted(1, 0)).c_str());
}

TEST(EngineEndings, OfSeveralMessagesTheLastOneCarriesIt) {
  mention(1);
  typing_shown();
  says("so far");
  Effects end = ends(failure(agent::Failure::network));
  LONGS_EQUAL(2, last_written<store::Outbox>(end)->chunk + 1);
  CHECK(!button(end).empty());
}

TEST(EngineEndings, WhatSucceededOrWasCancelledCarriesNone) {
  mention(1);
  typing_shown();
  says("done");
  STRCMP_EQUAL("", button(ends(success())).c_str());
  posted(1, 0);
  mention(2);
  typing_shown();
  tell(CancelMention{MessageId{2}, "why not"});
  agent::TurnEnded aborted;
  aborted.outcome = agent::Outcome::aborted;
  STRCMP_EQUAL("", button(ends(aborted)).c_str());
}

TEST(EngineEndings, ALostAgentIsAnInterruption) {
  Effects end = failed_with(agent::Failure::lost);
  CHECK(!button(end).empty());
  CHECK_TRUE(last_written<store::Turn>(end)->state == store::TurnState::interrupted);
  STRCMP_EQUAL("1:interrupted", inbox_states(posted(1, 0)).c_str());
}

TEST(EngineEndings, AShutdownInterruptsWhatRan) {
  mention(1);
  typing_shown();
  tell(Closing{});
  CHECK(!button(ends(failure(agent::Failure::none))).empty());
  STRCMP_EQUAL("1:interrupted", inbox_states(posted(1, 0)).c_str());
}

TEST(EngineEndings, WhatHadSucceededBeforeTheShutdownHasSucceeded) {
  mention(1);
  typing_shown();
  says("all done");
  tell(Closing{});
  Effects end = ends(success());
  STRCMP_EQUAL("post(1/0 all done) forget", acts(end).c_str());
  STRCMP_EQUAL("", button(end).c_str());
  STRCMP_EQUAL("1:answered", inbox_states(posted(1, 0)).c_str());
}

TEST(EngineEndings, AFullQueueKeepsTheButton) {
  for (std::uint64_t id = 2; id <= 4; ++id) mention(id);
  CHECK(!button(retry(store::InboxState::failed)).empty());
}

TEST(EngineEndings, ARetryRunsTheSameAgainAndItsMessagesGoOnCounting) {
  Effects again = retry(store::InboxState::failed, 3);
  STRCMP_EQUAL("1:queued 1:running", inbox_states(again).c_str());
  STRCMP_EQUAL("start(new) type(100)", acts(again).c_str());
  STRCMP_EQUAL("Alice says:\n\nhello", spec.prompt.c_str());
  typing_shown();
  says("better");
  STRCMP_EQUAL("post(1/3 better) forget", acts(ends(success())).c_str());
  STRCMP_EQUAL("1:answered", inbox_states(posted(1, 3)).c_str());
}

TEST(EngineEndings, ARetryWaitsBehindOthersWithAMark) {
  mention(2);
  STRCMP_EQUAL("+mark(1)", acts(retry(store::InboxState::interrupted)).c_str());
}

TEST(EngineEndings, OnlyWhatEndedBadlyIsRetriedAndOnce) {
  STRCMP_EQUAL("", acts(retry(store::InboxState::answered)).c_str());
  STRCMP_EQUAL("", acts(retry(store::InboxState::cancelled)).c_str());
  retry(store::InboxState::failed);
  STRCMP_EQUAL("", acts(retry(store::InboxState::failed)).c_str());
  engine_mention.message = MessageId{5};
  engine_mention.project = "gone";
  STRCMP_EQUAL("", acts(retry(store::InboxState::failed)).c_str());
}

TEST(EngineEndings, AnAnswerThatDiscordFindsFaultWithIsToldPlainlyAndOnce) {
  mention(1);
  typing_shown();
  says("unspeakable");
  ends(success());
  STRCMP_EQUAL("log post(1/1 Discord did )", acts(refused(1, 0, 400)).c_str());
  Effects again = refused(1, 1, 400);
  STRCMP_EQUAL("log", acts(again).c_str());
  STRCMP_EQUAL("1:answering 1:failed", inbox_states(again).c_str());
  STRCMP_CONTAINS("Invalid Form Body", last_written<store::Inbox>(again)->reason.c_str());
}

TEST(EngineEndings, WhereWeMayNotWriteAMarkTells) {
  mention(1);
  typing_shown();
  says("quiet");
  ends(success());
  STRCMP_EQUAL("log +mark(1)", acts(refused(1, 0, 403)).c_str());
}

TEST_GROUP(EngineEndingsRestored) {
  Now now{Instant(1h), WallTime(1000h)};
  store::Snapshot snapshot;
};

TEST(EngineEndingsRestored, WhatWasBeingAnsweredEndsAsItWasMeant) {
  store::Inbox mention;
  mention.message = MessageId{1};
  mention.channel = ChannelId{100};
  mention.project = "one";
  mention.state = store::InboxState::answering;
  mention.outcome = store::InboxState::cancelled;
  snapshot.inbox.push_back(mention);
  Engine engine{settings(), 1};
  STRCMP_EQUAL("1:cancelled", inbox_states(engine.restore(snapshot, now)).c_str());
}

TEST(EngineEndingsRestored, AMarkThatWasLeftIsTakenAway) {
  snapshot.marks.push_back({MessageId{9}, ChannelId{100}, phrases::kWaiting});
  Engine engine{settings(), 1};
  STRCMP_EQUAL("-mark(9)", acts(engine.restore(snapshot, now)).c_str());
  Effects gone = engine.handle(ReactionSet{ChannelId{100}, MessageId{9}, phrases::kWaiting, true}, now);
  CHECK_FALSE(last_written<store::Mark>(gone)->present);
}
