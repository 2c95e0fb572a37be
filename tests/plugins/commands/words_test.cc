// Tests of plugin.hpp's words: numbers, times, JSON, and messages within Discord's limits.
#include <coordinator/plugin.hpp>

#include "base/json.h"
#include "base/text.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator::plugin;

namespace {

std::string dots(std::size_t count) {
  std::string out;
  while (count--) out += "é";
  return out;
}

coordinator::Json parsed(const std::string& json) {
  auto tree = coordinator::Json::parse(json);
  CHECK_TRUE(tree.has_value());
  return std::move(*tree);
}

}  // namespace

TEST_GROUP(PluginWords){};

TEST(PluginWords, numbers) {
  CHECK_EQUAL(std::string("0"), decimal(0));
  CHECK_EQUAL(std::string("18446744073709551615"), decimal(UINT64_MAX));
  CHECK_EQUAL(std::string("999"), grouped(999));
  CHECK_EQUAL(std::string("1,234,567"), grouped(1234567));
  CHECK_EQUAL(std::string("1 turn"), counted(1, "turn"));
  CHECK_EQUAL(std::string("0 turns"), counted(0, "turn"));
  CHECK_EQUAL(std::string("950"), rounded(950));
  CHECK_EQUAL(std::string("1.0k"), rounded(1000));
  CHECK_EQUAL(std::string("12.3k"), rounded(12345));
  CHECK_EQUAL(std::string("123k"), rounded(123'456));
  CHECK_EQUAL(std::string("1.0M"), rounded(999'960));
  CHECK_EQUAL(std::string("4.6M"), rounded(4'600'000));
}

TEST(PluginWords, numbers_in_texts) {
  LONGS_EQUAL(0, number_in("0"));
  LONGS_EQUAL(-1, number_in(""));
  LONGS_EQUAL(-1, number_in("12x"));
  LONGS_EQUAL(-1, number_in("1234567890123456789"));
  CHECK(id_in("1234567890123456789") == 1234567890123456789u);
  LONGS_EQUAL(0, id_in("<#5>"));
}

TEST(PluginWords, money) {
  CHECK_EQUAL(std::string("$0.00"), dollars(0));
  CHECK_EQUAL(std::string("<$0.01"), dollars(0.001));
  CHECK_EQUAL(std::string("$0.05"), dollars(0.05));
  CHECK_EQUAL(std::string("$1,234.50"), dollars(1234.499));
}

TEST(PluginWords, times) {
  CHECK_EQUAL(std::string("40 s"), lasting(40'999));
  CHECK_EQUAL(std::string("0 s"), lasting(-5));
  CHECK_EQUAL(std::string("47 h"), lasting(47 * 3'600'000));
  CHECK_EQUAL(std::string("2 days"), lasting(48 * 3'600'000));
  CHECK_EQUAL(std::string("just now"), ago(1000, 60'999));
  CHECK_EQUAL(std::string("5 min ago"), ago(1000, 301'000));
  CHECK_EQUAL(std::string("never"), ago(0, 1000));
}

TEST(PluginWords, texts_are_cut_by_code_points) {
  CHECK_EQUAL(dots(5), shortened(dots(5), 5));
  CHECK_EQUAL(dots(4) + "…", shortened(dots(6), 5));
  CHECK_EQUAL(std::string(), shortened("abc", 0));
  LONGS_EQUAL(3, code_points("a\xFF\xC3"));
  LONGS_EQUAL(coordinator::text::code_points("\xED\xA0\x80\xF0\x9F\x98\x80"),
              code_points("\xED\xA0\x80\xF0\x9F\x98\x80"));
}

TEST(PluginWords, other_peoples_words_are_no_markdown) {
  CHECK_EQUAL(std::string("\\*\\*hi\\*\\* \\<\\@5\\> \\`x\\`"), excerpt(" **hi**\n\n<@5>\t`x` ", 100));
  CHECK_EQUAL(std::string("two wo…"), one_line("two\nwords", 7));
}

TEST(PluginWords, json_is_well_formed_whatever_comes) {
  std::string wild("\"\\\n\r\t\x01\x1f\0 \xC3 é \xF0\x9F\x98\x80", 18);
  auto tree = parsed("{\"x\":" + quoted(wild) + "}");
  CHECK_EQUAL(std::string("\"\\\n\r\t\x01\x1f\xEF\xBF\xBD \xEF\xBF\xBD é \xF0\x9F\x98\x80"),
              tree["x"].text_or(""));
  CHECK_EQUAL(
      std::string(R"({"a":-5,"b":true,"c":[1,2]})"),
      JsonObject().number("a", -5).boolean("b", true).raw("c", JsonArray().raw("1").raw("2").json()).json());
}

TEST(PluginWords, a_list_counts_what_it_has_no_room_for) {
  Lines lines(130);
  lines.add("a").add(dots(16)).add("second").add("b");
  CHECK_EQUAL("a\n" + dots(16) + "\n…and 2 more: look there.", lines.text(": look there"));
  LONGS_EQUAL(2, lines.shown());
  CHECK(code_points(lines.text(dots(500))) <= 130);
  CHECK_EQUAL(std::string("a"), Lines(200, 1).add("a").text());
  CHECK_EQUAL(std::string("a\n…and 1 more."), Lines(200, 1).add("a").add("b").text());
}

TEST_GROUP(PluginMessages){};

TEST(PluginMessages, an_edit_names_only_what_it_changes) {
  CHECK_EQUAL(std::string(R"({"content":"x","allowed_mentions":{"parse":[]}})"), Message("x").json());
  CHECK_EQUAL(std::string(R"({"content":"x","embeds":[],"components":[],"allowed_mentions":{"parse":[]}})"),
              Message("x").only().json());
}

TEST(PluginMessages, an_embed_never_holds_more_than_discord_takes) {
  Embed embed;
  embed.title(dots(300)).description(dots(5000)).footer(dots(3000));
  for (int i = 0; i < 40; ++i) embed.field("name", "value");
  auto tree = parsed(embed.json());
  LONGS_EQUAL(256, code_points(tree["title"].text_or("")));
  LONGS_EQUAL(4096, code_points(tree["description"].text_or("")));
  LONGS_EQUAL(6000 - 256 - 4096, code_points(tree["footer"]["text"].text_or("")));
  LONGS_EQUAL(0, tree["fields"].size());
  LONGS_EQUAL(0, embed.room());
}

TEST(PluginMessages, an_embed_takes_25_fields_and_says_when_it_is_full) {
  Embed embed;
  for (int i = 0; i < 25; ++i) {
    CHECK(embed.fits("n", "v"));
    embed.field("n", i % 2 ? "" : dots(2000).substr(0, 100));
  }
  CHECK_FALSE(embed.fits("n", "v"));
  LONGS_EQUAL(25, embed.field("n", "v").fields());
}

TEST(PluginMessages, a_replaced_text_gives_its_room_back) {
  Embed embed;
  embed.description(dots(4000)).description("short");
  LONGS_EQUAL(6000 - 5, embed.room());
}

TEST(PluginMessages, a_select_takes_25_and_an_empty_one_is_left_out) {
  Select select("id", "choose");
  CHECK_EQUAL(std::string(R"({"allowed_mentions":{"parse":[]}})"), Message().row(select).json());
  for (int i = 0; i < 30; ++i) select.option(dots(200), decimal(static_cast<std::uint64_t>(i)));
  select.option("too long", dots(101));
  auto tree = parsed(select.json());
  LONGS_EQUAL(25, tree["options"].size());
  LONGS_EQUAL(100, code_points(tree["options"][0]["label"].text_or("")));
}

TEST(PluginMessages, rows_of_five_and_five_rows) {
  std::vector<Button> seven;
  for (int i = 0; i < 7; ++i)
    seven.push_back(Button::primary(dots(100), "b" + decimal(static_cast<std::uint64_t>(i))));
  Message message;
  for (int i = 0; i < 7; ++i) message.row(seven);
  auto tree = parsed(message.json());
  LONGS_EQUAL(5, tree["components"].size());
  LONGS_EQUAL(5, tree["components"][0]["components"].size());
  LONGS_EQUAL(80, code_points(tree["components"][0]["components"][0]["label"].text_or("")));
}

TEST(PluginMessages, a_custom_id_that_is_too_long_is_refused) {
  CHECK_EQUAL(std::string("a:b"), custom_id("a", "b"));
  CHECK_THROWS(Error, custom_id("a", dots(63)));
  CHECK_EQUAL(64, code_points(custom_id("a", dots(62))));
}

TEST(PluginMessages, choices_are_25_and_a_value_is_never_cut) {
  Choices choices;
  choices.add(dots(101)).add(" ");
  for (int i = 0; i < 30; ++i) choices.add(dots(120), decimal(static_cast<std::uint64_t>(i)));
  auto tree = parsed(choices.json());
  LONGS_EQUAL(25, tree.view().size());
  CHECK_EQUAL(std::string("0"), tree[0]["value"].text_or(""));
  LONGS_EQUAL(100, code_points(tree[0]["name"].text_or("")));
}

TEST(PluginMessages, every_outcome_has_words) {
  CHECK_EQUAL(std::string("done"), (Outcome{COORDINATOR_OK, ""}.words_or("done")));
  CHECK_EQUAL(std::string("its own"), (Outcome{COORDINATOR_FAILED, "its own"}.words_or("done")));
  for (int result = COORDINATOR_CANCELLED; result < 0; ++result) {
    auto words = Outcome{result, ""}.words_or("done");
    CHECK(words.size() > 20 && words != "done");
  }
}
