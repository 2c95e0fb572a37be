// Tests of the engine: the whole way from a mention to its answer, with every outside act told by hand.
#include "chat/engine.h"

#include <algorithm>
#include <string>

#include "chat/phrases.h"
#include "engine_stage.h"

using namespace coordinator;
using namespace coordinator::chat;
using namespace coordinator::chat::testing;

TEST_GROUP_BASE(Engine, EngineStage){};

TEST(Engine, AMentionIsWrittenDownAndStartsATurn) {
  Effects effects = mention(1);
  STRCMP_EQUAL("1:queued 1:running", inbox_states(effects).c_str());
  STRCMP_EQUAL("start(new) type(100)", acts(effects).c_str());
  CHECK(last_written<store::Session>(effects) != nullptr);
  STRCMP_EQUAL(last_written<store::Session>(effects)->session_id.c_str(), spec.session_id.c_str());
  STRCMP_EQUAL(turn_id.c_str(), last_written<store::Turn>(effects)->turn_id.c_str());
  STRCMP_EQUAL("Alice says:\n\nhello", spec.prompt.c_str());
}

TEST(Engine, TheAnswerIsPostedAndTheMentionIsAnswered) {
  mention(1);
  typing_shown();
  says("well, **hello**");
  Effects end = ends(success());
  STRCMP_EQUAL("1:answering", inbox_states(end).c_str());
  STRCMP_EQUAL("post(1/0 well, **hell) forget", acts(end).c_str());
  STRCMP_EQUAL("1:answered", inbox_states(posted(1, 0)).c_str());
  CHECK_TRUE(engine.quiet());
}

TEST(Engine, TheAnswerRepliesWithItsNonceAndPingsNobodyElse) {
  mention(1);
  typing_shown();
  says("@everyone look");
  Effects end = ends(success());
  Json body = Json::parse(std::get<PostMessage>(end.acts.at(0)).payload).value();
  STRCMP_EQUAL("1-0", body["nonce"].text_or("").c_str());
  CHECK_TRUE(body["enforce_nonce"].truthy());
  STRCMP_EQUAL("1", body["message_reference"]["message_id"].text_or("").c_str());
  LONGS_EQUAL(0, body["allowed_mentions"]["parse"].size());
  CHECK_TRUE(body["allowed_mentions"]["parse"].is_array());
}

TEST(Engine, LinksOfAnAnswerShowNothingUnlessTheProjectAsksForIt) {
  constexpr int kSuppressEmbeds = 4;
  mention(1);
  typing_shown();
  says("https://example.org");
  Json body = Json::parse(std::get<PostMessage>(ends(success()).acts.at(0)).payload).value();
  LONGS_EQUAL(kSuppressEmbeds, body["flags"].integer().value_or(0));
  EngineSettings asking = settings();
  asking.projects.at(0).link_previews = true;
  tell(Reconfigured{asking});
  posted(1, 0);
  mention(2);
  typing_shown();
  says("https://example.org");
  body = Json::parse(std::get<PostMessage>(ends(success()).acts.at(0)).payload).value();
  CHECK_FALSE(body["flags"].integer().has_value());
}

TEST(Engine, TheNextMentionWaitsWithAMarkAndResumesTheSession) {
  mention(1);
  std::string session = spec.session_id;
  typing_shown();
  STRCMP_EQUAL("+mark(2)", acts(mention(2)).c_str());
  tell(Reported{turn_id, agent::Event(agent::Started{session, "m"})});
  says("one");
  Effects end = ends(success());
  STRCMP_EQUAL("post(1/0 one) start(resume) type(100) forget", acts(end).c_str());
  STRCMP_EQUAL(session.c_str(), spec.session_id.c_str());
  STRCMP_EQUAL("-mark(2)", acts(tell(ReactionSet{ChannelId{100}, MessageId{2}, phrases::kWaiting})).c_str());
}

TEST(Engine, ChannelsRunBesideEachOtherUpToTheCap) {
  STRCMP_EQUAL("start(new) type(100)", acts(mention(1, 100)).c_str());
  STRCMP_EQUAL("start(new) type(200)", acts(mention(2, 200)).c_str());
  tell(ChannelSeen{ChannelId{300}, std::nullopt, ChannelId{200}, true, "thread"});
  STRCMP_EQUAL("+mark(3)", acts(mention(3, 300)).c_str());
}

TEST(Engine, AFullQueueIsToldAndNothingIsLost) {
  for (std::uint64_t id : {1, 2, 3}) mention(id);
  typing_shown();
  Effects full = mention(4);
  STRCMP_EQUAL("4:answering", inbox_states(full).c_str());
  STRCMP_EQUAL("post(4/0 2 requests w)", acts(full).c_str());
  STRCMP_EQUAL("4:failed", inbox_states(posted(4, 0)).c_str());
}

TEST(Engine, AFloodOfShortRepliesIsCut) {
  for (std::uint64_t id : {1, 2, 3}) mention(id);
  typing_shown();
  for (std::uint64_t id = 4; id < 104; ++id)
    STRCMP_EQUAL(fmt::format("{}:answering", id).c_str(), inbox_states(mention(id)).c_str());
  STRCMP_EQUAL("104:answering 104:failed", inbox_states(mention(104)).c_str());
  posted(4, 0);
  STRCMP_EQUAL("105:answering", inbox_states(mention(105)).c_str());
}

TEST(Engine, AnEmptyMentionGetsHelpAndAnEmptyReplyIsARequest) {
  Effects help = tell(Arrived{message(1, 100, "<@42>")});
  STRCMP_EQUAL("post(1/0 Mention me t)", acts(help).c_str());
  discord::Message reply = message(2, 100, "<@42>");
  reply.referenced = discord::ReferencedMessage{MessageId{50}, {}, "is this right?", {}};
  tell(Arrived{reply});
  STRCMP_CONTAINS("> is this right?", spec.prompt.c_str());
}

TEST(Engine, AReplayOfALiveMessageIsNothing) {
  mention(1);
  Effects again = mention(1);
  LONGS_EQUAL(0, again.writes.size());
  LONGS_EQUAL(0, again.acts.size());
}

TEST(Engine, AStrangerIsTurnedAwayOnceAMinute) {
  discord::Message stranger = message(1, 100);
  stranger.author.id = UserId{666};
  STRCMP_EQUAL("post(1/0 You may not )", acts(tell(Arrived{stranger})).c_str());
  stranger.id = MessageId{2};
  STRCMP_EQUAL("", acts(tell(Arrived{stranger})).c_str());
  now.instant += 61s;
  stranger.id = MessageId{3};
  posted(1, 0);
  STRCMP_EQUAL("post(3/0 You may not )", acts(tell(Arrived{stranger})).c_str());
}

TEST(Engine, AFailureReleasesTheQueueAndHidesTheInternals) {
  mention(1);
  typing_shown();
  mention(2);
  Effects end = ends(failure(agent::Failure::other));
  STRCMP_EQUAL("log post(1/0 The agent st) start(new) type(100) forget", acts(end).c_str());
  for (const Act& act : end.acts)
    if (const auto* post = std::get_if<PostMessage>(&act))
      CHECK(post->payload.find("secret") == std::string::npos);
  const auto& line = std::get<LogLine>(end.acts.at(0)).text;
  STRCMP_CONTAINS("secret internals", line.c_str());
  std::string id = line.substr(6, 8);
  STRCMP_CONTAINS(("`" + id + "`").c_str(), std::get<PostMessage>(end.acts.at(1)).payload.c_str());
}

TEST(Engine, AnAgentThatNeverCameUpIsNotToldAsSilent) {
  mention(1);
  typing_shown();
  agent::TurnEnded end = failure(agent::Failure::not_started);
  STRCMP_CONTAINS("could not be started", std::get<PostMessage>(ends(end).acts.at(1)).payload.c_str());
}

TEST(Engine, ALimitThatEndsATurnIsToldWithTheKeyThatRaisesIt) {
  using agent::Failure;
  const std::pair<Failure, const char*> keys[] = {
      {Failure::line_limit, "`agent_line`"},    {Failure::output_limit, "`agent_output`"},
      {Failure::memory_limit, "`turn_memory`"}, {Failure::process_limit, "`turn_processes`"},
      {Failure::cpu_limit, "`turn_cpu_time`"},  {Failure::silent, "`inactivity_timeout`"},
      {Failure::out_of_time, "`turn_timeout`"}};
  for (auto [why, key] : keys) {
    agent::TurnEnded end = failure(why);
    std::string told = phrases::failed(end, agent::Limits{}, "id");
    STRCMP_CONTAINS(key, told.c_str());
    CHECK(told.find(end.text) == std::string::npos);
  }
  STRCMP_CONTAINS("a line of more than 16 MiB.",
                  phrases::failed(failure(Failure::line_limit), {}, "id").c_str());
}

TEST(Engine, NothingIsBegunWhileSomethingIsInTheWay) {
  tell(Hindered{"The disk is full."});
  Effects first = mention(1);
  STRCMP_EQUAL("1:queued", inbox_states(first).c_str());
  STRCMP_EQUAL("+mark(1) post(1/0 The disk is )", acts(first).c_str());
  posted(1, 0);
  STRCMP_EQUAL("+mark(2)", acts(mention(2)).c_str());  // a channel is told once
  STRCMP_EQUAL("", acts(tell(Hindered{"The disk is still full."})).c_str());
  Effects room = tell(Hindered{});
  STRCMP_EQUAL("1:running", inbox_states(room).c_str());
  STRCMP_EQUAL("start(new) type(100)", acts(room).c_str());
  typing_shown();
  says("late, but here");
  Effects end = ends(success());
  Json body = Json::parse(std::get<PostMessage>(end.acts.at(0)).payload).value();
  STRCMP_EQUAL("1-1", body["nonce"].text_or("").c_str());
  STRCMP_EQUAL("1", body["message_reference"]["message_id"].text_or("").c_str());
}

TEST(Engine, WhatRunsGoesOnWhileSomethingIsInTheWay) {
  mention(1);
  typing_shown();
  mention(2);
  tell(Hindered{"The disk is full."});
  says("done");
  STRCMP_EQUAL("post(1/0 done) forget", acts(ends(success())).c_str());
  STRCMP_EQUAL("start(new) type(100)", acts(tell(Hindered{})).c_str());
}

TEST(Engine, AnUnknownSessionIsBegunAnewAndTheChannelIsTold) {
  mention(1);
  typing_shown();
  std::string old_session = spec.session_id;
  Effects again = ends(failure(agent::Failure::session_unknown));
  STRCMP_EQUAL("forget start(new)", acts(again).c_str());
  CHECK(old_session != spec.session_id);
  says("hi");
  STRCMP_EQUAL("post(1/0 -# The earli) forget", acts(ends(success())).c_str());
  STRCMP_EQUAL("post(1/1 hi)", acts(posted(1, 0)).c_str());
}

TEST(Engine, ASessionThatExistsAlreadyIsResumed) {
  mention(1);
  std::string session = spec.session_id;
  STRCMP_EQUAL("forget start(resume)", acts(ends(failure(agent::Failure::session_exists))).c_str());
  STRCMP_EQUAL(session.c_str(), spec.session_id.c_str());
}

TEST(Engine, ATurnThatWasNotBegunIsBegunAgainInTheSameSession) {
  mention(1);
  std::string session = spec.session_id, uuid = spec.message_uuid;
  STRCMP_EQUAL("forget start(new)", acts(ends(failure(agent::Failure::not_begun))).c_str());
  STRCMP_EQUAL(session.c_str(), spec.session_id.c_str());
  CHECK(uuid != spec.message_uuid);
}

TEST(Engine, TheSecondSessionErrorInARowIsAFailure) {
  mention(1);
  typing_shown();
  ends(failure(agent::Failure::session_unknown));
  STRCMP_EQUAL("log post(1/0 -# The earli) forget",
               acts(ends(failure(agent::Failure::session_unknown))).c_str());
}

TEST(Engine, ItsAuthorCancelsAWaitingOrARunningMention) {
  mention(1);
  typing_shown();
  mention(2);
  ReactionAdded cross{MessageId{2}, ChannelId{100}, kAlice, phrases::kCancel};
  ReactionAdded by_another = cross;
  by_another.user = UserId{8};
  STRCMP_EQUAL("", acts(tell(by_another)).c_str());
  STRCMP_EQUAL("2:answering", inbox_states(tell(cross)).c_str());
  cross.message = MessageId{1};
  STRCMP_EQUAL("cancel", acts(tell(cross)).c_str());
  STRCMP_EQUAL("", acts(tell(cross)).c_str());
  agent::TurnEnded end;
  end.outcome = agent::Outcome::aborted;
  STRCMP_EQUAL("1:answering", inbox_states(ends(end)).c_str());
  posted(2, 0);
  STRCMP_EQUAL("1:cancelled", inbox_states(posted(1, 0)).c_str());
}

TEST(Engine, WhatWaitsIsAskedAsItsAuthorWantsItLast) {
  mention(1);
  typing_shown();
  mention(2);
  Effects edited = tell(MessageUpdated{message(2, 100, "<@42> rather this")});
  STRCMP_EQUAL("rather this", last_written<store::Inbox>(edited)->prompt.c_str());
  STRCMP_EQUAL("", acts(edited).c_str());
  LONGS_EQUAL(0,
              tell(MessageUpdated{message(2, 100, "<@42> rather this")}).writes.size());  // a link's preview
  LONGS_EQUAL(0, tell(MessageUpdated{message(1, 100, "<@42> too late")}).writes.size());
  ends(success());
  STRCMP_CONTAINS("rather this", spec.prompt.c_str());
}

TEST(Engine, WhatIsDeletedWhileItWaitsIsNotAsked) {
  mention(1);
  typing_shown();
  mention(2);
  mention(3);
  STRCMP_EQUAL("2:answering 2:cancelled",
               inbox_states(tell(MessageDeleted{MessageId{2}, ChannelId{100}})).c_str());
  STRCMP_EQUAL(
      "3:answering",
      inbox_states(tell(MessageUpdated{message(3, 100, "<@42>")})).c_str());  // nothing is left of it
  STRCMP_EQUAL("", inbox_states(tell(MessageDeleted{MessageId{1}, ChannelId{100}})).c_str());
  STRCMP_EQUAL("1:answering", inbox_states(ends(success())).c_str());
}

TEST(Engine, AMentionThatIsDeletedBeforeItsChannelIsKnownIsNone) {
  tell(Arrived{message(1, 300)});
  tell(MessageDeleted{MessageId{1}, ChannelId{300}});
  ChannelSeen thread{ChannelId{300}, std::nullopt, ChannelId{100}, true, "thread"};
  STRCMP_EQUAL("", inbox_states(tell(thread)).c_str());
}

TEST(Engine, AnAnswerWaitsForATypingRequestOnItsWay) {
  mention(1);
  says("hi");
  STRCMP_EQUAL("withdraw(100) forget", acts(ends(success())).c_str());
  STRCMP_EQUAL("post(1/0 hi)", acts(typing_shown()).c_str());
}

TEST(Engine, CostsAreDifferencesOfACumulativeSum) {
  mention(1);
  Effects first = ends(success());
  DOUBLES_EQUAL(0.25, last_written<store::Turn>(first)->cost_usd, 1e-9);
  mention(2);
  agent::TurnEnded end = success();
  end.result.cost_usd = 0.375;
  Effects second = ends(end);
  DOUBLES_EQUAL(0.125, last_written<store::Turn>(second)->cost_usd, 1e-9);
  DOUBLES_EQUAL(0.375, last_written<store::Session>(second)->cost_usd, 1e-9);
}

TEST(Engine, AMentionInAnUnknownChannelWaitsForTheChannel) {
  STRCMP_EQUAL("look_up(555)", acts(mention(1, 555)).c_str());
  STRCMP_EQUAL("", acts(mention(2, 555)).c_str());
  Effects known = tell(ChannelSeen{ChannelId{555}, std::nullopt, ChannelId{100}, true, "thread"});
  STRCMP_EQUAL("start(new) type(555) +mark(2)", acts(known).c_str());
  STRCMP_EQUAL("look_up(777)", acts(mention(3, 777)).c_str());
  STRCMP_EQUAL("log",
               acts(tell(ChannelSeen{ChannelId{777}, std::nullopt, std::nullopt, false, "x"})).c_str());
}

TEST(Engine, MoreThanSomeMentionsInAnUnknownChannelAreToldOnceInTheLog) {
  std::string told;
  for (std::uint64_t id = 1; id <= 25; ++id) told += acts(mention(id, 555)) + " ";
  STRCMP_EQUAL(("look_up(555)" + std::string(20, ' ') + "log" + std::string(5, ' ')).c_str(), told.c_str());
}

TEST(Engine, ClosingCancelsWhatRunsAndKeepsWhatWaits) {
  mention(1);
  typing_shown();
  mention(2);
  STRCMP_EQUAL("cancel", acts(tell(Closing{})).c_str());
  agent::TurnEnded end;
  end.outcome = agent::Outcome::aborted;
  STRCMP_EQUAL("post(1/0 This request) forget", acts(ends(end)).c_str());
  posted(1, 0);
  CHECK_TRUE(engine.quiet());
}

TEST_GROUP(EngineRestore) {
  Now now{Instant(1h), WallTime(1000h)};
  store::Snapshot snapshot;

  store::Inbox& inbox(std::uint64_t id, store::InboxState state) {
    store::Inbox mention;
    mention.message = MessageId{id};
    mention.channel = ChannelId{100};
    mention.project = "one";
    mention.author = kAlice;
    mention.author_name = "Alice";
    mention.prompt = "do it";
    mention.state = state;
    return snapshot.inbox.emplace_back(mention);
  }
  std::string restored() {
    Engine engine{settings(), 1};
    return acts(engine.restore(snapshot, now));
  }
};

TEST(EngineRestore, WhatWaitedRunsInOrder) {
  inbox(1, store::InboxState::queued);
  inbox(2, store::InboxState::queued);
  for (std::uint64_t id : {1, 2})
    snapshot.marks.push_back({MessageId{id}, ChannelId{100}, phrases::kWaiting});
  STRCMP_EQUAL("-mark(1) start(new) type(100)", restored().c_str());
}

TEST(EngineRestore, WhatRanIsTakenUpAndHoldsItsChannel) {
  inbox(1, store::InboxState::running).turn_id = "abc";
  inbox(2, store::InboxState::queued);
  store::Turn turn;
  turn.turn_id = "abc";
  turn.message = MessageId{1};
  turn.channel = ChannelId{100};
  snapshot.turns.push_back(turn);
  STRCMP_EQUAL("adopt(abc) type(100)", restored().c_str());
}

TEST(EngineRestore, ATurnThatNobodyKnowsIsToldAsInterrupted) {
  inbox(1, store::InboxState::running).turn_id = "abc";
  STRCMP_EQUAL("log post(1/0 This request)", restored().c_str());
}

TEST(EngineRestore, AHalfPostedAnswerGoesOnAtTheMissingChunk) {
  inbox(1, store::InboxState::answering);
  for (int chunk = 0; chunk < 3; ++chunk) {
    store::Outbox entry;
    entry.source = MessageId{1};
    entry.channel = ChannelId{100};
    entry.chunk = chunk;
    entry.payload = R"({"content":"part"})";
    entry.created = now.wall;
    entry.state = chunk == 0 ? store::OutboxState::sent : store::OutboxState::pending;
    snapshot.outbox.push_back(entry);
  }
  STRCMP_EQUAL("find(1/1)", restored().c_str());
}

TEST(EngineRestore, AMentionOfAProjectThatIsGoneIsTold) {
  inbox(1, store::InboxState::queued).project = "three";
  STRCMP_EQUAL("post(1/0 The project )", restored().c_str());
}

// It was asked already, and may have done half of its work.
TEST(EngineRestore, TheTurnOfAProjectThatIsGoneGoesOnToItsEnd) {
  store::Inbox& mention = inbox(1, store::InboxState::running);
  mention.project = "three";
  mention.turn_id = "abc";
  store::Turn turn;
  turn.turn_id = "abc";
  turn.message = MessageId{1};
  turn.channel = ChannelId{100};
  snapshot.turns.push_back(turn);
  Engine engine{settings(), 1};
  STRCMP_EQUAL("adopt(abc) type(100)", acts(engine.restore(snapshot, now)).c_str());
  engine.handle(Reported{"abc", agent::Event(agent::Text{"done"})}, now);
  engine.handle(TypingShown{ChannelId{100}}, now);
  STRCMP_EQUAL("collect", acts(engine.handle(Reported{"abc", success()}, now)).c_str());
  STRCMP_CONTAINS("post(1/0 done)", acts(engine.handle(FilesCollected{"abc", {}}, now)).c_str());
}

TEST(EngineRestore, ATurnThatNoMentionWaitsForIsWrittenOff) {
  store::Turn turn;
  turn.turn_id = "abc";
  snapshot.turns.push_back(turn);
  Engine engine{settings(), 1};
  Effects effects = engine.restore(snapshot, now);
  CHECK(last_written<store::Turn>(effects)->state == store::TurnState::interrupted);
  CHECK_TRUE(engine.turn_ids().empty());
}
