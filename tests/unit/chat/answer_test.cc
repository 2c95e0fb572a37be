// Tests of answers with files: what is said where Discord does not take these, and what the engine promises.
#include "chat/answer.h"

#include <string>

#include "base/text.h"
#include "chat/phrases.h"
#include "engine_stage.h"

using namespace coordinator;
using namespace coordinator::chat;
using namespace coordinator::chat::testing;

namespace {

std::string code(int lines, const std::string& word) {
  std::string text = "```py\n";
  for (int i = 0; i < lines; ++i) text += fmt::format("{} = {}  # a line of code\n", word, i);
  return text + "```";
}

std::string joined(const std::vector<std::string>& contents) {
  std::string all;
  for (const std::string& content : contents) all += (all.empty() ? "" : "|") + content;
  return all;
}

Answer sample() {
  Answer answer;
  answer.messages = {{"one", {}}, {"two", {{"a.py", "x", ""}}}, {"three", {{"b.py", "y", ""}}}, {"four", {}}};
  answer.plain = {"one", "all of two", "all of three", "four"};
  return answer;
}

}  // namespace

TEST_GROUP(AnswerWithoutFiles){};

TEST(AnswerWithoutFiles, TheFirstFilesGiveWayToThePlainAnswerFromThereOn) {
  std::string expected = "all of two|all of three|four\n" + phrases::no_files();
  STRCMP_EQUAL(expected.c_str(), joined(instead_of(sample(), 1)).c_str());
}

TEST(AnswerWithoutFiles, BehindFilesThatGotThroughTheMissingOnesAreNamed) {
  std::string expected = "three|four\n" + phrases::files_missing({"b.py"});
  STRCMP_EQUAL(expected.c_str(), joined(instead_of(sample(), 2)).c_str());
}

TEST(AnswerWithoutFiles, WhatDiffersBeforeTheFilesIsSaidAgainRatherThanLeftOut) {
  Answer answer = sample();
  answer.plain[0] = "one and some of two";
  LONGS_EQUAL(4, instead_of(answer, 1).size());
}

TEST(AnswerWithoutFiles, AFullMessageKeepsItsWordsAndTheSentenceComesBehind) {
  Answer answer = sample();
  answer.plain.back() = std::string(2000, 'x');
  std::vector<std::string> contents = instead_of(answer, 1);
  CHECK_TRUE(contents[2] == answer.plain.back());
  STRCMP_EQUAL(phrases::no_files().c_str(), contents[3].c_str());
}

TEST_GROUP_BASE(EngineFiles, EngineStage){Effects answers(const std::string& text){mention(1);
typing_shown();
says(text);
return ends(success());
}
static std::vector<store::Outbox> promised(const Effects& effects) {
  std::vector<store::Outbox> entries;
  for (const store::Write& write : effects.writes)
    if (const auto* entry = std::get_if<store::Outbox>(&write)) entries.push_back(*entry);
  return entries;
}
static Json body(const std::string& payload) { return Json::parse(payload).value(); }
Effects refused(int chunk, int status, int code) {
  discord::RestError error{discord::RestError::Kind::refused, status, code, "Missing Permissions"};
  return tell(Posted{ChannelId{100}, MessageId{1}, chunk, tl::unexpected(error)});
}
}
;

TEST(EngineFiles, LongCodeIsPromisedAsAFileThatThePayloadNames) {
  auto entries = promised(answers("Look:\n" + code(300, "x")));
  LONGS_EQUAL(1, entries.size());
  LONGS_EQUAL(1, entries[0].files.size());
  STRCMP_EQUAL("code.py", entries[0].files[0].name.c_str());
  STRCMP_EQUAL("text/plain; charset=utf-8", entries[0].files[0].type.c_str());
  CHECK_TRUE(entries[0].files[0].bytes.view().ends_with("x = 299  # a line of code\n"));
  Json payload = body(entries[0].payload);
  LONGS_EQUAL(1, payload["attachments"].size());
  STRCMP_EQUAL("0", payload["attachments"][0]["id"].text_or("").c_str());
  STRCMP_EQUAL("code.py", payload["attachments"][0]["filename"].text_or("").c_str());
  STRCMP_CONTAINS("300 lines", payload["attachments"][0]["description"].text_or("").c_str());
}

TEST(EngineFiles, AShortAnswerHasNothingToSayInstead) {
  auto entries = promised(answers("short"));
  STRCMP_EQUAL("", entries.at(0).instead.c_str());
  CHECK_FALSE(body(entries[0].payload)["attachments"]);
}

TEST(EngineFiles, RefusedFilesMakeThePlainAnswer) {
  std::string text = "Look:\n" + code(300, "x");
  answers(text);
  Effects effects = refused(0, 403, 50013);
  std::vector<std::string> plain = render::answer({agent::Text{text}});
  auto entries = promised(effects);
  LONGS_EQUAL(plain.size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Json payload = body(entries[i].payload);
    LONGS_EQUAL(static_cast<long>(i), entries[i].chunk);
    STRCMP_EQUAL(fmt::format("1-{}", i).c_str(), payload["nonce"].text_or("").c_str());
    CHECK_TRUE(payload["message_reference"].is_object() == (i == 0));
    CHECK_FALSE(payload["attachments"]);
    CHECK_TRUE(entries[i].files.empty());
    CHECK_TRUE(payload["content"].text_or("").starts_with(plain[i]));
  }
  STRCMP_CONTAINS("Attach Files", body(entries.back().payload)["content"].text_or("").c_str());
  STRCMP_EQUAL("", inbox_states(effects).c_str());
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) posted(1, static_cast<int>(i));
  STRCMP_EQUAL("1:answered", inbox_states(posted(1, static_cast<int>(entries.size()) - 1)).c_str());
}

TEST(EngineFiles, WhereNothingMayBeWrittenTheWordsAreRefusedToo) {
  answers(code(300, "x"));
  refused(0, 403, 50013);
  Effects effects = refused(0, 403, 50013);
  STRCMP_EQUAL("1:answering 1:failed", inbox_states(effects).c_str());
  STRCMP_CONTAINS("+mark(1)", acts(effects).c_str());
}

TEST(EngineFiles, TheButtonOfAFailedTurnGoesWithTheWords) {
  mention(1);
  typing_shown();
  says(code(300, "x"));
  ends(failure(agent::Failure::network));
  auto entries = promised(refused(0, 413, 40005));
  for (const store::Outbox& entry : entries)
    CHECK_TRUE(body(entry.payload)["components"].is_array() == (entry.chunk == entries.back().chunk));
}

// A crash may come between the refusal and its commit, or after it.
TEST(EngineFiles, TheNextDaemonKnowsWhatToSayInstead) {
  auto entries = promised(answers(code(300, "x")));
  store::Snapshot snapshot;
  store::Inbox answering;
  answering.message = MessageId{1};
  answering.channel = ChannelId{100};
  answering.project = "one";
  answering.state = store::InboxState::answering;
  snapshot.inbox = {answering};
  entries[0].files.clear();
  snapshot.outbox = entries;
  Engine next{settings(), 2};
  next.handle(Connected{kSelf}, now);
  STRCMP_EQUAL("find(1/0)", acts(next.restore(snapshot, now)).c_str());
  next.handle(Searched{ChannelId{100}, MessageId{1}, 0, std::optional<MessageId>()}, now);
  discord::RestError error{discord::RestError::Kind::refused, 403, 50013, "Missing Permissions"};
  Effects effects = next.handle(Posted{ChannelId{100}, MessageId{1}, 0, tl::unexpected(error)}, now);
  CHECK_TRUE(promised(effects).size() > 3);
  STRCMP_CONTAINS("post(1/0", acts(effects).c_str());
}

TEST(EngineFiles, WhatIsBeyondWhatIsKeptOfATurnIsSaidToBeLeftOut) {
  mention(1);
  typing_shown();
  for (int i = 0; i < 6; ++i) says(std::string(1'000'000, 'x'));
  auto entries = promised(ends(success()));
  std::string_view whole = entries.back().files.at(0).bytes.view();
  CHECK_TRUE(whole.size() > 1'000'000 && whole.size() < 1'100'000);
  STRCMP_CONTAINS("more than 1024 KiB", std::string(whole.substr(whole.size() - 200)).c_str());
}
