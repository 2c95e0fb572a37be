// Tests of what plugins give as JSON: each limit with the sentence that names the place.
#include "command/message_check.h"

#include <fmt/format.h>

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;

namespace {

const Maker kMaker{"reset", WallTime(1'700'000'000s)};

std::string error_of(const Result<Json>& result) { return result ? "" : result.error().what; }

std::string message(const std::string& json, Purpose purpose = Purpose::create) {
  return error_of(check_message(json, purpose, kMaker));
}

std::string long_text(std::size_t count) { return std::string(count, 'x'); }

std::string button(const std::string& members) { return R"({"type":2,"style":1,)" + members + "}"; }

std::string in_row(const std::string& components) {
  return R"({"components":[{"type":1,"components":[)" + components + "]}]}";
}

std::string select(const std::string& members) {
  return in_row(R"({"type":3,"custom_id":"s",)" + members + "}");
}

std::string field(const std::string& members) {
  return R"({"custom_id":"f","title":"Form","components":[{"type":18,"label":"Why","component":)" + members +
         "}]}";
}

std::string modal(const std::string& json) { return error_of(check_modal(json, kMaker)); }

std::string choices(const std::string& json, int type = 3) { return error_of(check_choices(json, type)); }

}  // namespace

TEST_GROUP(MessageCheck){};

TEST(MessageCheck, PlainOnesPassUnchanged) {
  auto body =
      check_message(R"({"content":"hello","embeds":[{"title":"t","fields":[{"name":"a","value":"b"}]}]})",
                    Purpose::create, kMaker);
  STRCMP_EQUAL("", error_of(body).c_str());
  STRCMP_EQUAL("hello", (*body)["content"].text_or("").c_str());
}

TEST(MessageCheck, WhatIsNoJsonIsSaidSo) {
  STRCMP_CONTAINS("not JSON", message("{").c_str());
  STRCMP_EQUAL("must be an object", message("[]").c_str());
}

TEST(MessageCheck, AnEmptyMessageIsRefusedButAnEmptyChangeIsNot) {
  STRCMP_EQUAL("an empty message: content, embeds or components are needed", message("{}").c_str());
  STRCMP_CONTAINS("an empty message", message(R"({"content":"  "})").c_str());
  STRCMP_EQUAL("", message("{}", Purpose::edit).c_str());
  STRCMP_EQUAL("", message(R"({"components":[]})", Purpose::edit).c_str());
}

TEST(MessageCheck, ContentIsCountedInCodePoints) {
  std::string two_thousand;
  for (int i = 0; i < 2000; ++i) two_thousand += "ä";
  STRCMP_EQUAL("", message(R"({"content":")" + two_thousand + R"("})").c_str());
  STRCMP_EQUAL("content: 2001 characters, at most 2000",
               message(R"({"content":")" + two_thousand + R"(ä"})").c_str());
  STRCMP_EQUAL("content: must be text", message(R"({"content":7})").c_str());
}

TEST(MessageCheck, AnUnknownMemberNamesTheNearest) {
  STRCMP_EQUAL("embed: is not known here; the nearest is \"embeds\"", message(R"({"embed":{}})").c_str());
  STRCMP_EQUAL("components[0].components[0].lable: is not known here; the nearest is \"label\"",
               message(in_row(button(R"("custom_id":"a","lable":"x")"))).c_str());
}

TEST(MessageCheck, EmbedsHaveTheirLimits) {
  auto embed = [](const std::string& members) { return message(R"({"embeds":[{)" + members + "}]}"); };
  STRCMP_EQUAL("embeds[0].title: 257 characters, at most 256",
               embed(R"("title":")" + long_text(257) + "\"").c_str());
  STRCMP_EQUAL("embeds[0].fields[0].value: is missing", embed(R"("fields":[{"name":"a"}])").c_str());
  STRCMP_EQUAL("embeds[0].footer.text: is empty", embed(R"("footer":{"text":" "})").c_str());
  STRCMP_EQUAL("embeds[0].color: must be a whole number from 0 to 16777215",
               embed(R"("color":16777216)").c_str());
  STRCMP_EQUAL("embeds[0].image.url: must be an http or https address",
               embed(R"("image":{"url":"file:///x"})").c_str());
  std::string fields, embeds;
  for (int i = 0; i < 26; ++i) fields += std::string(i ? "," : "") + R"({"name":"a","value":"b"})";
  for (int i = 0; i < 11; ++i) embeds += std::string(i ? "," : "") + R"({"title":"t"})";
  STRCMP_EQUAL("embeds[0].fields: 26 fields, at most 25", embed("\"fields\":[" + fields + "]").c_str());
  STRCMP_EQUAL("embeds: 11 embeds, at most 10", message("{\"embeds\":[" + embeds + "]}").c_str());
}

TEST(MessageCheck, EmbedsHaveALimitTogether) {
  std::string embed = R"({"description":")" + long_text(3001) + R"("})";
  STRCMP_EQUAL("embeds: 6002 characters in all of them together, at most 6000",
               message("{\"embeds\":[" + embed + "," + embed + "]}").c_str());
}

TEST(MessageCheck, ButtonsHaveTheirLimits) {
  STRCMP_EQUAL("", message(in_row(button(R"("custom_id":"a","label":"x")"))).c_str());
  STRCMP_EQUAL("components[0].components[2].label: 81 characters, at most 80",
               message(in_row(button(R"("custom_id":"a","label":"x")") + "," +
                              button(R"("custom_id":"b","label":"x")") + "," +
                              button(R"("custom_id":"c","label":")" + long_text(81) + "\"")))
                   .c_str());
  STRCMP_EQUAL("components[0].components[0]: a button needs a label or an emoji",
               message(in_row(button(R"("custom_id":"a")"))).c_str());
  STRCMP_EQUAL("components[0].components[0].custom_id: is missing",
               message(in_row(button(R"("label":"x")"))).c_str());
  STRCMP_EQUAL("components[0].components[1].custom_id: \"a\" is there twice",
               message(in_row(button(R"("custom_id":"a","label":"x")") + "," +
                              button(R"("custom_id":"a","label":"y")")))
                   .c_str());
  STRCMP_EQUAL("components[0].components[0].custom_id: 65 characters, at most 64",
               message(in_row(button(R"("label":"x","custom_id":")" + long_text(65) + "\""))).c_str());
}

TEST(MessageCheck, AButtonLeadsToWhatItsStyleSays) {
  STRCMP_EQUAL("",
               message(in_row(R"({"type":2,"style":5,"label":"x","url":"https://example.org"})")).c_str());
  STRCMP_EQUAL(
      "components[0].components[0].custom_id: a button of style 5 has url in its place",
      message(in_row(R"({"type":2,"style":5,"label":"x","url":"https://e.org","custom_id":"a"})")).c_str());
  STRCMP_EQUAL("components[0].components[0].url: a button of style 1 has custom_id in its place",
               message(in_row(button(R"("custom_id":"a","label":"x","url":"https://e.org")"))).c_str());
  STRCMP_EQUAL("components[0].components[0].style: must be a whole number from 1 to 6",
               message(in_row(R"({"type":2,"style":7,"label":"x"})")).c_str());
  STRCMP_EQUAL("components[0].components[0].url: must be an http or https address",
               message(in_row(R"({"type":2,"style":5,"label":"x","url":"javascript:1"})")).c_str());
}

TEST(MessageCheck, RowsHaveTheirLimits) {
  std::string buttons, rows;
  for (int i = 0; i < 6; ++i) {
    buttons += std::string(i ? "," : "") + button(fmt::format(R"("custom_id":"{}","label":"x")", i));
    rows +=
        std::string(i ? "," : "") + fmt::format(R"({{"type":1,"components":[{}]}})",
                                                button(fmt::format(R"("custom_id":"r{}","label":"x")", i)));
  }
  STRCMP_EQUAL("components[0].components: 6 components, at most 5", message(in_row(buttons)).c_str());
  STRCMP_EQUAL("components: 6 rows, at most 5", message("{\"components\":[" + rows + "]}").c_str());
  STRCMP_EQUAL("components[0].components: 0 components, at least 1", message(in_row("")).c_str());
  STRCMP_EQUAL("components[0]: must be a row (type 1) that holds buttons or one select",
               message(R"({"components":[{"type":10,"content":"x"}]})").c_str());
}

TEST(MessageCheck, SelectsHaveTheirLimits) {
  std::string options;
  for (int i = 0; i < 26; ++i)
    options += std::string(i ? "," : "") + fmt::format(R"({{"label":"l","value":"{}"}})", i);
  STRCMP_EQUAL("", message(select(R"("options":[{"label":"l","value":"v"}])")).c_str());
  STRCMP_EQUAL("components[0].components[0].options: 26 options, at most 25",
               message(select("\"options\":[" + options + "]")).c_str());
  STRCMP_EQUAL("components[0].components[0].options: must be a list",
               message(select(R"("disabled":false)")).c_str());
  STRCMP_EQUAL("components[0].components[0].options[1].value: another option has the same value",
               message(select(R"("options":[{"label":"l","value":"v"},{"label":"m","value":"v"}])")).c_str());
  STRCMP_EQUAL("components[0].components[0].max_values: must be a whole number from 1 to 1",
               message(select(R"("options":[{"label":"l","value":"v"}],"max_values":2)")).c_str());
  STRCMP_EQUAL(
      "components[0].components[0]: a select stands alone in its row",
      message(in_row(R"({"type":5,"custom_id":"s"},)" + button(R"("custom_id":"a","label":"x")"))).c_str());
  STRCMP_EQUAL("", message(in_row(R"({"type":8,"custom_id":"s","max_values":25})")).c_str());
}

TEST(MessageCheck, CustomIdsLeadBackToThePlugin) {
  auto body = check_message(in_row(button(R"("custom_id":"yes:1","label":"x")")), Purpose::create, kMaker);
  STRCMP_EQUAL("reset:s44we8:yes:1",
               (*body)["components"][0]["components"][0]["custom_id"].text_or("").c_str());
}

TEST(MessageCheck, FlagsAreNotAPartOfIt) {
  STRCMP_CONTAINS("flags: only 4", message(R"({"content":"x","flags":64})").c_str());
  STRCMP_EQUAL("", message(R"({"content":"x","flags":4})").c_str());
}

TEST(MessageCheck, MentionsDoNotContradictThemselves) {
  STRCMP_EQUAL("allowed_mentions.users: excludes \"users\" in parse",
               message(R"({"content":"x","allowed_mentions":{"parse":["users"],"users":["1"]}})").c_str());
  STRCMP_EQUAL("", message(R"({"content":"x","allowed_mentions":{"users":["1"]}})").c_str());
}

TEST_GROUP(ModalCheck){};

TEST(ModalCheck, ALabelHoldsAField) {
  auto body = check_modal(field(R"({"type":4,"custom_id":"why","style":1})"), kMaker);
  STRCMP_EQUAL("", error_of(body).c_str());
  STRCMP_EQUAL("reset:s44we8:f", (*body)["custom_id"].text_or("").c_str());
  STRCMP_EQUAL("why", (*body)["components"][0]["component"]["custom_id"].text_or("").c_str());
}

TEST(ModalCheck, HasItsLimits) {
  STRCMP_EQUAL("title: 46 characters, at most 45",
               modal(R"({"custom_id":"f","title":")" + long_text(46) + R"(","components":[]})").c_str());
  STRCMP_EQUAL("components: 0 components, at least 1",
               modal(R"({"custom_id":"f","title":"t","components":[]})").c_str());
  STRCMP_EQUAL("components: must be a list", modal(R"({"custom_id":"f","title":"t"})").c_str());
  STRCMP_EQUAL("components[0].component.style: must be 1 (a line) or 2 (a paragraph)",
               modal(field(R"({"type":4,"custom_id":"a"})")).c_str());
  STRCMP_EQUAL("components[0].component.label: stands in the label around it",
               modal(field(R"({"type":4,"custom_id":"a","style":1,"label":"x"})")).c_str());
  STRCMP_EQUAL("components[0].component.type: is no field of a modal", modal(field(R"({"type":2})")).c_str());
  STRCMP_EQUAL("components[0].component.min_length: is more than max_length",
               modal(field(R"({"type":4,"custom_id":"a","style":1,"min_length":5,"max_length":4})")).c_str());
  STRCMP_EQUAL("components[0].component.min_values: 0 needs \"required\": false",
               modal(field(R"({"type":5,"custom_id":"a","min_values":0})")).c_str());
  STRCMP_EQUAL("components[0].component.disabled: is not possible in a modal",
               modal(field(R"({"type":5,"custom_id":"a","disabled":true})")).c_str());
}

TEST(ModalCheck, HasAtMostFiveComponents) {
  std::string labels;
  for (int i = 0; i < 6; ++i)
    labels +=
        std::string(i ? "," : "") +
        fmt::format(R"({{"type":18,"label":"l","component":{{"type":4,"style":1,"custom_id":"{}"}}}})", i);
  STRCMP_EQUAL("components: 6 components, at most 5",
               modal(R"({"custom_id":"f","title":"t","components":[)" + labels + "]}").c_str());
}

TEST(ModalCheck, ARowWithATextInputIsStillTaken) {
  STRCMP_EQUAL("", modal(R"({"custom_id":"f","title":"t","components":[{"type":1,"components":[
    {"type":4,"custom_id":"a","style":2,"label":"Why"}]}]})")
                       .c_str());
  STRCMP_EQUAL("components[0].components[0].type: a row in a modal holds a text input (4); use a label",
               modal(R"({"custom_id":"f","title":"t","components":[{"type":1,"components":[
    {"type":5,"custom_id":"a"}]}]})")
                   .c_str());
}

TEST_GROUP(ChoiceCheck){};

TEST(ChoiceCheck, NamesAndValuesHaveTheirLimits) {
  std::string many;
  for (int i = 0; i < 26; ++i) many += std::string(i ? "," : "") + R"({"name":"a","value":"b"})";
  STRCMP_EQUAL("", choices(R"([{"name":"a","value":"b"}])").c_str());
  STRCMP_EQUAL("", choices("[]").c_str());
  STRCMP_EQUAL("choices: 26 choices, at most 25", choices("[" + many + "]").c_str());
  STRCMP_EQUAL("choices[0].name: is empty", choices(R"([{"name":"","value":"b"}])").c_str());
  STRCMP_EQUAL("choices[0].value: must be text", choices(R"([{"name":"a","value":3}])").c_str());
  STRCMP_EQUAL("choices[0]: must be an object", choices("[1]").c_str());
  STRCMP_EQUAL("choices: must be a list", choices("{}").c_str());
}

TEST(ChoiceCheck, NumbersAsTextBecomeNumbersWhereTheOptionIsOne) {
  auto list = check_choices(R"([{"name":"a","value":"7"},{"name":"b","value":8}])", 4);
  STRCMP_EQUAL(R"([{"name":"a","value":7},{"name":"b","value":8}])", list->dump().c_str());
  STRCMP_EQUAL("choices[0].value: must be a number, as the option's type is",
               choices(R"([{"name":"a","value":"x"}])", 4).c_str());
}
