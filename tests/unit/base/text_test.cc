// Text as Discord and a terminal measure it.
#include "base/text.h"

#include <string>

#include <CppUTest/TestHarness.h>

namespace text = coordinator::text;

namespace {

const std::string kFamily = "👨‍👩‍👧‍👦";
const std::string kFlags = "🇩🇪🇫🇷";

void same(const std::string& expected, std::string_view actual) {
  STRCMP_EQUAL(expected.c_str(), std::string(actual).c_str());
}

}  // namespace

TEST_GROUP(Text){};

TEST(Text, CountsCodePointsAsDiscordDoes) {
  LONGS_EQUAL(0, text::code_points(""));
  LONGS_EQUAL(5, text::code_points("hello"));
  LONGS_EQUAL(2, text::code_points("日本"));
  LONGS_EQUAL(7, text::code_points(kFamily));
  LONGS_EQUAL(4, text::code_points("e\u0301\r\n"));
}

TEST(Text, CountsEveryByteThatIsNoUtf8) {
  LONGS_EQUAL(4, text::code_points("a\xFF\xC3z"));
  LONGS_EQUAL(2, text::code_points("\xE6\x97"));
  LONGS_EQUAL(3, text::code_points("\xED\xA0\x80"));
}

TEST(Text, FindsTheOffsetBehindSoManyCodePoints) {
  LONGS_EQUAL(0, text::offset_of("日本", 0));
  LONGS_EQUAL(3, text::offset_of("日本", 1));
  LONGS_EQUAL(7, text::offset_of("a日本b", 3));
  LONGS_EQUAL(8, text::offset_of("a日本b", 99));
}

TEST(Text, NeverBreaksACluster) {
  LONGS_EQUAL(3, text::grapheme_floor("abcdef", 3));
  LONGS_EQUAL(0, text::grapheme_floor(kFamily, kFamily.size() - 1));
  LONGS_EQUAL(kFamily.size(), text::grapheme_floor(kFamily + "a", kFamily.size() + 0));
  LONGS_EQUAL(1, text::grapheme_floor("a\r\nb", 2));
  LONGS_EQUAL(1, text::grapheme_floor("ae\u0301", 2));
  LONGS_EQUAL(1, text::grapheme_floor("ae\u0301", 3));
  LONGS_EQUAL(2, text::grapheme_floor("ab", 7));
}

TEST(Text, KeepsFlagsInPairs) {
  LONGS_EQUAL(8, text::grapheme_floor(kFlags, 8));
  LONGS_EQUAL(8, text::grapheme_floor(kFlags, 12));
  LONGS_EQUAL(0, text::grapheme_floor(kFlags, 4));
}

TEST(Text, MeasuresColumns) {
  LONGS_EQUAL(5, text::columns("hello"));
  LONGS_EQUAL(4, text::columns("日本"));
  LONGS_EQUAL(1, text::columns("e\u0301"));
  LONGS_EQUAL(2, text::columns(kFamily));
  LONGS_EQUAL(4, text::columns(kFlags));
  LONGS_EQUAL(2, text::columns("❤️"));
  LONGS_EQUAL(2, text::columns("1️⃣"));
  LONGS_EQUAL(2, text::columns("👍🏽"));
  LONGS_EQUAL(0, text::columns(""));
}

TEST(Text, MendsWhatIsNoUtf8) {
  same("plain 日本", text::valid_utf8("plain 日本"));
  same("a\uFFFD\uFFFDz", text::valid_utf8("a\xFF\xC3z"));
  same("\uFFFD\uFFFD\uFFFD", text::valid_utf8("\xED\xA0\x80"));
  same("a\uFFFDb", text::valid_utf8(std::string_view("a\0b", 3)));
}

TEST(Text, CutsWithAnEllipsisThatCounts) {
  same("hello", text::ellipsized("hello", 5));
  same("hel…", text::ellipsized("hello", 4));
  same("…", text::ellipsized("hello", 1));
  same("", text::ellipsized("hello", 0));
  same("a…", text::ellipsized("a" + kFamily + "b", 5));
}

TEST(Text, TrimsBlanksAndLineEnds) {
  same("a b", text::trimmed(" \t\r\na b\n"));
  same("", text::trimmed(" \n "));
}

TEST(Text, KnowsWhatNobodyCanSee) {
  CHECK_TRUE(text::blank(""));
  CHECK_TRUE(text::blank(" \t\r\n\u00A0\u3000\u200B\u200D\uFEFF\u2060"));
  CHECK_FALSE(text::blank(" . "));
  CHECK_FALSE(text::blank("\u0301"));
  CHECK_FALSE(text::blank("日"));
}

TEST(Text, MeasuresEditDistance) {
  LONGS_EQUAL(0, text::distance("model", "model"));
  LONGS_EQUAL(3, text::distance("kitten", "sitting"));
  LONGS_EQUAL(5, text::distance("", "model"));
  LONGS_EQUAL(1, text::distance("modle", "mode"));
}
