// What is written to Claude Code: its arguments, its environment and the lines on its stdin.
#include "agent/claude.h"

#include <algorithm>
#include <string>
#include <vector>

#include "agent/pictures.h"
#include "base/json.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::agent;

namespace {

TurnSpec spec() {
  TurnSpec spec;
  spec.turn_id = "0123456789abcdef";
  spec.agent.command = {"claude"};
  spec.session_id = "11111111-2222-4333-8444-555555555555";
  spec.message_uuid = "99999999-2222-4333-8444-555555555555";
  spec.prompt = "--help me";
  return spec;
}

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

}  // namespace

TEST_GROUP(Claude) { Claude claude; };

TEST(Claude, BeginsASessionThatWeHaveNamed) {
  auto argv = claude.argv(spec());
  STRCMP_EQUAL("claude", argv[0].c_str());
  CHECK_TRUE(has(argv, "--session-id=11111111-2222-4333-8444-555555555555"));
  CHECK_TRUE(has(argv, "--input-format=stream-json"));
  CHECK_TRUE(has(argv, "--permission-prompt-tool=stdio"));
  CHECK_TRUE(has(argv, "--disable-slash-commands"));
}

TEST(Claude, ResumesWithoutNamingTheSessionAgain) {
  auto resumed = spec();
  resumed.resume = true;
  auto argv = claude.argv(resumed);
  CHECK_TRUE(has(argv, "--resume=11111111-2222-4333-8444-555555555555"));
  CHECK_FALSE(has(argv, "--session-id=11111111-2222-4333-8444-555555555555"));
}

TEST(Claude, BeginsACopyOfASessionUnderANameOfItsOwn) {
  auto copy = spec();
  copy.fork_of = "aaaaaaaa-2222-4333-8444-555555555555";
  auto argv = claude.argv(copy);
  CHECK_TRUE(has(argv, "--resume=aaaaaaaa-2222-4333-8444-555555555555"));
  CHECK_TRUE(has(argv, "--fork-session"));
  CHECK_TRUE(has(argv, "--session-id=11111111-2222-4333-8444-555555555555"));
  copy.resume = true;  // it has begun: the original is of no more use
  argv = claude.argv(copy);
  CHECK_TRUE(has(argv, "--resume=11111111-2222-4333-8444-555555555555"));
  CHECK_FALSE(has(argv, "--fork-session"));
}

TEST(Claude, OffersAliasesAndTellsThemFromModelIds) {
  for (const ModelAlias& model : claude.models()) {
    CHECK_FALSE(claude.is_full_model_id(model.alias));
    CHECK_FALSE(model.description.empty());
  }
  for (const char* alias : {"opus[1m]", "opusplan", "default", "my-gateway.model-2", "1234567"})
    CHECK_FALSE(claude.is_full_model_id(alias));
  for (const char* id : {"claude-sonnet-5-5", "us.anthropic.claude-opus-5-5", "sonnet-20261101", "20261101"})
    CHECK_TRUE(claude.is_full_model_id(id));
}

TEST(Claude, KeepsUserWordsOutOfArgv) {
  for (const auto& argument : claude.argv(spec())) CHECK_TRUE(argument.find("help") == std::string::npos);
}

TEST(Claude, GivesEveryToolAndTheSystemPromptAsOneArgumentEach) {
  auto full = spec();
  full.model = "sonnet";
  full.allowed_tools = {"Bash(git log, x)", "Read"};
  full.system_prompt = "-- be brief";
  auto argv = claude.argv(full);
  CHECK_TRUE(has(argv, "--model=sonnet"));
  CHECK_TRUE(has(argv, "--allowedTools=Bash(git log, x)"));
  CHECK_TRUE(has(argv, "--allowedTools=Read"));
  CHECK_TRUE(has(argv, "--append-system-prompt=-- be brief"));
  CHECK_TRUE(has(argv, "--system-prompt-snapshot=off"));
}

TEST(Claude, WritesThePromptAsOneLineThatCarriesItsUuid) {
  auto asked = spec();
  asked.prompt = "two\nlines \"quoted\"";
  auto line = claude.prompt(asked);
  LONGS_EQUAL(line.size() - 1, line.find('\n'));
  auto json = Json::parse(line);
  STRCMP_EQUAL("user", json->view()["type"].text_or("").c_str());
  STRCMP_EQUAL(asked.prompt.c_str(), json->view()["message"]["content"].text_or("").c_str());
  STRCMP_EQUAL(asked.message_uuid.c_str(), json->view()["uuid"].text_or("").c_str());
}

TEST(Claude, InterruptsAndAnswersAsTheControlProtocolSays) {
  STRCMP_EQUAL(
      "{\"type\":\"control_request\",\"request_id\":\"interrupt\",\"request\":{\"subtype\":\"interrupt\"}}\n",
      claude.interrupt().c_str());
  STRCMP_EQUAL(
      "{\"type\":\"control_response\",\"response\":{\"subtype\":\"success\",\"request_id\":\"r1\","
      "\"response\":"
      "{\"behavior\":\"deny\",\"message\":\"no\"}}}\n",
      claude.answer({"r1", false, "no"}).c_str());
  STRCMP_EQUAL(
      "{\"type\":\"control_response\",\"response\":{\"subtype\":\"success\",\"request_id\":\"r1\","
      "\"response\":"
      "{\"behavior\":\"allow\"}}}\n",
      claude.answer({"r1", true, ""}).c_str());
}

TEST(Claude, TellsWhatAllowingForTheSessionWouldAllow) {
  auto asked = [&](const std::string& suggestions) {
    auto events =
        claude.parse(R"({"type":"control_request","request_id":"r1","request":{"subtype":"can_use_tool",)"
                     R"("tool_name":"Bash","input":{"command":"touch a"},"tool_use_id":"t1")" +
                     suggestions + "}}");
    return std::get<PermissionRequest>(events.at(0));
  };
  auto suggested = asked(
      R"(,"permission_suggestions":[{"type":"addRules","rules":[{"toolName":"Bash","ruleContent":"touch a"}],)"
      R"("behavior":"allow","destination":"localSettings"},{"type":"setMode","mode":"acceptEdits"}])");
  LONGS_EQUAL(1, suggested.rules.size());
  STRCMP_EQUAL("Bash(touch a)", suggested.rules[0].c_str());
  CHECK_FALSE(suggested.question);
  STRCMP_EQUAL("Bash", asked("").rules.at(0).c_str());
  CHECK_TRUE(asked(R"(,"requires_user_interaction":true)").question);
}

TEST(Claude, AllowsForTheSessionAndWithAnotherInput) {
  auto answered = [&](const PermissionAnswer& answer) { return Json::parse(claude.answer(answer)).value(); };
  PermissionAnswer session{"r", true};
  session.rules = {"Bash(f(x) (y))", "Write"};
  Json line = answered(session);
  JsonView update = line["response"]["response"]["updatedPermissions"][0];
  STRCMP_EQUAL("addRules allow session", (update["type"].text_or("") + " " + update["behavior"].text_or("") +
                                          " " + update["destination"].text_or(""))
                                             .c_str());
  STRCMP_EQUAL("Bash", update["rules"][0]["toolName"].text_or("").c_str());
  STRCMP_EQUAL("f(x) (y)", update["rules"][0]["ruleContent"].text_or("").c_str());
  STRCMP_EQUAL("Write", update["rules"][1]["toolName"].text_or("").c_str());
  CHECK_FALSE(update["rules"][1]["ruleContent"]);

  PermissionAnswer chosen{"r", true};
  chosen.input = "{\"answers\":{\"Which?\":\"Blue\"}}";
  Json other = answered(chosen);
  STRCMP_EQUAL(chosen.input.c_str(), other["response"]["response"]["updatedInput"].dump().c_str());
}

TEST(Claude, MakesFileMentionsAndBackgroundWorkInert) {
  auto environment = claude.environment(spec());
  STRCMP_EQUAL("1", environment["CLAUDE_CODE_DISABLE_FILE_MENTIONS"].c_str());
  STRCMP_EQUAL("1", environment["CLAUDE_CODE_DISABLE_BACKGROUND_TASKS"].c_str());
  STRCMP_EQUAL("1", environment["CLAUDE_CODE_DISABLE_CRON"].c_str());
}

TEST(Claude, ReadsFromItsStderrWhatAConversationCanAnswer) {
  CHECK_TRUE(claude.failure_of("Error: Session ID 3e688006 is already in use.") == Failure::session_exists);
  CHECK_TRUE(claude.failure_of("No conversation found with session ID: x") == Failure::session_unknown);
  CHECK_TRUE(claude.failure_of("Segmentation fault") == Failure::other);
  CHECK_TRUE(claude.failure_of("") == Failure::other);
}

TEST(Claude, PicturesStandBeforeTheWords) {
  TurnSpec asked = spec();
  asked.prompt = "what is this?";
  asked.pictures = {{{"a.png"}, "image/png", std::string("\xff\0a", 3)}, {{"gone.png"}, "image/png", ""}};
  auto json = Json::parse(claude.prompt(asked)).value();
  JsonView content = json["message"]["content"];
  LONGS_EQUAL(2, content.size());
  STRCMP_EQUAL(R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"/wBh"}})",
               content[0].dump().c_str());
  STRCMP_EQUAL(R"({"type":"text","text":"what is this?"})", content[1].dump().c_str());
}

TEST(Claude, PicturesThatAreGoneLeaveTheWords) {
  TurnSpec asked = spec();
  asked.prompt = "what is this?";
  asked.pictures = {{{"gone.png"}, "image/png", ""}};
  auto json = Json::parse(claude.prompt(asked)).value();
  STRCMP_EQUAL("what is this?", json["message"]["content"].text_or("").c_str());
}

TEST(Claude, BytesAreWrittenInBase64) {
  STRCMP_EQUAL("", base64("").c_str());
  STRCMP_EQUAL("Zg==", base64("f").c_str());
  STRCMP_EQUAL("Zm8=", base64("fo").c_str());
  STRCMP_EQUAL("Zm9v", base64("foo").c_str());
}
