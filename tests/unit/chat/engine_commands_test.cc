// Tests of what people ask the engine for by commands: conversations, models, cancelling.
#include "chat/engine.h"

#include <string>

#include "chat/phrases.h"
#include "engine_stage.h"

using namespace coordinator;
using namespace coordinator::chat;
using namespace coordinator::chat::testing;

namespace {

constexpr ChannelId kChannel{100};

agent::TurnEnded cost(double usd) {
  agent::TurnEnded end;
  end.result.cost_usd = usd;
  return end;
}

agent::TurnEnded aborted() {
  agent::TurnEnded end;
  end.outcome = agent::Outcome::aborted;
  return end;
}

// "id current begun cost" of each session that was written, in order.
std::string sessions_written(const Effects& effects) {
  std::string out;
  for (const store::Write& write : effects.writes)
    if (const auto* r = std::get_if<store::Session>(&write))
      out += fmt::format("{}{}{}{} {}", out.empty() ? "" : ", ", r->session_id.substr(0, 4),
                         r->current ? " current" : "", r->begun ? " begun" : "", r->cost_usd);
  return out;
}

}  // namespace

TEST_GROUP_BASE(EngineCommands, EngineStage){
    Effects begins(){return tell(Reported{turn_id, agent::Event(agent::Started{spec.session_id, "m"})});
}
// A whole turn; its session's id.
std::string turn(std::uint64_t id, double usd = 0.25) {
  mention(id);
  typing_shown();
  begins();
  ends(cost(usd));
  posted(id, 0);
  return spec.session_id;
}
const store::Session& current() { return *engine.session_of(kChannel); }
std::string short_id() { return current().session_id.substr(0, 4); }
}
;

TEST(EngineCommands, AfterAResetTheNextMentionBeginsANewConversation) {
  std::string old = turn(1);
  tell(ResetSession{kChannel});
  LONGS_EQUAL(0, current().messages);
  STRCMP_EQUAL("start(new) type(100)", acts(mention(2)).c_str());
  CHECK(old != spec.session_id);
  DOUBLES_EQUAL(0.25, last_written<store::Turn>(ends(cost(0.25)))->cost_usd, 1e-9);
}

TEST(EngineCommands, AResetWhereNothingWasSaidIsNothing) {
  LONGS_EQUAL(0, tell(ResetSession{kChannel}).writes.size());
  tell(ChooseModel{kChannel, "opus"});
  std::string before = short_id();
  LONGS_EQUAL(0, tell(ResetSession{kChannel}).writes.size());
  STRCMP_EQUAL(before.c_str(), short_id().c_str());
}

TEST(EngineCommands, ATurnThatGoesOnOverAResetBelongsToTheOldConversation) {
  std::string old = turn(1).substr(0, 4);
  mention(2);
  typing_shown();
  std::string running = turn_id;
  LONGS_EQUAL(0, tell(ResetSession{kChannel}).acts.size());
  std::string fresh = short_id();
  CHECK(old != fresh);
  begins();
  Effects end = ends(cost(0.625));
  STRCMP_EQUAL((old + " begun 0.625").c_str(), sessions_written(end).c_str());
  DOUBLES_EQUAL(0.375, last_written<store::Turn>(end)->cost_usd, 1e-9);
  STRCMP_EQUAL(fresh.c_str(), short_id().c_str());
  CHECK_FALSE(current().begun);
  DOUBLES_EQUAL(0, current().cost_usd, 1e-9);
}

TEST(EngineCommands, AFirstTurnThatBeginsAfterAResetIsConfirmedInItsOwnConversation) {
  mention(1);
  std::string old = short_id();
  tell(ResetSession{kChannel});
  STRCMP_EQUAL((old + " begun 0").c_str(), sessions_written(begins()).c_str());
  CHECK_FALSE(current().begun);
}

TEST(EngineCommands, SoDoesATurnWhoseSessionIsUnknownToTheAgent) {
  turn(1);
  mention(2);
  tell(ResetSession{kChannel});
  std::string fresh = short_id();
  Effects again = ends(failure(agent::Failure::session_unknown));
  STRCMP_EQUAL("forget start(new)", acts(again).c_str());
  CHECK(fresh != spec.session_id.substr(0, 4));
  CHECK_FALSE(last_written<store::Session>(again)->current);
  STRCMP_EQUAL(fresh.c_str(), short_id().c_str());
  begins();
  STRCMP_EQUAL((spec.session_id.substr(0, 4) + " begun 0.5").c_str(),
               sessions_written(ends(cost(0.5))).c_str());
}

TEST(EngineCommands, ARunningTurnIsCancelledByAResetOnlyWhenItSaysSo) {
  mention(1);
  typing_shown();
  STRCMP_EQUAL("", acts(tell(ResetSession{kChannel, false, ""})).c_str());
  STRCMP_EQUAL("cancel", acts(tell(ResetSession{kChannel, true, "a reset"})).c_str());
  STRCMP_EQUAL("post(1/0 -# Cancelled) forget", acts(ends(aborted())).c_str());
  STRCMP_EQUAL("a reset", last_written<store::Inbox>(posted(1, 0))->reason.c_str());
}

TEST(EngineCommands, WhatRanOverAResetAndARestartIsStillAccountedForInTheOldConversation) {
  store::Snapshot snapshot;
  auto keep = [&](const Effects& effects) {  // as the store would have it
    for (const store::Write& write : effects.writes) {
      if (const auto* mention = std::get_if<store::Inbox>(&write)) snapshot.inbox = {*mention};
      if (const auto* turn = std::get_if<store::Turn>(&write)) snapshot.turns = {*turn};
      if (const auto* session = std::get_if<store::Session>(&write)) {
        for (store::Session& other : snapshot.sessions) other.current = false;
        std::erase_if(snapshot.sessions,
                      [&](const store::Session& other) { return other.session_id == session->session_id; });
        snapshot.sessions.push_back(*session);
      }
    }
  };
  keep(mention(1));
  std::string old = short_id();
  keep(tell(ResetSession{kChannel}));
  std::string fresh = short_id();
  Engine next{settings(), 2};
  STRCMP_EQUAL(("adopt(" + turn_id + ") type(100)").c_str(), acts(next.restore(snapshot, now)).c_str());
  next.handle(Reported{turn_id, cost(0.25)}, now);
  Effects end = next.handle(FilesCollected{turn_id, {}}, now);
  STRCMP_EQUAL((old + " 0.25").c_str(), sessions_written(end).c_str());
  STRCMP_EQUAL(fresh.c_str(), next.session_of(kChannel)->session_id.substr(0, 4).c_str());
}

TEST(EngineCommands, AnEarlierConversationIsTakenUpAgain) {
  std::string old = turn(1);
  store::Session earlier = current();
  tell(ResetSession{kChannel});
  turn(2, 0.5);
  Effects resumed = tell(ResumeSession{kChannel, earlier});
  STRCMP_EQUAL((old.substr(0, 4) + " current begun 0.25").c_str(), sessions_written(resumed).c_str());
  STRCMP_EQUAL("start(resume) type(100)", acts(mention(3)).c_str());
  STRCMP_EQUAL(old.c_str(), spec.session_id.c_str());
  DOUBLES_EQUAL(0.125, last_written<store::Turn>(ends(cost(0.375)))->cost_usd, 1e-9);
}

TEST(EngineCommands, TheConversationOfTheRunningTurnCanBeTakenUpAgain) {
  mention(1);
  store::Session stale = current();
  tell(ResetSession{kChannel});
  begins();
  tell(ResumeSession{kChannel, stale});
  CHECK_TRUE(current().begun);  // what was told meanwhile counts, not what was read before
  Effects end = ends(cost(0.25));
  STRCMP_EQUAL((short_id() + " current begun 0.25").c_str(), sessions_written(end).c_str());
}

TEST(EngineCommands, ACopyBeginsWithItsOriginalAndIsThenOnItsOwn) {
  std::string original = turn(1);
  tell(ForkSession{kChannel, current()});
  STRCMP_EQUAL("start(fork) type(100)", acts(mention(2)).c_str());
  STRCMP_EQUAL(original.c_str(), spec.fork_of.c_str());
  CHECK(original != spec.session_id);
  typing_shown();
  STRCMP_EQUAL("", last_written<store::Session>(begins())->fork_of.c_str());
  DOUBLES_EQUAL(0.125, last_written<store::Turn>(ends(cost(0.375)))->cost_usd, 1e-9);
  posted(2, 0);
  STRCMP_EQUAL("start(resume) type(100)", acts(mention(3)).c_str());
}

TEST(EngineCommands, ACopyOfARunningConversationIsCountedFromItsEnd) {
  turn(1);
  mention(2);
  tell(ForkSession{kChannel, current()});
  ends(cost(0.5));
  posted(2, 0);
  mention(3);
  DOUBLES_EQUAL(0.125, last_written<store::Turn>(ends(cost(0.625)))->cost_usd, 1e-9);
}

TEST(EngineCommands, ACopyThatExistsAlreadyIsResumedAndOneOfNothingIsNew) {
  turn(1);
  tell(ForkSession{kChannel, current()});
  mention(2);
  STRCMP_EQUAL("forget start(resume)", acts(ends(failure(agent::Failure::session_exists))).c_str());
  ends(cost(1));
  posted(2, 0);
  tell(ForkSession{kChannel, current()});
  mention(3);
  STRCMP_EQUAL("forget start(new)", acts(ends(failure(agent::Failure::session_unknown))).c_str());
}

TEST(EngineCommands, AModelIsChosenBeforeTheFirstMentionAndKeptOverResets) {
  Effects chosen = tell(ChooseModel{kChannel, "opus"});
  STRCMP_EQUAL("opus", last_written<store::Session>(chosen)->chosen_model.c_str());
  STRCMP_EQUAL("opus", engine.model_of(kChannel)->c_str());
  turn(1);
  STRCMP_EQUAL("opus", spec.model.c_str());
  store::Session earlier = current();
  tell(ResetSession{kChannel});
  turn(2);
  STRCMP_EQUAL("opus", spec.model.c_str());
  tell(ChooseModel{kChannel, "haiku"});
  STRCMP_EQUAL("haiku", last_written<store::Session>(tell(ResumeSession{kChannel, earlier}))->model.c_str());
  turn(3);
  STRCMP_EQUAL("haiku", spec.model.c_str());
  tell(ChooseModel{kChannel, ""});
  turn(4);
  STRCMP_EQUAL("", spec.model.c_str());
  CHECK_FALSE(engine.model_of(ChannelId{999}).has_value());
  LONGS_EQUAL(0, tell(ChooseModel{ChannelId{999}, "opus"}).writes.size());
}

TEST(EngineCommands, SomebodyElseCancelsWhatWaitsOrRuns) {
  mention(1);
  typing_shown();
  mention(2);
  STRCMP_EQUAL("2:answering", inbox_states(tell(CancelMention{MessageId{2}, "by 8"})).c_str());
  STRCMP_EQUAL("cancel", acts(tell(CancelMention{MessageId{1}, "by 8"})).c_str());
  STRCMP_EQUAL("", acts(tell(CancelMention{MessageId{1}, "by 9"})).c_str());
  STRCMP_EQUAL("", acts(tell(CancelMention{MessageId{3}, "by 9"})).c_str());
  ends(aborted());
  STRCMP_EQUAL("by 8", last_written<store::Inbox>(posted(2, 0))->reason.c_str());
  STRCMP_EQUAL("by 8", last_written<store::Inbox>(posted(1, 0))->reason.c_str());
}

TEST(EngineCommands, ATurnIsWrittenDownWithItsAuthor) {
  const store::Turn turn = *last_written<store::Turn>(mention(1));
  CHECK_TRUE(turn.author == kAlice);
  STRCMP_EQUAL("Alice", turn.author_name.c_str());
}

TEST(EngineCommands, ShowsWhatRunsAndWaits) {
  mention(1);
  mention(2);
  now.wall += 1min;
  mention(3, 200);
  auto sessions = engine.sessions(std::nullopt);
  LONGS_EQUAL(2, sessions.size());
  LONGS_EQUAL(200, sessions[0].session.channel.value);
  LONGS_EQUAL(1, sessions[1].running);
  LONGS_EQUAL(1, sessions[1].waiting);
  LONGS_EQUAL(1, engine.sessions(kChannel).size());
  std::string shown;
  for (const MentionState& state : engine.mentions(std::nullopt))
    shown += fmt::format("{}{} ", state.running ? "*" : "", state.mention.message.value);
  STRCMP_EQUAL("*1 2 *3 ", shown.c_str());
  LONGS_EQUAL(1, engine.mentions(ChannelId{200}).size());
  CHECK_TRUE(engine.mention(MessageId{1})->running);
  CHECK_FALSE(engine.mention(MessageId{2})->running);
  CHECK_FALSE(engine.mention(MessageId{9}).has_value());
}
