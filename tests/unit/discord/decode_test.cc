// Gateway events as the application is told them.
#include "discord/decode.h"

#include <string>
#include <variant>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;

namespace {

std::vector<Event> decoded(const char* type, const std::string& data) {
  return decode(type, Json::parse(data)->view());
}

template <class T>
T only(const char* type, const std::string& data) {
  auto events = decoded(type, data);
  LONGS_EQUAL(1, events.size());
  CHECK(std::holds_alternative<T>(events[0]));
  return std::get<T>(std::move(events[0]));
}

}  // namespace

TEST_GROUP(Decode){};

TEST(Decode, tells_where_an_interaction_was_used) {
  auto events = decoded("INTERACTION_CREATE", R"({"id":"1","token":"t","guild_id":"9","data":{"name":"x"},
    "channel":{"id":"5","type":11,"parent_id":"4","name":"a thread","last_message_id":"77"}})");
  LONGS_EQUAL(2, events.size());
  const auto& channel = std::get<ChannelSeen>(events[0]);
  CHECK(channel.id == ChannelId{5} && channel.guild == GuildId{9} && channel.parent == ChannelId{4});
  CHECK(channel.is_thread && !channel.last_message);
  CHECK(std::holds_alternative<InteractionCreated>(events[1]));
}

TEST(Decode, tells_who_we_are) {
  auto ready =
      only<Ready>("READY", R"({"user":{"id":"9","username":"bot"},"application":{"id":"8"},"session_id":"s",
    "guilds":[{"id":"1","unavailable":true},{"id":"2","unavailable":true}]})");
  CHECK(ready.user == UserId{9});
  CHECK(ready.application == ApplicationId{8});
  STRCMP_EQUAL("bot", ready.user_name.c_str());
  LONGS_EQUAL(2, ready.guilds.size());
  only<Resumed>("RESUMED", "{}");
}

TEST(Decode, tells_each_channel_and_thread_of_a_guild) {
  auto events = decoded("GUILD_CREATE", R"({"id":"1","channels":[
      {"id":"10","type":0,"name":"general","parent_id":"5"},{"id":"5","type":4,"name":"Text"}],
      "threads":[{"id":"30","type":11,"name":"a thread","parent_id":"10","guild_id":"1"}]})");
  LONGS_EQUAL(4, events.size());
  auto& general = std::get<ChannelSeen>(events[0]);
  CHECK(general.id == ChannelId{10});
  CHECK(general.guild == GuildId{1});
  CHECK(general.parent == ChannelId{5});
  CHECK(!general.is_thread);
  STRCMP_EQUAL("general", general.name.c_str());
  CHECK(!std::get<ChannelSeen>(events[1]).parent);
  auto& thread = std::get<ChannelSeen>(events[2]);
  CHECK(thread.is_thread);
  CHECK(thread.parent == ChannelId{10});
  CHECK(std::get<GuildSeen>(events[3]).id == GuildId{1});  // when all of it was told
}

TEST(Decode, tells_the_last_message_of_what_holds_messages) {
  auto last = [](const char* more) {
    return only<ChannelSeen>("CHANNEL_UPDATE", std::string(R"({"id":"10")") + more + "}").last_message;
  };
  CHECK(last(R"(,"type":0,"last_message_id":"77")") == MessageId{77});
  CHECK(last(R"(,"type":11,"last_message_id":"77")") == MessageId{77});
  CHECK(!last(R"(,"type":0,"last_message_id":null)"));
  CHECK(!last(R"(,"type":0)"));
  for (const char* type : {"4", "15", "16"})  // a forum's is its last thread
    CHECK(!last((std::string(R"(,"last_message_id":"77","type":)") + type).c_str()));
}

TEST(Decode, reads_a_page_of_messages_oldest_first_and_counts_what_it_cannot_read) {
  auto page = decode_messages(Json::parse(R"([{"id":"30"},{"id":"20","channel_id":"1","author":{"id":"5"}},
      {"id":"10","channel_id":"1","author":{"id":"5"}},7])")
                                  ->view());
  LONGS_EQUAL(4, page.count);
  CHECK(page.last == MessageId{30});
  LONGS_EQUAL(2, page.messages.size());
  CHECK(page.messages[0].id == MessageId{10});
  CHECK(page.messages[1].id == MessageId{20});
  CHECK(!decode_messages(JsonView()).last);
}

TEST(Decode, reads_a_page_of_archived_threads) {
  const char* threads =
      R"([{"id":"30","type":11,"last_message_id":"77","thread_metadata":{"archive_timestamp":"b"}},
      {"id":"31","type":11,"thread_metadata":{"archive_timestamp":"a"}}])";
  auto page = [&](const char* more) {
    return decode_threads(
        Json::parse(std::string(R"({"threads":)") + threads + R"(,"has_more":)" + more + "}")->view());
  };
  LONGS_EQUAL(2, page("false").threads.size());
  CHECK(page("false").threads[0].last_message == MessageId{77});
  STRCMP_EQUAL("a", page("true").before.c_str());
  STRCMP_EQUAL("", page("false").before.c_str());
  CHECK(decode_threads(JsonView()).threads.empty());
}

TEST(Decode, tells_nothing_of_a_guild_that_is_away) {
  CHECK(decoded("GUILD_CREATE", R"({"id":"1","unavailable":true})").empty());
}

TEST(Decode, tells_threads_of_a_sync_with_their_guild) {
  auto events =
      decoded("THREAD_LIST_SYNC", R"({"guild_id":"1","threads":[{"id":"30","type":12,"parent_id":"10"}]})");
  CHECK(std::get<ChannelSeen>(events.at(0)).guild == GuildId{1});
}

TEST(Decode, follows_channels) {
  for (const char* type : {"CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE"})
    CHECK(only<ChannelSeen>(type, R"({"id":"10","type":0,"guild_id":"1","name":"n"})").guild == GuildId{1});
  for (const char* type : {"CHANNEL_DELETE", "THREAD_DELETE"})
    CHECK(only<ChannelGone>(type, R"({"id":"10"})").id == ChannelId{10});
}

TEST(Decode, follows_messages) {
  std::string message = R"({"id":"100","channel_id":"10","author":{"id":"5"},"content":"hi"})";
  STRCMP_EQUAL("hi", only<MessageCreated>("MESSAGE_CREATE", message).message.content.c_str());
  only<MessageUpdated>("MESSAGE_UPDATE", message);
  CHECK(only<MessageDeleted>("MESSAGE_DELETE", R"({"id":"100","channel_id":"10"})").channel == ChannelId{10});
  LONGS_EQUAL(2, decoded("MESSAGE_DELETE_BULK", R"({"ids":["1","2"],"channel_id":"10"})").size());
}

TEST(Decode, tells_an_emoji_as_a_route_wants_it) {
  std::string start = R"({"message_id":"100","channel_id":"10","user_id":"5","emoji":)";
  STRCMP_EQUAL(
      "❌", only<ReactionAdded>("MESSAGE_REACTION_ADD", start + R"({"id":null,"name":"❌"}})").emoji.c_str());
  STRCMP_EQUAL(
      "wave:7",
      only<ReactionAdded>("MESSAGE_REACTION_ADD", start + R"({"id":"7","name":"wave"}})").emoji.c_str());
}

TEST(Decode, follows_typing_and_interactions) {
  CHECK(only<TypingStarted>("TYPING_START", R"({"channel_id":"10","user_id":"5","timestamp":1})").user ==
        UserId{5});
  auto made =
      only<InteractionCreated>("INTERACTION_CREATE", R"({"id":"1","token":"t","data":{"name":"status"}})");
  STRCMP_EQUAL("status", made.interaction["data"]["name"].text_or("").c_str());
}

TEST(Decode, makes_nothing_of_what_it_does_not_know_or_cannot_read) {
  CHECK(!is_wanted("PRESENCE_UPDATE"));
  CHECK(!is_wanted(""));
  CHECK(decoded("PRESENCE_UPDATE", "{}").empty());
  for (const char* type : {"READY", "GUILD_CREATE", "CHANNEL_CREATE", "CHANNEL_DELETE", "MESSAGE_CREATE",
                           "MESSAGE_DELETE", "MESSAGE_DELETE_BULK", "MESSAGE_REACTION_ADD", "TYPING_START",
                           "INTERACTION_CREATE", "THREAD_LIST_SYNC"}) {
    CHECK_TEXT(is_wanted(type), type);
    for (const char* data :
         {"{}", "null", "[]", "7", R"({"id":7,"channels":7,"threads":{},"ids":[7],"channel_id":"x"})"})
      CHECK_TEXT(decoded(type, data).empty(), type);
  }
}
