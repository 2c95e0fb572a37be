// JSON values: what is read, what is refused, and what a hostile text cannot do.
#include "base/json.h"

#include <cstring>
#include <memory>
#include <string>

#include "base/random.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;

namespace {

constexpr const char* kReplacement = "\xef\xbf\xbd";

// In memory of exactly its size, so that AddressSanitizer sees a parser that reads on.
Result<Json> parse_exact(std::string_view text) {
  auto exact = std::make_unique<char[]>(text.size());
  std::memcpy(exact.get(), text.data(), text.size());
  return Json::parse({exact.get(), text.size()});
}

std::string parsed_string(std::string_view json) {
  auto parsed = parse_exact(json);
  CHECK_TEXT(parsed.has_value(), std::string(json).c_str());
  return parsed->view().text_or("(no string)");
}

std::string parse_error(std::string_view json) {
  auto parsed = parse_exact(json);
  CHECK_FALSE_TEXT(parsed.has_value(), std::string(json).c_str());
  return parsed.error().what;
}

std::string random_text(Random& random) {
  static const char* const pieces[] = {"a",  "\"",       "\\",   "\n", "\t", "/", "é",
                                       "漢", "👍🏽", "\x7f", "{",  "]",  " "};
  std::string out;
  for (auto left = random.below(12); left > 0; --left) out += pieces[random.below(std::size(pieces))];
  return out;
}

Json random_json(Random& random, int depth) {
  switch (random.below(depth > 0 ? 7 : 5)) {
    case 0:
      return Json();
    case 1:
      return Json(random.below(2) == 0);
    case 2:
      return Json(static_cast<std::int64_t>(random.below(1ull << 53)) * (random.below(2) ? 1 : -1));
    case 3:
      return Json((random.unit() - 0.5) * 1e20);
    case 4:
      return Json(random_text(random));
    case 5: {
      Json array = Json::array();
      for (auto left = random.below(5); left > 0; --left) array.push(random_json(random, depth - 1));
      return array;
    }
    default: {
      Json object = Json::object();
      for (auto left = random.below(5); left > 0; --left)
        object.set(random_text(random), random_json(random, depth - 1));
      return object;
    }
  }
}

bool same(JsonView a, JsonView b) {
  if (a.is_string()) return a.text() == b.text();
  if (a.is_number()) return a.number() == b.number();
  if (a.boolean()) return a.boolean() == b.boolean();
  if (a.is_null()) return b.is_null();
  if (a.is_array() != b.is_array() || a.is_object() != b.is_object() || a.size() != b.size()) return false;
  auto other = b.begin();
  for (JsonView member : a) {
    if (member.key() != (*other).key() || !same(member, *other)) return false;
    ++other;
  }
  return true;
}

}  // namespace

TEST_GROUP(Json){};

TEST(Json, ReadsAMessageThroughChains) {
  auto json = Json::parse(R"({"id":"1290926798999357250","author":{"bot":true},"n":[1,2.5,-3],"none":null})");
  CHECK_TRUE(json.has_value());
  CHECK_TRUE((*json)["id"].id<MessageId>() == MessageId{1290926798999357250ull});
  CHECK_TRUE((*json)["author"]["bot"].truthy());
  LONGS_EQUAL(3, (*json)["n"].size());
  LONGS_EQUAL(-3, *(*json)["n"][2].integer());
  DOUBLES_EQUAL(2.5, *(*json)["n"][1].number(), 0);
  CHECK_TRUE((*json)["none"].is_null());
  STRCMP_EQUAL("author", std::string((*json)["author"].key()).c_str());
}

TEST(Json, WhatIsMissingOrOfAnotherTypeIsAbsentAllAlongTheChain) {
  auto json = Json::parse(R"({"a":"text"})");
  CHECK_FALSE(static_cast<bool>((*json)["b"]["c"][3]["d"]));
  CHECK_FALSE((*json)["a"].number().has_value());
  CHECK_FALSE((*json)["a"].integer().has_value());
  CHECK_FALSE((*json)["a"].boolean().has_value());
  CHECK_FALSE((*json)["a"][0].text().has_value());
  CHECK_FALSE(Json(7).view().text().has_value());
  LONGS_EQUAL(0, (*json)["a"].size());
  LONGS_EQUAL(0, JsonView().size());
  STRCMP_EQUAL("null", JsonView().dump().c_str());
}

TEST(Json, NamesAreCaseSensitiveAndTheFirstOfTwoCounts) {
  auto json = Json::parse(R"({"a":1,"A":2,"a":3})");
  LONGS_EQUAL(1, *(*json)["a"].integer());
  LONGS_EQUAL(2, *(*json)["A"].integer());
}

TEST(Json, WholeNumbersEndWhereDoublesLoseThem) {
  CHECK_TRUE(Json::parse("9007199254740992")->view().integer() == 9007199254740992);
  CHECK_FALSE(Json::parse("9007199254740994")->view().integer().has_value());
  CHECK_FALSE(Json::parse("1e300")->view().integer().has_value());
  CHECK_FALSE(Json::parse("1.5")->view().integer().has_value());
  STRCMP_EQUAL("9007199254740991", Json(9007199254740991).dump().c_str());
  STRCMP_EQUAL("\"18446744073709551615\"", Json(UserId{~0ull}).dump().c_str());
}

TEST(Json, NumbersThatJsonCannotWriteBecomeNull) {
  STRCMP_EQUAL("null", Json(0.0 / 0.0).dump().c_str());
  STRCMP_EQUAL("null", Json(1e308 * 10).dump().c_str());
}

TEST(Json, SetReplacesAndChains) {
  Json json = Json::object().set("a", 1).set("b", Json::array().push("x").push(true)).set("a", "two");
  STRCMP_EQUAL(R"({"a":"two","b":["x",true]})", json.dump().c_str());
  STRCMP_EQUAL(json.dump().c_str(), json.clone().dump().c_str());
}

TEST(Json, NulInsideAStringDoesNotCutIt) {
  STRCMP_EQUAL((std::string("a") + kReplacement + "b").c_str(), parsed_string(R"("a\u0000b")").c_str());
  STRCMP_EQUAL((std::string("a") + kReplacement + "b").c_str(),
               parsed_string(std::string_view("\"a\0b\"", 5)).c_str());
  STRCMP_EQUAL((std::string("a") + kReplacement).c_str(),
               Json(std::string_view("a\0", 2)).view().text_or("").c_str());
}

TEST(Json, ANulInAKeyDoesNotMakeItAnotherKey) {
  auto json = Json::parse(R"({"id\u0000x":"1","z":2})");
  CHECK_FALSE(static_cast<bool>((*json)["id"]));
  Json built = Json::object().set(std::string_view("id\0x", 4), 1);
  CHECK_FALSE(static_cast<bool>(built["id"]));
}

TEST(Json, AnEscapedBackslashBeforeU0000IsNoEscape) {
  STRCMP_EQUAL("\\u0000", parsed_string(R"("\\u0000")").c_str());
  STRCMP_EQUAL("\\ud83d", parsed_string(R"("\\ud83d")").c_str());
}

TEST(Json, HalfASurrogatePairIsReplacedAndAWholeOneIsRead) {
  STRCMP_EQUAL("👍", parsed_string(R"("\ud83d\udc4d")").c_str());
  STRCMP_EQUAL((std::string(kReplacement) + "x").c_str(), parsed_string(R"("\ud83dx")").c_str());
  STRCMP_EQUAL((std::string(kReplacement) + "👍").c_str(), parsed_string(R"("\uD83D\ud83d\uDC4D")").c_str());
  STRCMP_EQUAL((std::string(kReplacement) + "\n").c_str(), parsed_string(R"("\udc4d\n")").c_str());
  STRCMP_EQUAL(kReplacement, parsed_string(R"("\ud83d")").c_str());
}

TEST(Json, BytesThatAreNotUtf8AreReplacedNeverHandedOn) {
  const char* bad[] = {"\xff", "\xc0\x80", "\xed\xa0\x80",    "\xf4\x90\x80\x80",
                       "\x80", "\xe2\x82", "\xf0\x80\x80\x80"};
  for (const char* bytes : bad) {
    std::string text = parsed_string("\"<" + std::string(bytes) + ">\"");
    CHECK_TEXT(text.find(kReplacement) != std::string::npos, text.c_str());
    CHECK_TEXT(text.starts_with("<") && text.ends_with(">"), text.c_str());
    CHECK_TRUE(Json(text).dump() == Json("<" + std::string(bytes) + ">").dump());
  }
  STRCMP_EQUAL("\xf4\x8f\xbf\xbf\xed\x9f\xbf\xc2\x80",
               parsed_string("\"\xf4\x8f\xbf\xbf\xed\x9f\xbf\xc2\x80\"").c_str());
}

TEST(Json, RefusesWhatIsNotOneValueAndSaysWhere) {
  STRCMP_EQUAL("not JSON: something follows the value at byte 3", parse_error("{} x").c_str());
  STRCMP_EQUAL("not JSON: broken at byte 5 of 6", parse_error("{\"a\":}").c_str());
  for (const char* text :
       {"", " ", "{", "[1,", "\"abc", "\"\\u12\"", "\"\\x\"", "nul", "'a'", "{a:1}", "[1]]", "-"})
    CHECK_TEXT(!parse_exact(text).has_value(), text);
}

TEST(Json, NestingIsCappedBeforeItCostsStack) {
  CHECK_TRUE(Json::parse(std::string(200, '[') + std::string(200, ']')).has_value());
  STRCMP_EQUAL("JSON nests deeper than 200",
               parse_error(std::string(201, '[') + std::string(201, ']')).c_str());
  STRCMP_EQUAL("JSON nests deeper than 200", parse_error(std::string(1'000'000, '[')).c_str());
  CHECK_TRUE(Json::parse("\"" + std::string(500, '[') + "\"").has_value());
}

TEST(Json, WhatIsWrittenIsReadBackTheSame) {
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    Json json = random_json(random, 4);
    auto again = parse_exact(json.dump());
    CHECK_TEXT(again && same(json.view(), again->view()), json.dump().c_str());
  }
}

TEST(Json, NoPrefixAndNoDamagedByteOfATextCrashesTheParser) {
  Random random(8);
  for (int round = 0; round < 300; ++round) {
    std::string text = random_json(random, 3).dump();
    for (std::size_t cut = 0; cut < text.size(); ++cut)
      (void)parse_exact(std::string_view(text).substr(0, cut));
    for (int damage = 0; damage < 20; ++damage) {
      text[random.below(text.size())] = static_cast<char>(random.below(256));
      auto parsed = parse_exact(text);
      if (parsed) CHECK_TEXT(Json::parse(parsed->dump()).has_value(), text.c_str());
    }
  }
}
