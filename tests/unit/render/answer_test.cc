// An agent's answer as the messages that should exist.
#include "render/answer.h"

#include <string>
#include <vector>

#include "base/text.h"

#include <CppUTest/TestHarness.h>

using coordinator::agent::Text;
using coordinator::render::answer;
using coordinator::render::AnswerOptions;
namespace text = coordinator::text;

namespace {

void same(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  for (std::size_t i = 0; i < expected.size() && i < actual.size(); ++i)
    STRCMP_EQUAL(expected[i].c_str(), actual[i].c_str());
  LONGS_EQUAL(expected.size(), actual.size());
}

std::string lines(std::size_t count) {
  std::string out;
  for (std::size_t i = 1; i <= count; ++i) out += "This is line number " + std::to_string(i) + ".\n";
  return out;
}

}  // namespace

TEST_GROUP(Answer){};

TEST(Answer, JoinsBlocksByBlankLines) {
  same({"one\n\n  - two\n\nthree"},
       answer({Text{"one\n"}, Text{"\n  - two \n\n"}, Text{" \n"}, Text{"three"}}));
}

TEST(Answer, IsNothingWhereNothingIsVisible) {
  same({}, answer({}));
  same({}, answer({Text{""}, Text{" \n\u200B"}}));
}

TEST(Answer, WritesWhatDiscordCannotShowAsWhatItCan) {
  const std::string table = "#### T\n| a | b |\n|---|---|\n| 1 | 2 |\n";
  same({"**T**\n```\na  b\n─  ─\n1  2\n```"}, answer({Text{table}}));
  AnswerOptions plain;
  plain.for_discord = false;
  same({table.substr(0, table.size() - 1)}, answer({Text{table}}, plain));
}

TEST(Answer, ShowsWhatIsNothingButMarkupAsItIsWritten) {
  same({"<!-- to do -->"}, answer({Text{"<!-- to do -->"}}));
  same({"[a]: https://b.c"}, answer({Text{"[a]: https://b.c"}}));
}

TEST(Answer, MendsBytesThatAreNoText) {
  same({"a\uFFFDb"}, answer({Text{"a\xFF"
                                  "b"}}));
}

TEST(Answer, TakesAsManyMessagesAsItMay) {
  std::vector<std::string> messages = answer({Text{lines(100)}}, AnswerOptions{20, 300});
  CHECK_TRUE(messages.size() > 5);
  STRCMP_CONTAINS("line number 100.", messages.back().c_str());
}

TEST(Answer, SaysHowMuchWasLeftOut) {
  std::vector<std::string> messages = answer({Text{lines(1000)}}, AnswerOptions{3, 300});
  LONGS_EQUAL(3, messages.size());
  for (const std::string& message : messages) CHECK_TRUE(text::code_points(message) <= 300);
  std::size_t shown = messages[0].size() + messages[1].size() + messages[2].find("\n\n*…");
  std::size_t all = lines(1000).size() - 1;
  std::string wanted = std::to_string((all - shown - 2) % 1000) +
                       " more characters were left out: an answer takes at most 3 messages.";
  STRCMP_CONTAINS(wanted.c_str(), messages[2].c_str());
  STRCMP_CONTAINS("Ask for the rest", messages[2].c_str());
}

TEST(Answer, CountsWhatItDoesNotEvenRender) {
  std::vector<std::string> messages = answer({Text{std::string(5'000'000, 'x')}}, AnswerOptions{2, 300});
  LONGS_EQUAL(2, messages.size());
  STRCMP_CONTAINS("4,999,", messages[1].c_str());
  CHECK_TRUE(text::code_points(messages[1]) <= 300);
}

TEST(Answer, TellsWhatItLeftOutWhereTheRestShrankToOneMessage) {
  std::string padded;
  for (int i = 0; i < 100; ++i)
    padded += "| a" + std::string(200, ' ') + "| b |\n" + (i ? "" : "|---|---|\n");
  std::vector<std::string> messages = answer({Text{padded}}, AnswerOptions{1, 300});
  STRCMP_CONTAINS("more characters were left out", messages.back().c_str());
}

TEST(Answer, ClosesAFenceThatIsCutOff) {
  std::vector<std::string> messages = answer({Text{"```cpp\n" + lines(100) + "```"}}, AnswerOptions{1, 300});
  LONGS_EQUAL(1, messages.size());
  CHECK_TRUE(messages[0].starts_with("```cpp\n"));
  STRCMP_CONTAINS("\n```\n\n*…", messages[0].c_str());
  STRCMP_CONTAINS("at most 1 message.", messages[0].c_str());
}
