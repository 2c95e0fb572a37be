// What an HTTP answer says about limits and errors.
#include "discord/answer.h"

#include <map>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;

TEST_GROUP(Answer) {
  std::map<std::string, std::string> headers;
  Answer read(int code, const char* body = "null") {
    auto json = Json::parse(body);
    return read_answer(
        code,
        [this](std::string_view name) -> std::optional<std::string_view> {
          auto found = headers.find(std::string(name));
          return found == headers.end() ? std::nullopt : std::optional<std::string_view>(found->second);
        },
        json ? json->view() : JsonView());
  }
};

TEST(Answer, reads_the_headers_of_a_bucket) {
  headers = {{"X-RateLimit-Limit", "5"},
             {"X-RateLimit-Remaining", "3"},
             {"X-RateLimit-Reset", "1470173023"},
             {"X-RateLimit-Reset-After", "1.0001"},
             {"X-RateLimit-Bucket", "abcd"}};
  auto answer = read(200);
  CHECK(answer.bucket == "abcd");
  CHECK(answer.limit == 5);
  CHECK(answer.remaining == 3);
  CHECK(answer.reset_after == 1001ms);
}

TEST(Answer, ignores_headers_that_make_no_sense) {
  headers = {{"X-RateLimit-Remaining", "many"},
             {"X-RateLimit-Reset-After", "-1"},
             {"X-RateLimit-Limit", ""},
             {"X-RateLimit-Bucket", ""}};
  auto answer = read(200);
  CHECK(!answer.remaining && !answer.reset_after && !answer.limit && !answer.bucket);
  headers = {{"X-RateLimit-Reset-After", "1e300"}};
  CHECK(read(200).reset_after == 24h);
}

TEST(Answer, tells_the_scopes_of_a_429_apart) {
  headers = {{"X-RateLimit-Scope", "shared"}, {"Retry-After", "2"}};
  auto shared = read(429, R"({"message":"slow","retry_after":1.25,"global":false})");
  CHECK(shared.scope == LimitScope::shared);
  CHECK(shared.retry_after == 1250ms);
  CHECK(shared.from_discord);
  headers = {{"X-RateLimit-Global", "true"}, {"X-RateLimit-Scope", "global"}, {"Retry-After", "3"}};
  CHECK(read(429).scope == LimitScope::global);
  CHECK(read(429).retry_after == 3s);
  headers = {};
  CHECK(read(429, R"({"retry_after":1,"global":true})").scope == LimitScope::global);
  CHECK(read(429, R"({"retry_after":1,"global":false})").scope == LimitScope::user);
}

TEST(Answer, knows_a_429_of_the_edge) {
  headers = {{"Retry-After", "120"}};
  auto banned = read(429);
  CHECK(!banned.from_discord);
  CHECK(banned.retry_after == 120s);
}

TEST(Answer, says_what_Discord_complains_about) {
  auto answer = read(400, R"({"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"title":
      {"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 256 or fewer in length."}]}}}}})");
  LONGS_EQUAL(50035, answer.code);
  STRCMP_EQUAL("Invalid Form Body; embeds.0.title: Must be 256 or fewer in length.", answer.message.c_str());
  STRCMP_EQUAL("", read(502).message.c_str());
}
