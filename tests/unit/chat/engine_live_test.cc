// A turn that is shown while it goes on: in one message that grows at the channel's pace, and becomes the
// answer.
#include <string>
#include <utility>

#include "engine_stage.h"

using namespace coordinator;
using namespace coordinator::chat;
using namespace coordinator::chat::testing;

namespace {

EngineSettings live() {
  EngineSettings live = settings();
  for (Project& project : live.projects) project.stream = Stream::live;
  return live;
}

}  // namespace

TEST_GROUP_BASE(EngineLive, EngineStage){void setup() override{EngineStage::setup();
tell(Reconfigured{live()});
}
std::string writes_text(const std::string& words) {
  return acts(tell(Reported{turn_id, agent::Event(agent::TextDelta{words})}));
}
std::string hears(agent::Event event) { return acts(tell(Reported{turn_id, std::move(event)})); }
// What is done but for the typing indicator, which never keeps anybody waiting here.
std::string waits(Millis time) {
  now.instant += time;
  now.wall += time;
  Effects effects = tell(Ticked{});
  effects += typing_shown();
  std::erase_if(effects.acts, [](const Act& act) { return std::holds_alternative<ShowTyping>(act); });
  return acts(effects);
}
std::string shown(std::uint64_t message = 9000, bool arrived = true, bool gone = false) {
  return acts(tell(MessageShown{ChannelId{100}, MessageId{message}, arrived, gone}));
}
std::string arrives(int chunk, std::uint64_t id = 9000) {
  return acts(tell(Posted{ChannelId{100}, MessageId{1}, chunk, MessageId{id}}));
}
std::string refused(int chunk, int status, int code) {
  discord::RestError error{discord::RestError::Kind::refused, status, code, "no"};
  return acts(tell(Posted{ChannelId{100}, MessageId{1}, chunk, tl::unexpected(error)}));
}
// A turn whose first words stand in the channel, as message 9000. Nothing is on its way.
void begin() {
  mention(1);
  typing_shown();
  writes_text("Hello");
  STRCMP_EQUAL("post(1/0 Hello)", waits(1500ms).c_str());
  arrives(0);
  typing_shown();
}
}
;

TEST(EngineLive, ATurnThatIsOverQuicklyShowsItsAnswerOnly) {
  mention(1);
  typing_shown();
  STRCMP_EQUAL("", writes_text("Hel").c_str());
  STRCMP_EQUAL("", acts(says("Hello")).c_str());
  STRCMP_CONTAINS("post(1/0 Hello)", acts(ends(success())).c_str());
}

TEST(EngineLive, TheMessageGrowsAndBecomesTheAnswer) {
  begin();
  STRCMP_EQUAL("show(9000 Hello wor)", writes_text(" wor").c_str());
  STRCMP_EQUAL("", writes_text("ld").c_str());
  STRCMP_EQUAL("", shown().c_str());
  STRCMP_EQUAL("", waits(1100ms).c_str());
  STRCMP_EQUAL("show(9000 Hello world)", waits(100ms).c_str());
  shown();
  says("Hello world!");
  STRCMP_CONTAINS("forget", acts(ends(success())).c_str());
  STRCMP_EQUAL("edit(9000 Hello world!)", waits(1200ms).c_str());
  Effects arrived = tell(Posted{ChannelId{100}, MessageId{1}, 0, MessageId{9000}});
  STRCMP_EQUAL("1:answered", inbox_states(arrived).c_str());
}

// What was drawn could arrive behind the last words, and stand there for ever.
TEST(EngineLive, TheAnswerWaitsForWhatIsBeingDrawn) {
  begin();
  STRCMP_EQUAL("show(9000 Hello wor)", writes_text(" wor").c_str());
  says("Hello world");
  STRCMP_CONTAINS("withdraw_shown(100)", acts(ends(success())).c_str());
  STRCMP_EQUAL("", waits(5s).c_str());
  STRCMP_EQUAL("edit(9000 Hello world)", shown(9000, false).c_str());
}

TEST(EngineLive, TheEndWaitsUntilItIsKnownWhichMessageItGoesInto) {
  mention(1);
  typing_shown();
  writes_text("Hello");
  STRCMP_EQUAL("post(1/0 Hello)", waits(1500ms).c_str());
  says("Hello!");
  STRCMP_EQUAL("", acts(ends(success())).c_str());
  STRCMP_CONTAINS("edit(9000 Hello!)", arrives(0).c_str());
}

TEST(EngineLive, WhatTheAgentAbandonsDisappears) {
  begin();
  shown();
  STRCMP_EQUAL("show(9000 -# …)", hears(agent::TextAbandoned{}).c_str());
  shown();
  writes_text("Again");
  STRCMP_EQUAL("show(9000 Again)", waits(1200ms).c_str());
}

TEST(EngineLive, AToolInUseIsOneLineBelow) {
  begin();
  STRCMP_EQUAL("show(9000 Hello\n-# Bash `npm test`)",
               hears(agent::ToolUse{"t1", "Bash", "npm test", "{}"}).c_str());
  shown();
  STRCMP_EQUAL("", hears(agent::ToolResult{"t1"}).c_str());
  STRCMP_EQUAL("show(9000 Hello)", waits(1200ms).c_str());
}

TEST(EngineLive, ARetryOfTheAgentsIsAState) {
  begin();
  STRCMP_EQUAL("show(9000 Hello\n-# The agent's API does not answer)",
               hears(agent::ApiRetry{2, 10, 1s, 529}).c_str());
}

TEST(EngineLive, SilenceShowsHowLongItLasts) {
  mention(1);
  typing_shown();
  STRCMP_EQUAL("", waits(8s).c_str());
  STRCMP_EQUAL("post(1/0 -# working ", waits(7s).substr(0, 20).c_str());
}

TEST(EngineLive, ALongAnswerGrowsIntoFurtherMessages) {
  begin();
  std::string first(1900, 'a'), second(300, 'b');
  writes_text(" " + first + "\n\n" + second);
  shown();
  STRCMP_EQUAL("post(1/1 bbbbbbbbbbbb)", waits(1200ms).c_str());
  arrives(1, 9001);
  STRCMP_EQUAL("show(9000 -# …)", hears(agent::TextAbandoned{}).c_str());
  shown();
  STRCMP_EQUAL("show(9001 -# …)", waits(1200ms).c_str());
  shown(9001);
  says("short");
  ends(success());
  shown();
  STRCMP_EQUAL("edit(9000 short)", waits(1200ms).c_str());
  arrives(0);
  STRCMP_CONTAINS("delete(9001)", waits(1200ms).c_str());
  Effects gone = tell(Posted{ChannelId{100}, MessageId{1}, 1, MessageId{9001}});
  STRCMP_EQUAL("1:answered", inbox_states(gone).c_str());
}

TEST(EngineLive, AMessageThatSomebodyDeletedIsSaidAnew) {
  begin();
  says("Hello!");
  ends(success());
  shown();
  STRCMP_EQUAL("edit(9000 Hello!)", waits(1200ms).c_str());
  Effects anew =
      tell(Posted{ChannelId{100}, MessageId{1}, 0,
                  tl::unexpected(discord::RestError{discord::RestError::Kind::refused, 404, 10008, "?"})});
  STRCMP_EQUAL("post(1/0 Hello!)", acts(anew).c_str());
  const auto* kept = last_written<store::Outbox>(anew);
  CHECK(kept && !kept->sent);
  STRCMP_CONTAINS("\"nonce\":\"1-0-r\"", kept->payload.c_str());
}

// Only a new message wakes such a thread up.
TEST(EngineLive, InAThreadThatWasArchivedTheAnswerIsSaidAnew) {
  begin();
  says("Hello!");
  ends(success());
  shown();
  waits(1200ms);
  STRCMP_EQUAL("post(1/0 Hello!)", refused(0, 400, 50083).c_str());
  Effects arrived = tell(Posted{ChannelId{100}, MessageId{1}, 0, MessageId{9005}});
  STRCMP_EQUAL("show(9000 -# …)", acts(arrived).c_str());
  STRCMP_EQUAL("1:answered", inbox_states(arrived).c_str());
}

// What stands before it in the channel's lane took it along.
TEST(EngineLive, ALiveMessageThatGoesWithAnotherHoldsNothingUp) {
  tell(Hindered{"the disk is full"});
  mention(1);
  tell(Hindered{});
  typing_shown();
  writes_text("Hello");
  waits(1500ms);
  refused(0, 403, 50013);
  says("Hello!");
  STRCMP_CONTAINS("post(1/2 Hello!)", acts(ends(success())).c_str());
}

TEST(EngineLive, WhereNothingMayBeShownTheTurnGoesOnUnseen) {
  mention(1);
  typing_shown();
  writes_text("Hello");
  STRCMP_EQUAL("post(1/0 Hello)", waits(1500ms).c_str());
  refused(0, 403, 50013);
  STRCMP_EQUAL("", writes_text(" world").c_str());
  says("Hello world");
  STRCMP_CONTAINS("post(1/1 Hello world)", acts(ends(success())).c_str());
}

TEST(EngineLive, TheWordsOfATurnThatIsLostAreKept) {
  begin();
  Effects over = ends(failure(agent::Failure::lost));
  STRCMP_CONTAINS("edit(9000 Hello)", acts(over).c_str());
}

TEST(EngineLive, TheStopButtonIsThereUntilTheEnd) {
  begin();
  Effects shows = tell(Reported{turn_id, agent::Event(agent::TextDelta{" wor"})});
  STRCMP_CONTAINS("\"label\":\"Stop\"", std::get<ShowMessage>(shows.acts.at(0)).payload.c_str());
  shown();
  says("Hello world");
  ends(success());
  now.instant += 1200ms;
  Effects last = tell(Ticked{});
  CHECK(std::get<EditMessage>(last.acts.at(0)).payload.find("Stop") == std::string::npos);
}

TEST(EngineLive, AfterARestartTheMessagesStandInTheirOrder) {
  store::Snapshot snapshot;
  store::Inbox asked;
  asked.message = MessageId{1};
  asked.channel = ChannelId{100};
  asked.project = "one";
  asked.author = kAlice;
  asked.state = store::InboxState::running;
  asked.turn_id = "1";
  snapshot.inbox = {asked};
  store::Turn turn;
  turn.turn_id = turn_id = "1";
  turn.message = asked.message;
  turn.channel = asked.channel;
  turn.started = now.wall;
  snapshot.turns = {turn};
  for (int chunk : {1, 0}) {
    store::Outbox shown;
    shown.source = asked.message;
    shown.channel = asked.channel;
    shown.chunk = chunk;
    shown.payload = "{\"content\":\"...\"}";
    shown.live = true;
    shown.state = store::OutboxState::sent;
    shown.sent = MessageId{9000u + static_cast<std::uint64_t>(chunk)};
    snapshot.outbox.push_back(shown);
  }
  Engine next{live(), 2};
  next.handle(Connected{kSelf}, now);
  next.restore(snapshot, now);
  next.handle(TypingShown{ChannelId{100}}, now);
  next.handle(Reported{"1", agent::Event(agent::Text{std::string(1990, 'a') + "\n\nbbbbb"})}, now);
  next.handle(Reported{"1", success()}, now);
  STRCMP_CONTAINS("edit(9000 aaaaa", acts(next.handle(FilesCollected{"1", {}}, now)).c_str());
}
