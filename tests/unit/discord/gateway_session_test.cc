// A gateway session as it is stored.
#include "discord/gateway_session.h"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;

namespace {

const GatewaySession kSession{"s1", "wss://resume.gg", 41, {UserId{9}, ApplicationId{8}, "bot"}};

}  // namespace

TEST_GROUP(GatewaySession){};

TEST(GatewaySession, survives_being_written_and_read) {
  CHECK(*parse_session(to_text(kSession)) == kSession);
  STRCMP_EQUAL(
      R"({"id":"s1","resume_url":"wss://resume.gg","seq":41,"user":"9","application":"8","user_name":"bot"})",
      to_text(kSession).c_str());
}

TEST(GatewaySession, is_refused_when_something_is_missing) {
  for (const char* text : {"", "{}", "[]", R"({"resume_url":"y","seq":1,"user":"9","application":"8"})",
                           R"({"id":"x","seq":1,"user":"9","application":"8"})",
                           R"({"id":"x","resume_url":"y","user":"9","application":"8"})",
                           R"({"id":"x","resume_url":"y","seq":1,"application":"8"})",
                           R"({"id":"x","resume_url":"y","seq":1,"user":"9"})",
                           R"({"id":"","resume_url":"y","seq":1,"user":"9","application":"8"})",
                           R"({"id":"x","resume_url":"y","seq":"1","user":"9","application":"8"})",
                           R"({"id":"x","resume_url":"y","seq":-1,"user":"9","application":"8"})"})
    CHECK_TEXT(!parse_session(text), text);
}
