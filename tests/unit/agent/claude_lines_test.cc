// What Claude Code's lines mean, over what the real one said: transcripts/NAME.io.ndjson holds the lines,
// transcripts/NAME.events what they mean (without those that only show that it lives).
#include "agent/claude_lines.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "agent/words.h"
#include "base/json.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::agent;

namespace {

const std::string kTranscripts = TEST_DATA "/transcripts/";

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string events_of(const std::string& transcript) {
  std::ifstream file(transcript);
  std::string out;
  for (std::string line; std::getline(file, line);) {
    auto json = Json::parse(line);
    if (!json || json->view()["dir"].text_or("") != "out") continue;
    for (const auto& event : parse_claude_line(json->view()["msg"].dump()))
      if (!std::holds_alternative<Alive>(event)) out += testing::words(event) + "\n";
  }
  return out;
}

std::string only(std::string_view line) { return testing::joined(parse_claude_line(line)); }

}  // namespace

TEST_GROUP(ClaudeLines){};

TEST(ClaudeLines, MeanWhatTheRealOneMeant) {
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kTranscripts)) {
    std::string path = entry.path();
    if (!path.ends_with(".io.ndjson")) continue;
    std::string expected = path.substr(0, path.size() - std::string(".io.ndjson").size()) + ".events";
    STRCMP_EQUAL_TEXT(read(expected).c_str(), events_of(path).c_str(), path.c_str());
    ++compared;
  }
  LONGS_EQUAL(23, compared);
}

TEST(ClaudeLines, OfALaterVersionShowThatItLives) {
  STRCMP_EQUAL("alive", only(R"({"type":"news_of_2030","x":1})").c_str());
  STRCMP_EQUAL("alive", only(R"({"type":"system","subtype":"weather"})").c_str());
  STRCMP_EQUAL("alive", only(R"({"type":"control_request","request":{"subtype":"dance"}})").c_str());
}

TEST(ClaudeLines, WithWrongTypesInsideAreNoTrouble) {
  STRCMP_EQUAL("alive", only(R"({"type":"assistant","message":7})").c_str());
  STRCMP_EQUAL("alive", only(R"({"type":"assistant","message":{"content":"words"}})").c_str());
  STRCMP_EQUAL("alive", only(R"({"type":"stream_event","event":[]})").c_str());
  STRCMP_EQUAL("result success [] x $0.00000 0+0",
               only(R"({"type":"result","session_id":"x","usage":3})").c_str());
  STRCMP_EQUAL("started  ", only(R"({"type":"system","subtype":"init","session_id":5})").c_str());
}

TEST(ClaudeLines, ThatAreNoneAreMalformed) {
  STRCMP_EQUAL("malformed: a JSON value without a type", only("{}").c_str());
  STRCMP_EQUAL("malformed: a JSON value without a type", only("[1,2]").c_str());
  STRCMP_CONTAINS("malformed: ", only("hello").c_str());
  STRCMP_CONTAINS("malformed: ", only("").c_str());
  STRCMP_CONTAINS("malformed: ", only(std::string(1000, '[')).c_str());
}

TEST(ClaudeLines, NameTheFailuresThatAPersonIsToldApart) {
  auto failure = [](const std::string& fields) {
    auto events = parse_claude_line(R"({"type":"result","is_error":true,)" + fields + "}");
    return std::string(testing::word(std::get<TurnResult>(events.at(0)).failure));
  };
  STRCMP_EQUAL("rate_limited", failure(R"("api_error_status":429)").c_str());
  STRCMP_EQUAL("overloaded", failure(R"("api_error_status":529)").c_str());
  STRCMP_EQUAL("not_logged_in", failure(R"("api_error_status":403)").c_str());
  STRCMP_EQUAL("prompt_too_long", failure(R"("terminal_reason":"blocking_limit")").c_str());
  STRCMP_EQUAL("limit_reached", failure(R"("terminal_reason":"budget_exhausted")").c_str());
  STRCMP_EQUAL("network", failure(R"("result":"API Error: Connection refused")").c_str());
  STRCMP_EQUAL("other", failure(R"("api_error_status":400)").c_str());
}
