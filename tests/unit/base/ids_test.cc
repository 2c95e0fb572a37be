// Snowflakes: what counts as one, and when it was made.
#include "base/ids.h"

#include <string>
#include <unordered_set>

#include <CppUTest/TestHarness.h>

using namespace coordinator;

TEST_GROUP(Snowflake){};

TEST(Snowflake, ParsesDecimalDigitsAndNothingElse) {
  CHECK_TRUE(UserId::parse("18446744073709551615") == UserId{~0ull});
  CHECK_TRUE(UserId::parse("1") == UserId{1});
  for (const char* text :
       {"", "0", "-1", "+1", " 1", "1 ", "0x1", "1.0", "1e3", "18446744073709551616", "one"})
    CHECK_TEXT(!UserId::parse(text).has_value(), text);
  CHECK_FALSE(UserId::parse(std::string_view("1\0002", 3)).has_value());
  CHECK_FALSE(UserId::parse(std::string_view()).has_value());
}

TEST(Snowflake, TellsWhenItWasMade) {
  // The example of https://discord.com/developers/docs/reference#snowflakes
  LONGLONGS_EQUAL(1462015105796, MessageId{175928847299117063ull}.created().time_since_epoch().count());
}

TEST(Snowflake, ZeroMeansNone) {
  CHECK_FALSE(static_cast<bool>(UserId{}));
  CHECK_TRUE(static_cast<bool>(UserId{5}));
}

TEST(Snowflake, LaterOnesAreGreaterAndEqualOnesHashAlike) {
  CHECK_TRUE(MessageId{2} > MessageId{1});
  std::unordered_set<MessageId> seen{MessageId{1}, MessageId{2}, MessageId{1}};
  LONGS_EQUAL(2, seen.size());
}
