// Routes: the path that is asked for, and the key by which its limit is known.
#include "discord/routes.h"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;

namespace {

const ChannelId kChannel{10};
const MessageId kMessage{20};

void check(const Route& route, const char* method, const char* path, const char* known_as,
           const char* major) {
  STRCMP_EQUAL(method, std::string(method_name(route.method)).c_str());
  STRCMP_EQUAL(path, route.path.c_str());
  STRCMP_EQUAL(known_as, route.template_.c_str());
  STRCMP_EQUAL(major, route.major.c_str());
}

}  // namespace

TEST_GROUP(Routes){};

TEST(Routes, of_a_channel_are_limited_by_that_channel) {
  check(routes::create_message(kChannel), "POST", "/channels/10/messages", "/channels/{}/messages", "10");
  check(routes::edit_message(kChannel, kMessage), "PATCH", "/channels/10/messages/20",
        "/channels/{}/messages/{}", "10");
  check(routes::delete_message(kChannel, kMessage), "DELETE", "/channels/10/messages/20",
        "/channels/{}/messages/{}", "10");
  check(routes::typing(kChannel), "POST", "/channels/10/typing", "/channels/{}/typing", "10");
  check(routes::start_thread(kChannel, kMessage), "POST", "/channels/10/messages/20/threads",
        "/channels/{}/messages/{}/threads", "10");
}

TEST(Routes, keep_the_query_out_of_the_key) {
  check(routes::messages(kChannel, 50, MessageId{7}), "GET", "/channels/10/messages?limit=50&after=7",
        "/channels/{}/messages", "10");
  STRCMP_EQUAL("/channels/10/messages?limit=100", routes::messages(kChannel, 5000).path.c_str());
  check(routes::archived_threads(kChannel, "2026-11-22T10:00:00+00:00"), "GET",
        "/channels/10/threads/archived/public?limit=100&before=2026-11-22T10%3A00%3A00%2B00%3A00",
        "/channels/{}/threads/archived/public", "10");
  STRCMP_EQUAL("/channels/10/threads/archived/public?limit=100",
               routes::archived_threads(kChannel, "").path.c_str());
}

TEST(Routes, of_a_member_are_limited_by_the_server) {
  check(routes::member(GuildId{1}, UserId{5}), "GET", "/guilds/1/members/5", "/guilds/{}/members/{}", "1");
}

TEST(Routes, encode_an_emoji) {
  check(routes::add_reaction(kChannel, kMessage, "🔥"), "PUT",
        "/channels/10/messages/20/reactions/%F0%9F%94%A5/@me", "/channels/{}/messages/{}/reactions/{}/@me",
        "10");
  STRCMP_EQUAL("/channels/10/messages/20/reactions/wave%3A99/@me",
               routes::remove_reaction(kChannel, kMessage, "wave:99").path.c_str());
}

TEST(Routes, of_interactions_are_outside_the_global_limit_and_known_by_their_token) {
  auto callback = routes::interaction_callback(InteractionId{5}, "tok/en");
  check(callback, "POST", "/interactions/5/tok%2Fen/callback", "/interactions/{}/{}/callback", "5/tok%2Fen");
  auto original = routes::original_response(Method::patch, ApplicationId{6}, "token");
  check(original, "PATCH", "/webhooks/6/token/messages/@original", "/webhooks/{}/{}/messages/@original",
        "6/token");
  check(routes::follow_up(ApplicationId{6}, "token"), "POST", "/webhooks/6/token", "/webhooks/{}/{}",
        "6/token");
  CHECK(!callback.global_limit);
  CHECK(!original.global_limit);
  CHECK(routes::create_message(kChannel).global_limit);
}

TEST(Routes, of_the_application_have_no_major_id) {
  check(routes::gateway_bot(), "GET", "/gateway/bot", "/gateway/bot", "");
  check(routes::commands(Method::put, ApplicationId{6}), "PUT", "/applications/6/commands",
        "/applications/{}/commands", "");
  check(routes::commands(Method::get, ApplicationId{6}), "GET",
        "/applications/6/commands?with_localizations=true", "/applications/{}/commands", "");
  check(routes::guild_channels(GuildId{3}), "GET", "/guilds/3/channels", "/guilds/{}/channels", "3");
}
