// Messages as Discord sends them, and as it should not.
#include "discord/message.h"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;

namespace {

Result<Message> parse(const std::string& text) { return parse_message(Json::parse(text)->view()); }

const char* kWhole = R"({"id":"100","channel_id":"10","guild_id":"1","type":19,"content":"<@9> hello",
  "author":{"id":"5","username":"ada","global_name":"Ada L","bot":false},
  "member":{"nick":"Countess","roles":["71","72"]},
  "mentions":[{"id":"9","username":"bot"},{"id":"8"}],
  "attachments":[{"id":"4","filename":"a.png","content_type":"image/png","size":123,"url":"https://cdn/a.png"}],
  "referenced_message":{"id":"99","channel_id":"10","content":"before","author":{"id":"9","username":"bot","bot":true}}})";

}  // namespace

TEST_GROUP(Message){};

TEST(Message, is_read_whole) {
  auto message = parse(kWhole);
  CHECK(message.has_value());
  CHECK(message->id == MessageId{100});
  CHECK(message->channel == ChannelId{10});
  CHECK(message->guild == GuildId{1});
  CHECK(message->type == MessageType::reply);
  STRCMP_EQUAL("<@9> hello", message->content.c_str());
  CHECK(message->author.id == UserId{5});
  STRCMP_EQUAL("ada", message->author.name.c_str());
  STRCMP_EQUAL("Countess", message->author.display_name.c_str());
  CHECK(!message->author.bot);
  CHECK((message->author_roles == std::vector<RoleId>{RoleId{71}, RoleId{72}}));
  CHECK((message->mentions == std::vector<UserId>{UserId{9}, UserId{8}}));
  LONGS_EQUAL(1, message->attachments.size());
  STRCMP_EQUAL("a.png", message->attachments[0].filename.c_str());
  LONGS_EQUAL(123, message->attachments[0].size);
  CHECK(message->referenced->id == MessageId{99});
  STRCMP_EQUAL("before", message->referenced->content.c_str());
  CHECK(message->referenced->author.bot);
}

TEST(Message, shows_the_best_name_that_there_is) {
  std::string start = R"({"id":"1","channel_id":"2","author":{"id":"5","username":"ada")";
  STRCMP_EQUAL("ada", parse(start + "}}")->author.display_name.c_str());
  STRCMP_EQUAL("ada",
               parse(start + R"(,"global_name":null},"member":{"nick":null}})")->author.display_name.c_str());
  STRCMP_EQUAL("Ada", parse(start + R"(,"global_name":"Ada"}})")->author.display_name.c_str());
}

TEST(Message, in_private_has_no_guild) {
  CHECK(!parse(R"({"id":"1","channel_id":"2","author":{"id":"5"}})")->guild);
}

TEST(Message, knows_what_wrote_it) {
  auto hook = parse(R"({"id":"1","channel_id":"2","webhook_id":"3","author":{"id":"3","bot":true}})");
  CHECK(hook->from_webhook);
  CHECK(hook->author.bot);
}

TEST(Message, that_lacks_its_author_as_a_member_gets_it_later) {
  auto message = parse(R"({"id":"1","channel_id":"2","author":{"id":"3","username":"ann"}})");
  add_member(*message, parse_member(Json::parse(R"({"nick":"Annie","roles":["7","8"]})")->view()));
  STRCMP_EQUAL("Annie", message->author.display_name.c_str());
  LONGS_EQUAL(2, message->author_roles.size());
  add_member(*message, parse_member(Json::parse(R"({"nick":null,"roles":[]})")->view()));
  STRCMP_EQUAL("Annie", message->author.display_name.c_str());
  CHECK(message->author_roles.empty());
}

TEST(Message, of_a_kind_that_nobody_wrote_is_other) {
  CHECK(parse(R"({"id":"1","channel_id":"2","type":7,"author":{"id":"3"}})")->type == MessageType::other);
  CHECK(parse(R"({"id":"1","channel_id":"2","type":21,"author":{"id":"3"}})")->type ==
        MessageType::thread_starter);
}

TEST(Message, that_it_refers_to_may_be_gone) {
  CHECK(!parse(R"({"id":"1","channel_id":"2","author":{"id":"3"},"referenced_message":null})")->referenced);
}

TEST(Message, without_its_ids_is_refused) {
  for (const char* text :
       {R"({"channel_id":"2","author":{"id":"3"}})", R"({"id":"1","author":{"id":"3"}})",
        R"({"id":"1","channel_id":"2"})", R"({"id":1,"channel_id":"2","author":{"id":"3"}})",
        R"({"id":"1","channel_id":"x","author":{"id":"3"}})", "[]", "null", "\"text\""})
    CHECK_TEXT(!parse(text), text);
}
