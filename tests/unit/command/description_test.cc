// What a plugin states, held to the contract and to Discord's rules.
#include "command/description.h"

#include <deque>
#include <string>
#include <vector>

#include "command/command_name.h"
#include "command/extension_names.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;

namespace {

coordinator_string text(const std::string& words) { return {words.data(), words.size()}; }
void used(void*, coordinator_call) {}

}  // namespace

TEST_GROUP(Description) {
  coordinator_command command{};
  const coordinator_command* commands[1] = {&command};
  coordinator_plugin plugin{};
  std::deque<coordinator_option> made;
  std::deque<coordinator_choice> made_choices;
  std::deque<std::string> words;
  std::vector<const coordinator_option*> options, inner, innermost;
  std::vector<const coordinator_choice*> choices;

  void setup() override {
    command.size = sizeof command;
    command.name = kept("reset");
    command.description = kept("Begins anew");
    command.run = used;
    plugin.size = sizeof plugin;
    plugin.major = COORDINATOR_MAJOR;
    plugin.name = kept("reset");
    plugin.version = kept("1.2");
    plugin.commands = commands;
    plugin.command_count = 1;
  }

  coordinator_string kept(std::string word) { return text(words.emplace_back(std::move(word))); }
  coordinator_option& option(std::vector<const coordinator_option*> & among, const std::string& name,
                             std::uint32_t type = COORDINATOR_TEXT, std::uint32_t flags = 0) {
    auto& one = made.emplace_back();
    one.size = sizeof one;
    one.type = type;
    one.flags = flags;
    one.name = kept(name);
    one.description = kept("What it is");
    among.push_back(&one);
    link();
    return one;
  }
  void choice(coordinator_option & of, const std::string& name, const std::string& value) {
    auto& one = made_choices.emplace_back();
    one.size = sizeof one;
    one.name = kept(name);
    one.value = kept(value);
    choices.push_back(&one);
    of.choices = choices.data();
    of.choice_count = choices.size();
  }
  void link() {
    command.options = options.data();
    command.option_count = options.size();
  }
  void nest(coordinator_option & outer, std::vector<const coordinator_option*> & inside) {
    outer.options = inside.data();
    outer.option_count = inside.size();
  }
  std::string refused() {
    auto described = describe(&plugin, has_extension);
    return described ? "taken" : described.error().what;
  }
  std::string published() {
    auto described = describe(&plugin, has_extension);
    return described ? described->commands[0].published.dump() : described.error().what;
  }
};

TEST(Description, IsPublishedAsDiscordWantsIt) {
  command.flags = COORDINATOR_EPHEMERAL | COORDINATOR_IN_DMS;
  command.permissions = 1ull << 53 | 1;
  option(options, "channel", COORDINATOR_CHANNEL, COORDINATOR_REQUIRED);
  option(options, "words", COORDINATOR_TEXT, COORDINATOR_AUTOCOMPLETE);
  auto& days = option(options, "days", COORDINATOR_INTEGER);
  choice(days, "a week", "7");
  command.complete = used;
  STRCMP_EQUAL(
      R"({"type":1,"name":"reset","description":"Begins anew","options":[)"
      R"({"type":7,"name":"channel","description":"What it is","required":true},)"
      R"({"type":3,"name":"words","description":"What it is","autocomplete":true},)"
      R"({"type":4,"name":"days","description":"What it is","choices":[{"name":"a week","value":7}]}],)"
      R"("default_member_permissions":"9007199254740993","contexts":[0,1],"integration_types":[0]})",
      published().c_str());
  auto described = describe(&plugin, has_extension);
  CHECK_TRUE(described->commands[0].ephemeral);
  STRCMP_EQUAL("1.2", described->version.c_str());
}

TEST(Description, GroupsHoldSubcommandsAndTheseHoldOptions) {
  auto& group = option(options, "user", COORDINATOR_SUBCOMMAND_GROUP);
  auto& add = option(inner, "add", COORDINATOR_SUBCOMMAND);
  nest(group, inner);
  option(innermost, "who", COORDINATOR_USER, COORDINATOR_REQUIRED);
  nest(add, innermost);
  STRCMP_EQUAL(
      R"({"type":1,"name":"reset","description":"Begins anew","options":[{"type":2,"name":"user","description":)"
      R"("What it is","options":[{"type":1,"name":"add","description":"What it is","options":[{"type":6,"name":)"
      R"("who","description":"What it is","required":true}]}]}],"default_member_permissions":null,)"
      R"("contexts":[0],"integration_types":[0]})",
      published().c_str());
}

TEST(Description, SizesAreCheckedBothWays) {
  plugin.size = 4;
  STRCMP_EQUAL(
      "a coordinator_plugin states a size of 4, less than the 12 of version 1.0: set it to "
      "sizeof(coordinator_plugin)",
      refused().c_str());
  plugin.size = offsetof(coordinator_plugin, modal);
  STRCMP_CONTAINS("a coordinator_plugin states a size of", refused().c_str());
  plugin.size = sizeof plugin + 100;  // one of a later minor version
  plugin.minor = 7;
  STRCMP_EQUAL("taken", refused().c_str());
  command.size = offsetof(coordinator_command, complete);
  STRCMP_CONTAINS("a coordinator_command states a size of", refused().c_str());
  command.size = sizeof command + 8;
  auto& one = option(options, "one");
  one.size = 8;
  STRCMP_CONTAINS("command \"reset\": option 1: a coordinator_option states a size of 8", refused().c_str());
  one.size = sizeof one + 8;
  choice(one, "a", "b");
  made_choices[0].size = 4;
  STRCMP_CONTAINS("option \"one\": choice 1: a coordinator_choice states a size of 4", refused().c_str());
}

TEST(Description, AnotherMajorIsAnotherContractWhateverItsSize) {
  plugin.major = 2;
  plugin.size = 12;
  STRCMP_EQUAL(
      "it was built for version 2.0 of the plugin contract, and this is 1.0: build it with the plugin.h "
      "that came with this daemon",
      refused().c_str());
}

TEST(Description, NullPointersAreToldApart) {
  STRCMP_EQUAL("coordinator_plugin_v1() returned a null pointer",
               describe(nullptr, has_extension).error().what.c_str());
  commands[0] = nullptr;
  STRCMP_EQUAL("a command is a null pointer", refused().c_str());
  commands[0] = &command;
  plugin.commands = nullptr;
  STRCMP_EQUAL("its commands are a null pointer", refused().c_str());
  plugin.commands = commands;
  command.run = nullptr;
  STRCMP_EQUAL("command \"reset\": it has no run function", refused().c_str());
  command.run = used;
  command.option_count = 1;
  STRCMP_EQUAL("command \"reset\": its options are a null pointer", refused().c_str());
  options.push_back(nullptr);
  link();
  STRCMP_EQUAL("command \"reset\": option 1 is a null pointer", refused().c_str());
}

TEST(Description, StringsAreLookedAtBeforeTheyAreBelieved) {
  command.description = {nullptr, 5};
  STRCMP_EQUAL("command \"reset\": its description has a size of 5 but no data", refused().c_str());
  command.description = {"x", std::size_t{1} << 40};
  STRCMP_EQUAL("command \"reset\": its description has 1099511627776 bytes, which no text here has",
               refused().c_str());
  command.description = kept("caf\xE9");
  STRCMP_EQUAL("command \"reset\": its description is not UTF-8", refused().c_str());
  command.description = kept(std::string(101, 'x'));
  STRCMP_EQUAL("command \"reset\": its description has 101 characters; at most 100 fit", refused().c_str());
  command.description = {};
  STRCMP_EQUAL("command \"reset\": its description is empty; Discord wants 1 to 100 characters",
               refused().c_str());
}

TEST(Description, APluginsNameFitsIntoACustomId) {
  plugin.name = kept("");
  STRCMP_EQUAL("its name is empty", refused().c_str());
  plugin.name = kept(std::string(25, 'a'));
  STRCMP_CONTAINS("has 25 characters; at most 24 fit", refused().c_str());
  for (const char* bad : {"A", "a:b", "ä", "a b"}) {
    plugin.name = kept(bad);
    STRCMP_CONTAINS("may hold a-z, 0-9, - and _ only", refused().c_str());
  }
}

TEST(Description, ExtensionsMustBeThere) {
  coordinator_string wanted[] = {COORDINATOR_STRING(COORDINATOR_QUEUE),
                                 COORDINATOR_STRING("coordinator.queue/2")};
  plugin.extensions = wanted;
  plugin.extension_count = 1;
  STRCMP_EQUAL("taken", refused().c_str());
  plugin.extension_count = 2;
  STRCMP_CONTAINS("it cannot do without the extension \"coordinator.queue/2\"", refused().c_str());
}

TEST(Description, NamesAreUniqueAndRequiredOptionsComeFirst) {
  option(options, "one");
  option(options, "one");
  STRCMP_EQUAL("command \"reset\": option \"one\": another option has the same name", refused().c_str());
  made[1].name = kept("two");
  made[1].flags = COORDINATOR_REQUIRED;
  STRCMP_EQUAL(
      "command \"reset\": option \"two\": it is required, and stands behind one that is not: put it first",
      refused().c_str());
  const coordinator_command* twice[] = {&command, &command};
  made[1].flags = 0;
  plugin.commands = twice;
  plugin.command_count = 2;
  STRCMP_EQUAL("two of its commands are called \"reset\"", refused().c_str());
}

TEST(Description, WhatMayStandWhere) {
  auto& group = option(options, "user", COORDINATOR_SUBCOMMAND_GROUP);
  STRCMP_CONTAINS("a group needs at least one subcommand", refused().c_str());
  option(inner, "who", COORDINATOR_USER);
  nest(group, inner);
  STRCMP_CONTAINS("option \"user\": option \"who\": a group may hold subcommands only", refused().c_str());
  group.type = COORDINATOR_SUBCOMMAND;
  STRCMP_EQUAL("taken", refused().c_str());
  made[1].type = COORDINATOR_SUBCOMMAND;
  STRCMP_CONTAINS("a subcommand may not hold further ones", refused().c_str());
  made[1].type = COORDINATOR_USER;
  group.flags = COORDINATOR_REQUIRED;
  STRCMP_CONTAINS("a subcommand or a group cannot be required", refused().c_str());
  group.flags = 0;
  option(options, "words");
  STRCMP_CONTAINS("option \"words\": a command has either subcommands or other options, not both",
                  refused().c_str());
  group.type = COORDINATOR_TEXT;
  STRCMP_CONTAINS("only subcommands and groups can have options of their own", refused().c_str());
  group.type = 12;
  STRCMP_CONTAINS("its type is 12; there are 1 to 11", refused().c_str());
}

TEST(Description, ChoicesAndAutocompleteHaveTheirRules) {
  auto& one = option(options, "one", COORDINATOR_TEXT, COORDINATOR_AUTOCOMPLETE);
  STRCMP_CONTAINS("an option of it has autocomplete, and it has no complete function", refused().c_str());
  command.complete = used;
  choice(one, "a", "x");
  STRCMP_CONTAINS("choices and autocomplete exclude each other", refused().c_str());
  one.flags = 0;
  one.type = COORDINATOR_BOOLEAN;
  STRCMP_CONTAINS("only texts, integers and numbers can have choices or autocomplete", refused().c_str());
  one.type = COORDINATOR_INTEGER;
  STRCMP_CONTAINS("choice 1: its value \"x\" is no whole number within 2^53", refused().c_str());
  one.type = COORDINATOR_NUMBER;
  STRCMP_CONTAINS("choice 1: its value \"x\" is no number", refused().c_str());
  made_choices[0].value = kept("1.5");
  STRCMP_CONTAINS(R"("choices":[{"name":"a","value":1.5}])", published().c_str());
  choice(one, "a", "2");
  STRCMP_CONTAINS("two of its choices are called \"a\"", refused().c_str());
  for (int more = 0; more < 24; ++more) choice(one, std::to_string(more), "1");
  STRCMP_CONTAINS("it has 26 choices; Discord takes 25", refused().c_str());
}

TEST(Description, HasAsMuchAsDiscordTakesAndNoMore) {
  for (int index = 0; index < 25; ++index) option(options, "option-" + std::to_string(index));
  STRCMP_EQUAL("taken", refused().c_str());
  option(options, "one-more");
  STRCMP_CONTAINS("it has 26 options; Discord takes 25", refused().c_str());
  options.pop_back();
  link();
  for (int index = 0; index < 25; ++index)
    choice(made[0], std::to_string(index) + std::string(90, 'n'), std::string(100, 'v'));
  for (int other : {1, 2}) {
    made[static_cast<std::size_t>(other)].choices = choices.data();
    made[static_cast<std::size_t>(other)].choice_count = 25;
  }
  STRCMP_CONTAINS("characters together; Discord takes 8000", refused().c_str());
}

TEST_GROUP(CommandName){};

TEST(CommandName, TakesLettersAndDigitsOfAllScriptsInLowerCase) {
  for (const char* good : {"reset", "a-b_c'd", "größe", "リセット", "सहायता", "ช่วยเหลือ", "2", "привет"})
    STRCMP_EQUAL("", wrong_in_command_name(good).c_str());
}

TEST(CommandName, RefusesTheRest) {
  STRCMP_EQUAL("is empty; Discord takes 1 to 32 characters", wrong_in_command_name("").c_str());
  STRCMP_EQUAL("has 33 characters; Discord takes 1 to 32",
               wrong_in_command_name(std::string(33, 'a')).c_str());
  STRCMP_EQUAL("must be in lower case, which \"G\" is not", wrong_in_command_name("Größe").c_str());
  STRCMP_EQUAL("must be in lower case, which \"П\" is not", wrong_in_command_name("Привет").c_str());
  for (const char* bad : {"a b", "a/b", "a.b", "😀", "a\xFF", "e\u0301"})
    STRCMP_CONTAINS("may hold letters, digits, -, _ and ' only", wrong_in_command_name(bad).c_str());
}
