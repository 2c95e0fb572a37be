// What bodies may hold: messages, embeds, components, commands, multipart.
#include "rules.h"

#include <string>

#include "message_form.h"
#include "multipart.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::playground;

namespace {

// The code of the refusal, and of 50035 the first path in its tree: "50035 embeds/0/title".
std::string refusal(const Reply& reply) {
  std::string out = std::to_string((*reply.body)["code"].integer().value_or(-1));
  JsonView node = (*reply.body)["errors"];
  for (std::string separator = " "; node.size() > 0; separator = "/") {
    JsonView first = *node.begin();
    if (first.key() == "_errors") break;
    out += separator + std::string(first.key());
    node = first;
  }
  return out;
}

std::string check(std::string_view json, Purpose purpose = Purpose::create) {
  auto body = Json::parse(json);
  auto form = read_message(body->view(), {}, purpose);
  return form ? "fine" : refusal(form.error());
}

std::string repeat(std::string_view text, int count) {
  std::string out;
  while (count-- > 0) out += text;
  return out;
}

std::string command(std::string_view json) {
  auto body = Json::parse(json);
  FormErrors errors;
  check_command(body->view(), "", errors);
  return errors.empty() ? "fine" : refusal(Reply::invalid(errors));
}

}  // namespace

TEST_GROUP(MessageRules){};

TEST(MessageRules, CountCodePointsNotBytes) {
  STRCMP_EQUAL("fine", check(R"({"content":")" + repeat("😀", 2000) + "\"}").c_str());
  STRCMP_EQUAL("50035 content", check(R"({"content":")" + repeat("😀", 2001) + "\"}").c_str());
  STRCMP_EQUAL("fine", check(R"({"content":"  )" + repeat("x", 2000) + "  \"}").c_str());
}

TEST(MessageRules, RefuseAnEmptyMessage) {
  STRCMP_EQUAL("50006", check("{}").c_str());
  STRCMP_EQUAL("50006", check(R"({"content":" \n "})").c_str());
  STRCMP_EQUAL("50006", check(R"({"content":"","embeds":[]})").c_str());
  STRCMP_EQUAL("fine", check(R"({"embeds":[{"title":"x"}]})").c_str());
  STRCMP_EQUAL("fine", check("{}", Purpose::edit).c_str());
}

TEST(MessageRules, HoldTypesAndFlags) {
  STRCMP_EQUAL("50035 content", check(R"({"content":5})").c_str());
  STRCMP_EQUAL("fine", check(R"({"content":"x","flags":4096})").c_str());
  STRCMP_EQUAL("50035 flags", check(R"({"content":"x","flags":64})").c_str());
  STRCMP_EQUAL("fine", check(R"({"content":"x","flags":64})", Purpose::callback).c_str());
  STRCMP_EQUAL("50035 nonce", check(R"({"content":"x","nonce":"12345678901234567890123456"})").c_str());
}

TEST(MessageRules, RefuseMentionsThatContradictThemselves) {
  STRCMP_EQUAL("fine",
               check(R"({"content":"x","allowed_mentions":{"parse":[],"replied_user":true}})").c_str());
  STRCMP_EQUAL("50035 allowed_mentions",
               check(R"({"content":"x","allowed_mentions":{"parse":["users"],"users":["5"]}})").c_str());
  STRCMP_EQUAL("50035 allowed_mentions/parse/0",
               check(R"({"content":"x","allowed_mentions":{"parse":["people"]}})").c_str());
}

TEST(MessageRules, HoldEmbedsToTheirLimits) {
  auto embed = [](const std::string& inside) { return check("{\"embeds\":[{" + inside + "}]}"); };
  STRCMP_EQUAL("fine", embed(R"("description":")" + repeat("x", 4096) + "\"").c_str());
  STRCMP_EQUAL("50035 embeds/0/description", embed(R"("description":")" + repeat("x", 4097) + "\"").c_str());
  STRCMP_EQUAL("50035 embeds/0/title", embed(R"("title":")" + repeat("x", 257) + "\"").c_str());
  STRCMP_EQUAL("50035 embeds/0/fields/0/value", embed(R"("fields":[{"name":"n"}])").c_str());
  STRCMP_EQUAL("50035 embeds/0/url", embed(R"("title":"x","url":"ftp://x")").c_str());
  std::string half = R"({"description":")" + repeat("x", 3001) + "\"}";
  STRCMP_EQUAL("50035 embeds/1", check("{\"embeds\":[" + half + "," + half + "]}").c_str());
  STRCMP_EQUAL("50035 embeds",
               check("{\"embeds\":[" + repeat("{\"title\":\"x\"},", 10) + "{\"title\":\"x\"}]}").c_str());
}

TEST(MessageRules, HoldComponentsToTheirLimits) {
  auto row = [](const std::string& inside) {
    return check(R"({"content":"x","components":[{"type":1,"components":[)" + inside + "]}]}");
  };
  std::string button = R"({"type":2,"style":1,"label":"Yes","custom_id":"yes"})";
  STRCMP_EQUAL("fine", row(button).c_str());
  STRCMP_EQUAL("50035 components/0/components/1/custom_id", row(button + "," + button).c_str());
  STRCMP_EQUAL("50035 components/0/components/0/custom_id",
               row(R"({"type":2,"style":1,"label":"Yes"})").c_str());
  STRCMP_EQUAL("50035 components/0/components/0/url", row(R"({"type":2,"style":5,"label":"Go"})").c_str());
  STRCMP_EQUAL("50035 components/0/components", row("").c_str());
  STRCMP_EQUAL("50035 components/0/components/0/options",
               row(R"({"type":3,"custom_id":"s","options":[]})").c_str());
  STRCMP_EQUAL("50035 components/0/type", check(R"({"content":"x","components":[)" + button + "]}").c_str());
}

TEST(MessageRules, KeepTheSecondVersionOfComponentsApart) {
  STRCMP_EQUAL("50035 components/0/type", check(R"({"components":[{"type":10,"content":"x"}]})").c_str());
  STRCMP_EQUAL("fine", check(R"({"flags":32768,"components":[{"type":10,"content":"x"}]})").c_str());
  STRCMP_EQUAL("50035 content",
               check(R"({"flags":32768,"content":"x","components":[{"type":10,"content":"x"}]})").c_str());
}

TEST(MessageRules, NameAFileThatIsNotThere) {
  STRCMP_EQUAL("50035 attachments/0/id",
               check(R"({"content":"x","attachments":[{"id":0,"filename":"a.txt"}]})").c_str());
}

TEST_GROUP(CommandRules){};

TEST(CommandRules, HoldNamesAndDescriptions) {
  STRCMP_EQUAL("fine", command(R"({"name":"echo","description":"Says it"})").c_str());
  STRCMP_EQUAL("50035 description", command(R"({"name":"echo"})").c_str());
  STRCMP_EQUAL("50035 name", command(R"({"name":"Echo","description":"x"})").c_str());
  STRCMP_EQUAL("50035 name", command(R"({"name":"two words","description":"x"})").c_str());
  STRCMP_EQUAL("fine", command(R"({"name":"Two Words","type":3})").c_str());
  STRCMP_EQUAL("50035 description", command(R"({"name":"Two Words","type":3,"description":"x"})").c_str());
}

TEST(CommandRules, HoldOptions) {
  auto options = [](const std::string& list) {
    return command(R"({"name":"c","description":"x","options":[)" + list + "]}");
  };
  STRCMP_EQUAL("fine", options(R"({"type":3,"name":"a","description":"x","required":true})").c_str());
  STRCMP_EQUAL("50035 options/1", options(R"({"type":3,"name":"a","description":"x"},
      {"type":3,"name":"b","description":"x","required":true})")
                                      .c_str());
  STRCMP_EQUAL(
      "50035 options/1",
      options(R"({"type":3,"name":"a","description":"x"},{"type":3,"name":"a","description":"x"})").c_str());
  STRCMP_EQUAL("50035 options/0", options(R"({"type":3,"name":"a","description":"x","autocomplete":true,
      "choices":[{"name":"n","value":"v"}]})")
                                      .c_str());
  STRCMP_EQUAL("50035 options/0/type", options(R"({"type":12,"name":"a","description":"x"})").c_str());
}

TEST_GROUP(Multipart){};

TEST(Multipart, GivesPartsWithNamesFilesAndTypes) {
  std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: "
      "application/json\r\n\r\n{}\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a "
      "\\\"b\\\".txt\"\r\n\r\none\r\n--two\r\n"
      "--b--\r\n";
  auto parts = parse_multipart("multipart/form-data; boundary=b", body);
  CHECK(parts.has_value());
  LONGS_EQUAL(2, parts->size());
  STRCMP_EQUAL("payload_json", (*parts)[0].name.c_str());
  CHECK(!(*parts)[0].filename);
  STRCMP_EQUAL("application/json", (*parts)[0].content_type.c_str());
  STRCMP_EQUAL("a \"b\".txt", (*parts)[1].filename->c_str());
  STRCMP_EQUAL("one\r\n--two", std::string((*parts)[1].bytes).c_str());
}

TEST(Multipart, RefusesWhatIsCutOrHasNoBoundary) {
  CHECK(!parse_multipart("multipart/form-data", "--b--"));
  CHECK(!parse_multipart("multipart/form-data; boundary=b", "--b\r\nx: y\r\n\r\nabc"));
  CHECK(!parse_multipart("multipart/form-data; boundary=b", "--b\r\nno end of head\r\n--b--"));
  CHECK(!parse_multipart("multipart/form-data; boundary=b", ""));
}
