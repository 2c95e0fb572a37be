// The engine's files: a turn begins when what is attached is there, and ends with what it has left.
#include "chat/phrases.h"
#include "engine_stage.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::chat;
using namespace coordinator::chat::testing;

TEST_GROUP_BASE(EngineExchange, EngineStage) {
  std::vector<store::Attachment> asked_for;

  Effects attach(std::uint64_t id, const std::string& words = "<@42> look", std::uint64_t channel = 100) {
    discord::Message with_file = message(id, channel, words);
    with_file.attachments = {{"1", "a.txt", "", "https://cdn/a.txt", 3}};
    return note(tell(Arrived{with_file}));
  }
  Effects note(Effects effects) {
    for (const Act& act : effects.acts)
      if (const auto* fetch = std::get_if<FetchFiles>(&act)) asked_for = fetch->attachments;
    return effects;
  }
  Effects fetched(std::uint64_t id, store::AttachmentState state = store::AttachmentState::there) {
    std::vector<store::Attachment> files = asked_for;
    for (store::Attachment& file : files) file.state = state, file.type = "text/plain";
    return tell(FilesFetched{MessageId{id}, files});
  }
};

TEST(EngineExchange, ATurnBeginsWhenTheyAreThere) {
  Effects effects = attach(1);
  STRCMP_EQUAL("fetch(1)", acts(effects).c_str());
  STRCMP_EQUAL("1:queued", inbox_states(effects).c_str());
  STRCMP_EQUAL("start(new) type(100)", acts(fetched(1)).c_str());
  STRCMP_EQUAL("Alice says:\n\nlook\n\nAttached files:\n- .coordinator/inbox/1/a.txt (text/plain, 3 bytes)",
               spec.prompt.c_str());
  STRCMP_CONTAINS(".coordinator/outbox/100", spec.system_prompt.c_str());
}

TEST(EngineExchange, AFileWithoutWordsIsAQuestion) {
  attach(1, "<@42>");
  fetched(1);
  STRCMP_CONTAINS("Alice sends this without words.\n\nAttached files:", spec.prompt.c_str());
}

TEST(EngineExchange, WhatIsBehindWaitsAndOtherChannelsDoNot) {
  attach(1);
  STRCMP_EQUAL("+mark(2)", acts(mention(2)).c_str());
  STRCMP_EQUAL("start(new) type(200)", acts(mention(3, 200)).c_str());
  STRCMP_EQUAL("start(new) type(100)", acts(fetched(1)).c_str());
}

TEST(EngineExchange, AMentionCanBeCancelledMeanwhile) {
  attach(1);
  mention(2);
  Effects effects = tell(ReactionAdded{MessageId{1}, ChannelId{100}, kAlice, phrases::kCancel});
  STRCMP_EQUAL("withdraw_fetch(1) post(1/0 -# Cancelled) start(new) type(100)", acts(effects).c_str());
  STRCMP_EQUAL("", acts(fetched(1)).c_str());
}

TEST(EngineExchange, OneThatIsDeletedMeanwhileMakesRoom) {
  attach(1);
  mention(2);
  STRCMP_CONTAINS("start(new)", acts(tell(MessageDeleted{MessageId{1}, ChannelId{100}})).c_str());
}

TEST(EngineExchange, WhatCannotBeHadIsToldToTheAgentAndTheChannel) {
  attach(1);
  fetched(1, store::AttachmentState::gone);
  STRCMP_CONTAINS("a.txt is not here: Discord has it no more", spec.prompt.c_str());
  typing_shown();
  says("fine");
  Effects effects = ends(success());
  bool told = false;
  for (const Act& act : effects.acts)
    if (const auto* post = std::get_if<PostMessage>(&act))
      told |= post->payload.find("Not all that was attached got here:") != std::string::npos;
  CHECK_TRUE(told);
}

TEST(EngineExchange, ARestartAsksForThemAgain) {
  const store::Inbox* written = nullptr;
  Effects effects = attach(1);
  written = last_written<store::Inbox>(effects);
  store::Snapshot snapshot;
  snapshot.inbox = {*written};
  Engine next(settings(), 2);
  STRCMP_EQUAL("fetch(1)", acts(next.restore(std::move(snapshot), now)).c_str());
}

TEST(EngineExchange, ARetryAsksForThemAgain) {
  attach(1);
  fetched(1);
  typing_shown();
  Effects effects = ends(failure(agent::Failure::other));
  store::Inbox failed = *last_written<store::Inbox>(effects);
  posted(1, 0);
  failed.state = store::InboxState::failed;
  STRCMP_EQUAL("fetch(1)", acts(tell(RetryMention{{failed, 1, {}}})).c_str());
}

TEST(EngineExchange, ATurnsEndWaitsForWhatItLeft) {
  collects = true;
  mention(1);
  typing_shown();
  says("done");
  STRCMP_EQUAL("collect", acts(ends(success())).c_str());
  chat::Parcel parcel;
  parcel.files = {{"a.bin", "bytes", {}, "application/zip"}};
  Effects effects = tell(FilesCollected{turn_id, parcel});
  STRCMP_EQUAL("post(1/0 done) forget", acts(effects).c_str());
  const auto* entry = last_written<store::Outbox>(effects);
  STRCMP_EQUAL("a.bin", entry->files.at(0).name.c_str());
  STRCMP_EQUAL("application/zip", entry->files.at(0).type.c_str());
  STRCMP_CONTAINS("The agent's files are missing: `a.bin`", entry->instead.c_str());
  STRCMP_EQUAL("", acts(tell(FilesCollected{turn_id, parcel})).c_str());
}

TEST(EngineExchange, FilesAloneAreAnAnswer) {
  collects = true;
  mention(1);
  typing_shown();
  ends(success());
  chat::Parcel parcel;
  parcel.files = {{"a.bin", "bytes", {}, "application/zip"}};
  STRCMP_EQUAL("post(1/0 -# The agent) forget", acts(tell(FilesCollected{turn_id, parcel})).c_str());
}
