// An agent's answer as the messages that should exist.
#include "render/answer.h"

#include <string>
#include <vector>

#include "base/text.h"

#include <CppUTest/TestHarness.h>

using coordinator::agent::Text;
using coordinator::render::answer;
using coordinator::render::answer_with_files;
using coordinator::render::AnswerOptions;
using coordinator::render::Message;
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

TEST_GROUP(AnswerWithFiles){};

TEST(AnswerWithFiles, LongCodeIsAPreviewAndAFile) {
  std::vector<Message> messages = answer_with_files({Text{"See:\n```python\n" + lines(300) + "```\nEnd."}});
  LONGS_EQUAL(1, messages.size());
  STRCMP_EQUAL(
      ("See:\n```python\n" + lines(20) + "```\n-# … 280 more lines: the whole is in code.py\nEnd.").c_str(),
      messages[0].content.c_str());
  LONGS_EQUAL(1, messages[0].files.size());
  STRCMP_EQUAL("code.py", messages[0].files[0].name.c_str());
  STRCMP_EQUAL("python, 300 lines of code", messages[0].files[0].caption.c_str());
  CHECK_TRUE(messages[0].files[0].content == lines(300));
}

TEST(AnswerWithFiles, CodeOfTwoMessagesStaysInThem) {
  LONGS_EQUAL(0, answer_with_files({Text{"```\n" + lines(140) + "```"}}).back().files.size());
  LONGS_EQUAL(1, answer_with_files({Text{"```\n" + lines(170) + "```"}}).back().files.size());
}

TEST(AnswerWithFiles, TakesTheMarksOfContainersFromTheCode) {
  std::string quoted = "> ```sh\n", item = "- a\n  ```sh\n";
  for (int i = 0; i < 400; ++i) quoted += "> echo 12345\n>   x\n", item += "  echo 12345\n    x\n";
  std::vector<Message> messages = answer_with_files({Text{quoted + "> ```\n\n" + item + "  ```\n"}});
  LONGS_EQUAL(2, messages[0].files.size());
  STRCMP_EQUAL("code-2.sh", messages[0].files[1].name.c_str());
  for (const auto& file : messages[0].files)
    CHECK_TRUE(file.content.starts_with("echo 12345\n  x\necho 12345\n"));
}

TEST(AnswerWithFiles, AnAnswerThatIsTooLongGoesAlongAsItWasWritten) {
  std::string text = "#### All\n" + lines(1000);
  std::vector<Message> messages = answer_with_files({Text{text}}, AnswerOptions{3, 300});
  LONGS_EQUAL(3, messages.size());
  STRCMP_CONTAINS(" more characters: the whole answer is in answer.md.*", messages[2].content.c_str());
  LONGS_EQUAL(1, messages[2].files.size());
  CHECK_TRUE(messages[2].files[0].content + "\n" == text);
}

TEST(AnswerWithFiles, TheTenthFileIsTheWhole) {
  std::string text;
  for (int i = 0; i < 12; ++i) text += "```c\n" + lines(300) + "```\n";
  std::vector<Message> messages = answer_with_files({Text{text}}, AnswerOptions{20});
  std::size_t files = 0;
  for (const Message& message : messages) files += message.files.size();
  LONGS_EQUAL(10, files);
  STRCMP_EQUAL("answer.md", messages.back().files.back().name.c_str());
  STRCMP_CONTAINS("280 more lines: see answer.md", messages.back().content.c_str());
}

TEST(AnswerWithFiles, SaysWhatEvenAFileCannotHold) {
  AnswerOptions options;
  options.file_bytes = 10'000;
  std::vector<Message> messages = answer_with_files({Text{"```\n" + lines(500) + "```"}}, options);
  STRCMP_CONTAINS("480 more lines: the beginning is in code.txt", messages[0].content.c_str());
  const std::string& content = messages[0].files[0].content;
  CHECK_TRUE(content.size() <= 5000 && content.size() > 4800);
  STRCMP_CONTAINS(".\n… ", content.c_str());
  STRCMP_CONTAINS(" more bytes were left out.\n", content.c_str());
}

TEST(AnswerWithFiles, SaysSoWhereNotEvenTheWholeFits) {
  AnswerOptions options{2, 300};
  options.file_bytes = 10'000;
  std::vector<Message> messages = answer_with_files({Text{lines(5000)}}, options);
  STRCMP_CONTAINS("the beginning of the answer is in answer.md", messages[1].content.c_str());
  CHECK_TRUE(messages[1].files[0].content.size() <= 5000);
}

TEST(AnswerWithFiles, WhereNoFileCanGoAlongTheCodeIsSplit) {
  std::vector<std::string> messages = answer({Text{"```py\n" + lines(300) + "```"}});
  LONGS_EQUAL(4, messages.size());
  for (const std::string& message : messages) CHECK_TRUE(message.starts_with("```py\n"));
}
