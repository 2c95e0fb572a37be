// Durations, sizes, people and addresses as the configuration writes them.
#include "app/config_values.h"

#include <string>

#include "app/config_problem.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

TEST_GROUP(ConfigValues){};

TEST(ConfigValues, DurationsAddUpTheirUnits) {
  CHECK_TRUE(parse_duration("90s").value() == 90s);
  CHECK_TRUE(parse_duration("5min").value() == 5min);
  CHECK_TRUE(parse_duration("5m").value() == 5min);
  CHECK_TRUE(parse_duration("2h").value() == 2h);
  CHECK_TRUE(parse_duration("1h30m").value() == 90min);
  CHECK_TRUE(parse_duration("1d2h3min4s5ms").value() == 26h + 3min + 4s + 5ms);
  CHECK_TRUE(parse_duration("366d").value() == 366 * 24h);
}

TEST(ConfigValues, DurationsNeedUnitsInOrderAndAnEnd) {
  for (const char* text :
       {"", "90", "s", "5 min", "-5s", "1.5h", "1m1h", "1m1min", "5s5s", "5secs", "1h30", "0s", "0h0s",
        "367d", "366d1ms", "99999999999999999999d", "18446744073709551615ms", "5S"})
    CHECK_FALSE_TEXT(parse_duration(text).has_value(), text);
  STRCMP_EQUAL(
      "\"soon\" is no duration: write a number with a unit, like \"90s\", \"5min\", \"2h\" or \"1h30m\"",
      parse_duration("soon").error().what.c_str());
}

TEST(ConfigValues, SizesAreBinaryOrDecimalAsWritten) {
  LONGS_EQUAL(16 << 20, *parse_size("16MiB"));
  LONGS_EQUAL(10'000'000, *parse_size("10 MB"));
  LONGS_EQUAL(512 << 10, *parse_size("512KiB"));
  LONGS_EQUAL(100, *parse_size("100B"));
  CHECK_TRUE(*parse_size("1024GiB") == 1ull << 40);
  for (const char* text :
       {"", "16", "MiB", "-1MiB", "1.5MiB", "16Mib", "16MiBs", "0MiB", "1025GiB", "99999999999999999999B"})
    CHECK_FALSE_TEXT(parse_size(text).has_value(), text);
}

TEST(ConfigValues, NamesAreSafeInPathsAndLabels) {
  for (const char* text : {"a", "major-domo", "a_1", "0"}) CHECK_TEXT(check_name(text).has_value(), text);
  for (const char* text : {"", ".", "..", "a/b", "A", "a b", "é", "a.b"})
    CHECK_FALSE_TEXT(check_name(text).has_value(), text);
  CHECK_FALSE(check_name(std::string(65, 'a')).has_value());
}

TEST(ConfigValues, TheApisAddressIsEncryptedOrNear) {
  STRCMP_EQUAL("https://discord.com/api/v10", parse_api_url("https://discord.com/api/v10/").value().c_str());
  STRCMP_EQUAL("http://127.0.0.1:8080", parse_api_url("http://127.0.0.1:8080").value().c_str());
  CHECK_TRUE(parse_api_url("http://[::1]:8080/api").has_value());
  for (const char* text : {"http://discord.com/api", "http://127.0.0.1.example.org/", "wss://discord.com",
                           "discord.com", "", "file:///etc/passwd", "https://"})
    CHECK_FALSE_TEXT(parse_api_url(text).has_value(), text);
}

TEST(ConfigValues, TheNearestWordIsOneThatSomebodyMayHaveMeant) {
  std::vector<std::string_view> known = {"channels", "directory", "allow", "approvers"};
  STRCMP_EQUAL("channels", std::string(nearest("chanel", known)).c_str());
  STRCMP_EQUAL("directory", std::string(nearest("direcotry", known)).c_str());
  STRCMP_EQUAL("", std::string(nearest("flavour", known)).c_str());
  STRCMP_EQUAL("", std::string(nearest("", known)).c_str());
  STRCMP_EQUAL("", std::string(nearest(std::string(100'000, 'x'), known)).c_str());
}
