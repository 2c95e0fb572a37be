// What every request gets before it goes out.
#include "discord/prepare.h"

#include <string>

#include "discord/routes.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;

namespace {

const ChannelId kChannel{10};
const MessageId kMessage{20};

Request request(Route route, const char* body) {
  Request made;
  made.route = std::move(route);
  if (body) made.body = std::move(*Json::parse(body));
  return made;
}

std::string explicitly(Route route, const char* body) {
  Request made = request(std::move(route), body);
  make_mentions_explicit(made);
  return made.body ? made.body->dump() : "none";
}

}  // namespace

TEST_GROUP(Prepare){};

TEST(Prepare, lets_nobody_be_pinged_by_a_body_that_says_nothing) {
  const char* expected = R"({"content":"hi","allowed_mentions":{"parse":[],"replied_user":false}})";
  const char* body = R"({"content":"hi"})";
  STRCMP_EQUAL(expected, explicitly(routes::create_message(kChannel), body).c_str());
  STRCMP_EQUAL(expected, explicitly(routes::edit_message(kChannel, kMessage), body).c_str());
  STRCMP_EQUAL(expected, explicitly(routes::follow_up(ApplicationId{1}, "t"), body).c_str());
  STRCMP_EQUAL(expected,
               explicitly(routes::original_response(Method::patch, ApplicationId{1}, "t"), body).c_str());
  STRCMP_EQUAL(R"({"allowed_mentions":{"parse":[],"replied_user":false}})",
               explicitly(routes::create_message(kChannel), nullptr).c_str());
}

TEST(Prepare, keeps_what_the_caller_said_about_mentions) {
  STRCMP_EQUAL(
      R"({"allowed_mentions":{"replied_user":true,"parse":[]}})",
      explicitly(routes::create_message(kChannel), R"({"allowed_mentions":{"replied_user":true}})").c_str());
  STRCMP_EQUAL(
      R"({"allowed_mentions":{"parse":["users"]}})",
      explicitly(routes::create_message(kChannel), R"({"allowed_mentions":{"parse":["users"]}})").c_str());
  STRCMP_EQUAL(R"({"allowed_mentions":{"parse":[],"replied_user":false}})",
               explicitly(routes::create_message(kChannel), R"({"allowed_mentions":null})").c_str());
}

TEST(Prepare, looks_into_a_callback) {
  auto callback = routes::interaction_callback(InteractionId{1}, "t");
  STRCMP_EQUAL(R"({"type":4,"data":{"content":"x","allowed_mentions":{"parse":[],"replied_user":false}}})",
               explicitly(callback, R"({"type":4,"data":{"content":"x"}})").c_str());
  STRCMP_EQUAL(R"({"type":5,"data":{"flags":64}})",
               explicitly(callback, R"({"type":5,"data":{"flags":64}})").c_str());
  STRCMP_EQUAL(R"({"type":9,"data":{"title":"x"}})",
               explicitly(callback, R"({"type":9,"data":{"title":"x"}})").c_str());
}

TEST(Prepare, leaves_other_bodies_alone) {
  STRCMP_EQUAL(R"({"name":"x"})",
               explicitly(routes::start_thread(kChannel, kMessage), R"({"name":"x"})").c_str());
  STRCMP_EQUAL("none", explicitly(routes::typing(kChannel), nullptr).c_str());
  STRCMP_EQUAL("none", explicitly(routes::delete_message(kChannel, kMessage), nullptr).c_str());
  STRCMP_EQUAL("none", explicitly(routes::messages(kChannel, 5), nullptr).c_str());
  STRCMP_EQUAL("[]", explicitly(routes::commands(Method::put, ApplicationId{1}), "[]").c_str());
}

TEST(Prepare, knows_how_long_files_take) {
  Request made = request(routes::create_message(kChannel), R"({"content":"x"})");
  CHECK_TRUE(upload_time(made) == 0ms);
  made.files = {{"a.txt", "text/plain", std::string(5'000'000, 'x')},
                {"b.txt", "text/plain", std::string(5'000'000, 'x')}};
  CHECK_TRUE(upload_time(made) > 70s && upload_time(made) < 80s);  // at 1 Mbit/s
}

TEST(Prepare, names_the_files) {
  Request made = request(routes::create_message(kChannel), R"({"content":"x"})");
  made.files = {{"a.txt", "text/plain", "1"}, {"b.png", "image/png", "2"}};
  list_files(made);
  STRCMP_EQUAL(
      R"({"content":"x","attachments":[{"id":"0","filename":"a.txt"},{"id":"1","filename":"b.png"}]})",
      made.body->dump().c_str());
  Request listed =
      request(routes::create_message(kChannel), R"({"attachments":[{"id":"0","description":"d"}]})");
  listed.files = {{"a.txt", "text/plain", "1"}};
  list_files(listed);
  STRCMP_EQUAL(R"({"attachments":[{"id":"0","description":"d"}]})", listed.body->dump().c_str());
  Request callback = request(routes::interaction_callback(InteractionId{1}, "t"), R"({"type":4})");
  callback.files = {{"a.txt", "text/plain", "1"}};
  list_files(callback);
  STRCMP_EQUAL(R"({"type":4,"data":{"attachments":[{"id":"0","filename":"a.txt"}]}})",
               callback.body->dump().c_str());
}

TEST(Prepare, knows_what_may_be_repeated) {
  CHECK(is_repeatable(request(routes::edit_message(kChannel, kMessage), "{}")));
  CHECK(is_repeatable(request(routes::add_reaction(kChannel, kMessage, "x"), nullptr)));
  CHECK(is_repeatable(request(routes::delete_message(kChannel, kMessage), nullptr)));
  CHECK(is_repeatable(request(routes::typing(kChannel), nullptr)));
  CHECK(is_repeatable(request(routes::interaction_callback(InteractionId{1}, "t"), R"({"type":5})")));
  CHECK(is_repeatable(request(routes::create_message(kChannel), R"({"nonce":"1","enforce_nonce":true})")));
  CHECK(!is_repeatable(request(routes::create_message(kChannel), R"({"nonce":"1"})")));
  CHECK(!is_repeatable(request(routes::create_message(kChannel), R"({"enforce_nonce":true})")));
  CHECK(!is_repeatable(request(routes::create_message(kChannel), nullptr)));
  CHECK(!is_repeatable(
      request(routes::follow_up(ApplicationId{1}, "t"), R"({"nonce":"1","enforce_nonce":true})")));
}
