// Tests of reading interactions, and of custom ids.
#include "command/interaction.h"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;

namespace {

Interaction parsed(const std::string& members) {
  auto json = Json::parse(
      R"({"id":"1100000000000000001","application_id":"6","token":"t","channel_id":"10",)" + members + "}");
  auto interaction = parse_interaction(json.value().view());
  if (!interaction) FAIL(interaction.error().what.c_str());
  return std::move(*interaction);
}

std::string parse_error(const std::string& text) {
  auto interaction = parse_interaction(Json::parse(text).value().view());
  return interaction ? "" : interaction.error().what;
}

constexpr const char* kMember =
    R"("guild_id":"3","member":{"nick":"Ali","permissions":"2252126432517704","roles":["201","202"],
       "user":{"id":"101","username":"alice","global_name":"Alice"}})";

}  // namespace

TEST_GROUP(Interaction){};

TEST(Interaction, KnowsWhoAsksAndWhere) {
  auto i =
      parsed(std::string(R"("type":2,"locale":"de","channel":{"id":"10","type":11},"data":{"name":"x"},)") +
             kMember);
  LONGS_EQUAL(101, i.person.user.value);
  STRCMP_EQUAL("Ali", i.person.name.c_str());
  LONGS_EQUAL(2, i.person.roles.size());
  LONGS_EQUAL(3, i.person.guild->value);
  CHECK(i.person.permissions == 2252126432517704ull);
  STRCMP_EQUAL("de", i.locale.c_str());
  LONGS_EQUAL(10, i.channel.value);
}

TEST(Interaction, OfADirectMessageHasNoGuild) {
  auto i = parsed(R"("type":2,"data":{"name":"x"},"user":{"id":"101","username":"alice"})");
  CHECK(!i.person.guild);
  LONGS_EQUAL(0, i.person.permissions);
  STRCMP_EQUAL("alice", i.person.name.c_str());
}

TEST(Interaction, OptionsAreTextByName) {
  auto i = parsed(std::string(R"("type":2,"data":{"name":"x","options":[{"name":"t","type":3,"value":"a b"},
    {"name":"n","type":4,"value":-7},{"name":"f","type":10,"value":1.5},{"name":"b","type":5,"value":true},
    {"name":"who","type":6,"value":"101"},{"name":"file","type":11,"value":"9"}],
    "resolved":{"attachments":{"9":{"url":"https://cdn/x"}}}},)") +
                  kMember);
  STRCMP_EQUAL("a b", i.arguments["t"].c_str());
  STRCMP_EQUAL("-7", i.arguments["n"].c_str());
  STRCMP_EQUAL("1.5", i.arguments["f"].c_str());
  STRCMP_EQUAL("true", i.arguments["b"].c_str());
  STRCMP_EQUAL("101", i.arguments["who"].c_str());
  STRCMP_EQUAL("https://cdn/x", i.arguments["file"].c_str());
  CHECK(!i.arguments.contains(""));
}

TEST(Interaction, ASubcommandIsTheArgumentWithoutAName) {
  auto i = parsed(std::string(R"("type":2,"data":{"name":"x","options":[{"name":"group","type":2,"options":[
    {"name":"add","type":1,"options":[{"name":"n","type":3,"value":"v"}]}]}]},)") +
                  kMember);
  STRCMP_EQUAL("group add", i.arguments[""].c_str());
  STRCMP_EQUAL("v", i.arguments["n"].c_str());
}

TEST(Interaction, TheFocusedOptionIsNamed) {
  auto i = parsed(std::string(R"("type":4,"data":{"name":"x","options":[{"name":"s","type":1,"options":[
    {"name":"n","type":4,"value":"1","focused":true}]}]},)") +
                  kMember);
  STRCMP_EQUAL("n", i.focused.c_str());
  LONGS_EQUAL(4, i.focused_type);
  STRCMP_EQUAL("1", i.arguments["n"].c_str());
}

TEST(Interaction, AComponentHasItsOwnIdItsValuesAndItsMessage) {
  auto i = parsed(
      std::string(R"("type":3,"data":{"custom_id":"reset:zik0zj:yes:1","component_type":3,"values":["a","b"]},
    "message":{"id":"42","flags":64},)") +
      kMember);
  STRCMP_EQUAL("reset", i.custom_id->owner.c_str());
  STRCMP_EQUAL("yes:1", i.custom_id->own.c_str());
  CHECK(i.custom_id->expires == WallTime(2147483647s));
  LONGS_EQUAL(2, i.values.size());
  LONGS_EQUAL(42, i.message.value);
  CHECK(i.message_is_ephemeral);
}

TEST(Interaction, AnotherProgramsButtonHasNoneOfOurIds) {
  auto i = parsed(std::string(R"("type":3,"data":{"custom_id":"page_2"},"message":{"id":"42"},)") + kMember);
  CHECK(!i.custom_id);
  CHECK(!i.message_is_ephemeral);
}

TEST(Interaction, AFormsFieldsStandInLabelsOrRows) {
  auto i = parsed(std::string(R"("type":5,"data":{"custom_id":"p:1:form","components":[
    {"type":18,"component":{"type":4,"custom_id":"why","value":"because"}},
    {"type":18,"component":{"type":3,"custom_id":"which","values":["a","b"]}},
    {"type":10,"id":3},
    {"type":1,"components":[{"type":4,"custom_id":"old","value":"row"}]}]},)") +
                  kMember);
  STRCMP_EQUAL("because", i.arguments["why"].c_str());
  STRCMP_EQUAL("a\nb", i.arguments["which"].c_str());
  STRCMP_EQUAL("row", i.arguments["old"].c_str());
  LONGS_EQUAL(2, i.values.size());
  CHECK(!i.message);
}

TEST(Interaction, WhatIsMissingIsNamed) {
  STRCMP_CONTAINS("without id", parse_error("{}").c_str());
  STRCMP_CONTAINS("not known",
                  parse_error(R"({"id":"1","application_id":"6","token":"t","type":1})").c_str());
  STRCMP_CONTAINS("whose", parse_error(R"({"id":"1","application_id":"6","token":"t","type":2})").c_str());
}

TEST_GROUP(CustomId){};

TEST(CustomId, IsReadAsItWasWritten) {
  CustomId id{"reset", WallTime(1'700'000'000s), "a:b"};
  auto again = CustomId::parse(id.text());
  STRCMP_EQUAL("reset:s44we8:a:b", id.text().c_str());
  STRCMP_EQUAL("reset", again->owner.c_str());
  STRCMP_EQUAL("a:b", again->own.c_str());
  CHECK(again->expires == id.expires);
}

TEST(CustomId, OfOthersIsAbsent) {
  for (const char* text : {"", "x", ":1:a", "p:", "p:1", "p::a", "p:-1:a", "p:!:a", "p:zzzzzzzzzz:a"})
    CHECK(!CustomId::parse(text));
  CHECK(CustomId::parse("p:1:")->own.empty());
}
