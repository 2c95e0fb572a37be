// The splitter on chosen texts: where it cuts, what it adds, what it refuses to break.
#include "render/splitter.h"

#include <ctime>
#include <string>
#include <vector>

#include "base/text.h"

#include <CppUTest/TestHarness.h>

using coordinator::render::Chunk;
using coordinator::render::SplitOptions;
namespace render = coordinator::render;
namespace text = coordinator::text;

namespace {

std::string repeat(const std::string& piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (; times > 0; --times) out += piece;
  return out;
}

std::string joined(const std::vector<Chunk>& chunks) {
  std::string out;
  for (const Chunk& chunk : chunks) out += source(chunk);
  return out;
}

// Splits, and checks what holds for every text.
std::vector<std::string> split(const std::string& markdown, std::size_t limit = 2000) {
  std::vector<Chunk> chunks = render::split(markdown, SplitOptions{limit});
  std::vector<std::string> texts;
  for (const Chunk& chunk : chunks) {
    CHECK_TRUE(text::code_points(chunk.text) <= limit);
    CHECK_FALSE(text::blank(chunk.text));
    texts.push_back(chunk.text);
  }
  if (!chunks.empty()) CHECK_TRUE(joined(chunks) == markdown);
  return texts;
}

void same(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  for (std::size_t i = 0; i < expected.size() && i < actual.size(); ++i)
    STRCMP_EQUAL(expected[i].c_str(), actual[i].c_str());
  LONGS_EQUAL(expected.size(), actual.size());
}

}  // namespace

TEST_GROUP(Splitter){};

TEST(Splitter, LeavesAShortTextAlone) {
  same({"hello"}, split("hello"));
  same({"hello"}, split("\n\n  hello \r\n"));
  same({"日本\n\n👍"}, split("日本\n\n👍"));
}

TEST(Splitter, SendsNothingForTextThatNobodyCanSee) {
  same({}, split(""));
  same({}, split(" \t\r\n\u3000\u200B\uFEFF"));
  same({}, split(repeat("\n", 5000)));
}

TEST(Splitter, FillsAMessageToTheLastCodePoint) {
  same({repeat("日", 2000)}, split(repeat("日", 2000)));
  same({repeat("x", 2000)}, split("\n" + repeat("x", 2000) + "\n\n"));
  same({repeat("x", 2000), "x"}, split(repeat("x", 2001)));
}

TEST(Splitter, PrefersParagraphsToLines) {
  std::string first = repeat("a", 30), second = repeat("b", 20) + "\n" + repeat("b", 30);
  same({first, second}, split(first + "\n\n" + second, 60));
}

TEST(Splitter, PrefersLinesToSentences) {
  same({"One two three. Four", "five six. Seven eight."},
       split("One two three. Four\nfive six. Seven eight.", 30));
}

TEST(Splitter, PrefersSentencesToWords) {
  same({"One two three. Four five.", "Six seven eight nine ten."},
       split("One two three. Four five. Six seven eight nine ten.", 34));
  same({"“One two three four.”", "Five six seven"}, split("“One two three four.” Five six seven", 30));
  same({"一二三四五。", "六七八九十"}, split("一二三四五。六七八九十", 8));
}

TEST(Splitter, PrefersWordsToHardCuts) {
  same({"one two", "three four", "five"}, split("one two three four five", 10));
  same({"x", repeat("y", 20), repeat("y", 5)}, split("x " + repeat("y", 25), 20));
}

TEST(Splitter, KeepsAHeadingWithItsParagraph) {
  std::string body = repeat("word ", 8);
  same({repeat("a", 30), "# Title\n\n" + repeat("word ", 7) + "word"},
       split(repeat("a", 30) + "\n\n# Title\n\n" + body, 60));
}

TEST(Splitter, KeepsClustersWhole) {
  std::string family = "👨‍👩‍👧‍👦";
  same({family, family, family}, split(repeat(family, 3), 10));
  same({"🇩🇪", "🇫🇷"}, split("🇩🇪🇫🇷", 3));
  same({"e\u0301e\u0301", "e\u0301"}, split("e\u0301e\u0301e\u0301", 5));
  same({"x", "👍🏽"}, split("x👍🏽", 2));
}

TEST(Splitter, CutsAClusterThatIsLongerThanAMessage) {
  LONGS_EQUAL(3, split("e" + repeat("\u0301", 5000)).size());
  LONGS_EQUAL(1, split("\u200B" + repeat("\u200D", 5000) + "x").size());
}

TEST(Splitter, ClosesAndReopensAFence) {
  std::string code = "```cpp\nint first = 1;\nint second = 2;\nint third = 3;\n```";
  same({"```cpp\nint first = 1;\n```", "```cpp\nint second = 2;\n```", "```cpp\nint third = 3;\n```"},
       split(code, 33));
}

TEST(Splitter, CutsInFrontOfAFenceRatherThanInIt) {
  std::string code = "```\n" + repeat("line\n", 8) + "```";
  same({"Here it is:", code}, split("Here it is:\n" + code, 50));
}

TEST(Splitter, ReopensLongFencesAroundShortOnes) {
  std::string text = "````md\n```js\none();\n```\n~~~\nmore text here\n````\n\nThe end of it.";
  same({"````md\n```js\none();\n```\n~~~\n````", "````md\nmore text here\n````", "The end of it."},
       split(text, 34));
}

TEST(Splitter, KnowsTildesAndKeepsTheirLanguage) {
  same({"~~~python title=x\none = 1\n~~~", "~~~python\ntwo = 2\n~~~"},
       split("~~~python title=x\none = 1\ntwo = 2\n~~~", 34));
}

TEST(Splitter, ReopensFencesInsideQuotes) {
  same({"> ```js\n> first_call();\n> ```", "> ```js\n> other_call();\n> ```\nafter"},
       split("> ```js\n> first_call();\n> other_call();\n> ```\nafter", 40));
}

TEST(Splitter, EndsAFenceWhereItsQuoteEnds) {
  same({"> ```\n> some code of it\n> ```", "plain text\nplain text"},
       split("> ```\n> some code of it\nplain text\nplain text", 30));
}

TEST(Splitter, ReopensFencesInsideListItems) {
  same({"1. Do:\n   ```sh\n   make one\n   make two\n```", "```sh\n   make three\n   ```\n2. Done."},
       split("1. Do:\n   ```sh\n   make one\n   make two\n   make three\n   ```\n2. Done.", 46));
}

TEST(Splitter, ContinuesAQuoteInsideItsLine) { same({"> one two", "> three"}, split("> one two three", 14)); }

TEST(Splitter, SendsNoEmptyRestOfAFence) {
  same({"```\n" + repeat("x", 12) + "\n```", "end"},
       split("```\n" + repeat("x", 12) + "\n\n\n```````\nend", 20));
}

TEST(Splitter, ClosesAFenceThatNeverCloses) {
  same({"```\nabc\n```"}, split("```\nabc"));
  same({"```\nabc\n```"}, split("```\nabc\n"));
}

TEST(Splitter, KeepsBlankLinesAndIndentationInsideAFence) {
  same({"```py\nif a:\n\n```", "```py\n    b()\n    c()\n```"},
       split("```py\nif a:\n\n    b()\n    c()\n```", 27));
}

TEST(Splitter, KeepsWindowsLineEnds) {
  same({"one\r\ntwo", "three"}, split("one\r\ntwo\r\n\r\nthree\r\n", 11));
  same({"```js\r\na();\r\n```", "```js\nb();\r\n```"}, split("```js\r\na();\r\nb();\r\n```\r\n", 20));
}

TEST(Splitter, MakesNoFenceByCutting) {
  for (const std::string& chunk : split(repeat("x", 18) + "```" + repeat("y", 30), 20))
    CHECK_FALSE(chunk.starts_with("```"));
}

TEST(Splitter, TreatsBytesThatAreNoTextAsCharacters) { LONGS_EQUAL(3, split(repeat("\xFF", 5000)).size()); }

TEST(Splitter, EndsEvenWhereNothingFits) {
  std::string text =
      "> ```javascript\n> one two three\n> ```\n\n\u0301\u0301 👨‍👩‍👧‍👦 "
      "\n\n~~~\n\n\n\n~~~\n";
  for (std::size_t limit = 1; limit < 40; ++limit) {
    std::vector<Chunk> chunks = render::split(text, SplitOptions{limit});
    CHECK_TRUE(joined(chunks) == text);
  }
}

TEST_GROUP(SplitterOnHostileText) {
  // Generous: a quadratic splitter would take hours for these.
  void within_ten_seconds(const std::string& markdown) {
    std::clock_t begin = std::clock();  // of this process: a busy machine changes nothing
    split(markdown);
    CHECK_TRUE(std::clock() - begin < 10 * CLOCKS_PER_SEC);
  }
  static constexpr std::size_t kBytes = 1 << 19;
};

TEST(SplitterOnHostileText, OneWord) { within_ten_seconds(repeat("x", kBytes)); }
TEST(SplitterOnHostileText, OnlyFences) { within_ten_seconds(repeat("```\n", kBytes / 4)); }
TEST(SplitterOnHostileText, OneEndlessFenceMark) { within_ten_seconds(repeat("`", kBytes)); }
TEST(SplitterOnHostileText, OnlyLineEnds) { within_ten_seconds("a" + repeat("\n", kBytes) + "b"); }
TEST(SplitterOnHostileText, LineEndsInAFence) {
  within_ten_seconds("```\na" + repeat("\n", kBytes) + "b\n```");
}
TEST(SplitterOnHostileText, LineEndsInAQuotedFence) {
  within_ten_seconds("> ```\n> a" + repeat("\n> ", kBytes / 3) + "\n> ```");
}
TEST(SplitterOnHostileText, OnlyBlanks) {
  within_ten_seconds("a" + repeat(" ", kBytes) + "b" + repeat("\t", 5000) + "c");
}
TEST(SplitterOnHostileText, OnlyMarks) { within_ten_seconds("e" + repeat("\u0301", kBytes / 2)); }
TEST(SplitterOnHostileText, OnlyJoiners) { within_ten_seconds("a" + repeat("\u200D", kBytes / 3) + "b"); }
TEST(SplitterOnHostileText, OnlyFlags) { within_ten_seconds(repeat("🇩🇪", kBytes / 8)); }
TEST(SplitterOnHostileText, OnlyQuotes) { within_ten_seconds(repeat("> ", kBytes / 2) + "x"); }
TEST(SplitterOnHostileText, ShortLineBeforeEachLongWord) {
  within_ten_seconds(repeat("a " + repeat("b", 2000) + "\n", kBytes / 2003));
}
