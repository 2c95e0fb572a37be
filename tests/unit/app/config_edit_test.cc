// Changes to the configuration's text: what was asked for, and every other byte as it was.
#include "app/config_edit.h"

#include <string>
#include <vector>

#include "app/config.h"
#include "base/random.h"
#include "io/temporary.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

namespace {

const std::string kOne = "[projects.one]\nchannels = [\"1\"]\ndirectory = \"/\"\nallow = [\"user:1\"]\n";

std::string example() {
  return TemporaryDirectory::content(TEST_DATA "/../../../etc/coordinator.example.toml");
}

ProjectEdit two() {
  ProjectEdit edit{.name = "two"};
  edit.channel = ChannelId{2};
  edit.directory = "/tmp";
  edit.allow = {{"user:9"}};
  return edit;
}

const std::string kTwo = "[projects.two]\nchannels = [\"2\"]\ndirectory = \"/tmp\"\nallow = [\"user:9\"]\n";

ProjectEdit model(const std::string& name, const std::string& alias) {
  ProjectEdit edit{.name = name};
  edit.model = alias;
  return edit;
}

ProjectEdit channel(const std::string& name, std::uint64_t id) {
  ProjectEdit edit{.name = name};
  edit.channel = ChannelId{id};
  return edit;
}

std::string crlf(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

}  // namespace

TEST_GROUP(ConfigEdit){void becomes(const Result<std::string>& result, const std::string& expected){
    CHECK_TEXT(result.has_value(), result ? "" : result.error().what.c_str());
STRCMP_EQUAL(expected.c_str(), result->c_str());
}
void refused(const Result<std::string>& result, const std::string& words) {
  CHECK_FALSE_TEXT(result.has_value(), result.value_or("").c_str());
  CHECK_TEXT(result.error().what.find(words) != std::string::npos, result.error().what.c_str());
}
}
;

TEST(ConfigEdit, AddsAProjectBehindTheRest) {
  becomes(add_project(kOne, two()), kOne + "\n" + kTwo);
  becomes(add_project(kOne + "\n", two()), kOne + "\n" + kTwo);
  becomes(add_project("", two()), kTwo);
  becomes(add_project("# empty", two()), "# empty\n\n" + kTwo);  // what had no end of line gets one
  becomes(add_project(crlf(kOne), two()), crlf(kOne + "\n" + kTwo));
  becomes(add_project("\xef\xbb\xbf# é\n", two()), "\xef\xbb\xbf# é\n\n" + kTwo);
  becomes(add_project(example(), two()), example() + "\n" + kTwo);
}

TEST(ConfigEdit, WhatWasAddedAndRemovedLeavesNothing) {
  for (const std::string& text : {kOne, crlf(kOne), example(), std::string("# only words\n")})
    becomes(remove_project(*add_project(text, two()), "two"), text);
  becomes(remove_project(kTwo, "two"), "");
}

TEST(ConfigEdit, ANameIsTakenOnce) {
  refused(add_project(kOne,
                      [] {
                        auto edit = two();
                        edit.name = "one";
                        return edit;
                      }()),
          "there is a project one already");
  refused(set_project(kOne, model("two", "opus")), "there is no project two");
  refused(remove_project(kOne, "two"), "there is no project two");
  refused(remove_project("# nothing", "two"), "there is no project two");
}

TEST(ConfigEdit, ChangesAValueInItsPlace) {
  becomes(set_project("[projects.a]\n  model   =  'opus' # the dear one\nallow=[]\n[log]\n",
                      model("a", "sonnet")),
          "[projects.a]\n  model   =  \"sonnet\" # the dear one\nallow=[]\n[log]\n");
  becomes(set_project("[projects.a]\nmodel = \"\"\"\nlong\n[log]\n\"\"\"\r\n# end", model("a", "x")),
          "[projects.a]\nmodel = \"x\"\r\n# end");
  becomes(set_project("[projects.a]\nx = \"ééé\"\nmodel = \"é\" # é\n", model("a", "ü")),
          "[projects.a]\nx = \"ééé\"\nmodel = \"ü\" # é\n");
}

TEST(ConfigEdit, ANewKeyStandsBelowTheLastOne) {
  becomes(set_project("[projects.a]\n  directory = \"/\" # here\n\n# the log\n[log]\n", model("a", "opus")),
          "[projects.a]\n  directory = \"/\" # here\n  model = \"opus\"\n\n# the log\n[log]\n");
  becomes(set_project("[projects.a]\r\ndirectory = \"/\"", model("a", "opus")),
          "[projects.a]\r\ndirectory = \"/\"\r\nmodel = \"opus\"\r\n");
  becomes(set_project("[projects.a]\n[projects.b]\n", model("a", "opus")),
          "[projects.a]\nmodel = \"opus\"\n[projects.b]\n");
}

TEST(ConfigEdit, AnEmptyTextTakesTheKeyAway) {
  becomes(set_project("[projects.a]\nx = 1\nmodel = \"opus\" # dear\ny = 2\n", model("a", "")),
          "[projects.a]\nx = 1\ny = 2\n");
  becomes(set_project(kOne, model("one", "")), kOne);
}

TEST(ConfigEdit, AChannelMovesFromOneProjectToAnother) {
  std::string text = "[projects.a]\nchannels = [\"1\", \"2\", \"3\"]\n[projects.b]\nchannels = [\"4\"] # b\n";
  becomes(set_project(text, channel("b", 2)),
          "[projects.a]\nchannels = [\"1\", \"3\"]\n[projects.b]\nchannels = [\"4\", \"2\"] # b\n");
  becomes(set_project(text, channel("b", 3)),
          "[projects.a]\nchannels = [\"1\", \"2\"]\n[projects.b]\nchannels = [\"4\", \"3\"] # b\n");
  becomes(set_project(text, channel("b", 4)), text);
  becomes(set_project(text, channel("a", 5)),
          "[projects.a]\nchannels = [\"1\", \"2\", \"3\", \"5\"]\n[projects.b]\nchannels = [\"4\"] # b\n");
  refused(set_project(text, channel("a", 4)), "channel 4 is the only one of project b");
  becomes(add_project(text, two()),
          "[projects.a]\nchannels = [\"1\", \"3\"]\n[projects.b]\nchannels = [\"4\"] # b\n\n" + kTwo);
}

TEST(ConfigEdit, AListOfManyLinesStaysOne) {
  std::string text =
      "[projects.a]\nchannels = [\n    \"1\", # general\n    \"2\", # help\n]\n[projects.b]\nchannels = [\n  "
      "\"4\" "
      "# only\n]\n";
  becomes(set_project(text, channel("a", 5)),
          "[projects.a]\nchannels = [\n    \"1\", # general\n    \"2\", # help\n    \"5\",\n]\n"
          "[projects.b]\nchannels = [\n  \"4\" # only\n]\n");
  becomes(set_project(text, channel("b", 1)),
          "[projects.a]\nchannels = [\n    # general\n    \"2\", # help\n]\n"
          "[projects.b]\nchannels = [\n  \"4\", # only\n  \"1\"\n]\n");
  becomes(set_project("[projects.a]\nchannels = [\n\"1\",\n\"2\"\n]\n[projects.b]\nchannels = [ \"3\" ]\n",
                      channel("b", 2)),
          "[projects.a]\nchannels = [\n\"1\",\n]\n[projects.b]\nchannels = [ \"3\", \"2\" ]\n");
}

TEST(ConfigEdit, RemovesATableAndKeepsWhatIsNotOfIt) {
  std::string text =
      "# head\n[discord]\ntoken_file = \"t\"\n\n# about a\n[projects.a]\nmodel = \"x\"\n# model = \"y\"\n\n"
      "# about b\n[projects.b]\nmodel = '''\n[log]\n'''\n\n# the end\n";
  becomes(remove_project(text, "a"),
          "# head\n[discord]\ntoken_file = \"t\"\n\n# about a\n\n# about b\n[projects.b]\nmodel = "
          "'''\n[log]\n'''\n\n# the end\n");
  becomes(remove_project(text, "b"),
          "# head\n[discord]\ntoken_file = \"t\"\n\n# about a\n[projects.a]\nmodel = \"x\"\n# model = "
          "\"y\"\n\n# about b\n\n# the end\n");
  becomes(remove_project("[projects.a]\nx = 1\n# leads over\n[ projects . \"b\" ]\n\n[log]\n", "a"),
          "# leads over\n[ projects . \"b\" ]\n\n[log]\n");
  becomes(remove_project("[projects.a]\nx = 1\n# leads over\n[ projects . \"b\" ]\n\n[log]\n", "b"),
          "[projects.a]\nx = 1\n# leads over\n\n[log]\n");
}

TEST(ConfigEdit, TheExampleKeepsAllItsOtherWords) {
  auto without = remove_project(example(), "major-domo");
  CHECK_TRUE(without.has_value());
  std::size_t begin = example().find("[projects.major-domo]"), end = example().find("# Commands: shared");
  STRCMP_EQUAL((example().substr(0, begin) + "\n" + example().substr(end)).c_str(), without->c_str());
}

TEST(ConfigEdit, WhatHasNoSafePlaceIsNamedAndLeftAlone) {
  const std::string words = "is written in a way that cannot be changed from here";
  for (const char* text : {"projects = { a = { model = \"x\" } }\n", "projects.a.model = \"x\"\n",
                           "[projects]\na = { model = \"x\" }\n", "[projects]\na.model = \"x\"\n",
                           "[projects.a.b]\nmodel = \"x\"\n", "[projects.a]\nb.c = 1\n"}) {
    refused(set_project(text, model("a", "y")), words);
    refused(remove_project(text, "a"), words);
  }
  refused(add_project("projects = { a = { model = \"x\" } }\n", two()), "At its end belongs:\n" + kTwo);
  refused(add_project("[[projects]]\n", two()), "At its end belongs:\n" + kTwo);
  becomes(add_project("[projects]\na.model = \"x\"\n", two()), "[projects]\na.model = \"x\"\n\n" + kTwo);
  refused(set_project("[projects.a]\nchannels = [\"1\"\n,\"2\"]\n[projects.b]\nchannels=[\"3\"]\n",
                      channel("b", 1)),
          words);
}

TEST(ConfigEdit, ABrokenFileIsToBeMendedFirst) {
  refused(add_project("[projects.a\n", two()), "has a mistake that must be mended first: line 1");
}

TEST(ConfigEdit, ValuesCannotBecomeAnythingElse) {
  auto edit = two();
  edit.system_prompt = "\"\"\"\n[projects.evil]\nallow = [\"everyone\"]\n# \\ \x01 \x7f \t \r é 🦉 '''";
  auto added = add_project(kOne, edit);
  becomes(added, kOne + "\n" + kTwo +
                     "system_prompt = \"\\\"\\\"\\\"\\n[projects.evil]\\nallow = [\\\"everyone\\\"]\\n# \\\\ "
                     "\\u0001 \\u007F \\t \\u000D é 🦉 '''\"\n");
  auto config = parse_config(*added, "/coordinator.toml", {});
  CHECK_TRUE(config.has_value());
  LONGS_EQUAL(2, config->projects.size());
  STRCMP_EQUAL(edit.system_prompt->c_str(), config->projects[1].system_prompt.c_str());
  edit = two();
  edit.directory = std::string("/a\0b", 4);
  refused(add_project(kOne, edit), "directory: this is no text");
  edit.directory = "/\xff";
  refused(add_project(kOne, edit), "directory: this is no text");
  edit = two();
  edit.allow = {{"user:1\"]\n[log]\n"}};
  becomes(add_project("", edit),
          "[projects.two]\nchannels = [\"2\"]\ndirectory = \"/tmp\"\nallow = [\"user:1\\\"]\\n[log]\\n\"]\n");
}

TEST(ConfigEdit, NamesAreCheckedFirst) {
  for (const char* name : {"", "A", "a b", "a]", "a.b", "\"a\"", "../a", "é"}) {
    auto edit = two();
    edit.name = name;
    refused(add_project("", edit), "a name has 1 to 64");
    refused(set_project(kOne, edit), "a name has 1 to 64");
  }
}

// Whatever is asked of whatever text: an error, or the very change and no other line touched.
TEST(ConfigEdit, SurvivesDamagedFilesAndStrangeWishes) {
  Random random(11);
  const std::vector<std::string> pieces = {"[projects.a]\n",
                                           "channels = [\"1\", \"2\"]\n",
                                           "channels = [\n  \"3\", # x\n\"4\"\n]\n",
                                           "model = \"x\"\n",
                                           "[projects.b]\n",
                                           "# note\n",
                                           "\n",
                                           "directory = '/'\r\n",
                                           "allow = [ ]\n",
                                           "[log]\nlevel = \"info\"\n",
                                           "system_prompt = '''\n[x]\n'''\n",
                                           "projects.c.model = 1\n",
                                           "  [ projects.\"c\" ] # c\n",
                                           "x = 1979-05-27\n"};
  int done = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    for (auto n = random.below(9); n > 0; --n) text += pieces[random.below(pieces.size())];
    if (random.below(4) == 0 && !text.empty()) text.erase(random.below(text.size()), random.below(4));
    ProjectEdit edit{.name = std::string(1, "abcd"[random.below(4)])};
    if (random.below(2)) edit.model = random.below(2) ? "" : "m\"\n";
    if (random.below(2)) edit.channel = ChannelId{1 + random.below(6)};
    if (random.below(3) == 0) edit.allow = {{"everyone"}};
    auto kind = random.below(3);
    auto result = kind == 0   ? add_project(text, edit)
                  : kind == 1 ? set_project(text, edit)
                              : remove_project(text, edit.name);
    if (!result) {
      CHECK_FALSE(result.error().what.empty());
      continue;
    }
    ++done;
    // The change is its own proof (it was read again); doing the same once more changes nothing further.
    if (kind == 1) becomes(set_project(*result, edit), *result);
    if (kind == 0) CHECK_FALSE(add_project(*result, edit).has_value());
    if (kind == 2) CHECK_FALSE(remove_project(*result, edit.name).has_value());
    for (const char* kept : {"# note\n", "[log]\nlevel = \"info\"\n", "x = 1979-05-27\n"})
      if (kind != 2 && text.find(kept) != std::string::npos)
        CHECK_TEXT(result->find(kept) != std::string::npos, (text + "\n---\n" + *result).c_str());
  }
  CHECK_TRUE(done > 200);
}
