// Tests of another configuration that comes while mentions wait and turns run.
#include "chat/engine.h"

#include <string>

#include "engine_stage.h"

using namespace coordinator;
using namespace coordinator::chat;
using namespace coordinator::chat::testing;

TEST_GROUP_BASE(EngineReconfigured, EngineStage) {
  EngineSettings other = settings();

  Effects reconfigure() { return tell(Reconfigured{other}); }
  void turn(std::uint64_t id) {
    mention(id);
    typing_shown();
    tell(Reported{turn_id, agent::Event(agent::Started{spec.session_id, "m"})});
    ends(success());
    posted(id, 0);
  }
};

TEST(EngineReconfigured, WhatWaitsForAProjectThatIsGoneIsToldAndWhatRunsGoesOn) {
  mention(1);
  typing_shown();
  mention(2);
  mention(3, 200);
  other.projects.erase(other.projects.begin());
  Effects gone = reconfigure();
  STRCMP_EQUAL("2:answering", inbox_states(gone).c_str());
  STRCMP_EQUAL("post(2/0 The project )", acts(gone).c_str());
  turn_id = engine.mention(MessageId{1})->mention.turn_id;
  says("still here");
  posted(2, 0);
  STRCMP_EQUAL("post(1/0 still here) forget", acts(ends(success())).c_str());
  STRCMP_EQUAL("look_up(100)", acts(mention(4)).c_str());
}

TEST(EngineReconfigured, ATurnThatWouldBeBegunAgainEndsWithItsProject) {
  mention(1);
  typing_shown();
  other.projects.clear();
  reconfigure();
  Effects end = ends(failure(agent::Failure::session_unknown));
  STRCMP_EQUAL("1:answering", inbox_states(end).c_str());
  STRCMP_EQUAL("1:failed", inbox_states(posted(1, 0)).c_str());
  CHECK_TRUE(engine.quiet());
}

TEST(EngineReconfigured, AChannelThatMovesUsesItsNewProjectFromItsNextMention) {
  other.projects[1].directory = "/two";
  turn(1);
  std::string session = spec.session_id;
  tell(ChooseModel{ChannelId{100}, "opus"});
  mention(2);
  typing_shown();
  mention(3);
  other.projects[0].channels = {ChannelId{300}};
  other.projects[1].channels = {ChannelId{100}};
  reconfigure();
  mention(4);
  STRCMP_CONTAINS("start(resume)", acts(ends(success())).c_str());  // 3 was asked of the old one
  STRCMP_EQUAL(session.c_str(), spec.session_id.c_str());
  posted(2, 0);
  typing_shown();
  ends(success());
  STRCMP_EQUAL("/two", spec.directory.c_str());
  STRCMP_EQUAL("opus", spec.model.c_str());
  CHECK(session != spec.session_id);
}

TEST(EngineReconfigured, NewCapsCountAtOnceAndCutNothingOff) {
  mention(1, 100);
  std::string first = turn_id;
  mention(2, 200);
  std::string second = turn_id;
  other.projects[0].channels.push_back(ChannelId{300});
  other.limits.turns_at_once = 1;
  other.limits.queue = 0;
  reconfigure();
  STRCMP_EQUAL("3:answering", inbox_states(mention(3, 300)).c_str());  // the queue is full
  other.limits.queue = 2;
  STRCMP_EQUAL("", acts(reconfigure()).c_str());
  STRCMP_EQUAL("+mark(4)", acts(mention(4, 300)).c_str());
  STRCMP_EQUAL("withdraw(100) forget", acts(tell(Reported{first, success()})).c_str());
  LONGS_EQUAL(1, engine.running());
  other.limits.turns_at_once = 2;
  STRCMP_EQUAL("start(new) type(300)", acts(reconfigure()).c_str());
}

TEST(EngineReconfigured, ThreadsFollowTheirChannel) {
  tell(ChannelSeen{ChannelId{555}, GuildId{9}, ChannelId{100}, true, "thread"});
  std::swap(other.projects[0].channels, other.projects[1].channels);
  reconfigure();
  STRCMP_EQUAL("two", engine.router().project_of(ChannelId{555})->name.c_str());
  other.projects.erase(other.projects.begin() + 1);
  reconfigure();
  POINTERS_EQUAL(nullptr, engine.router().project_of(ChannelId{555}));
  POINTERS_EQUAL(nullptr, engine.router().project_named("two"));
}
