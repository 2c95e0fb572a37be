// Files that go along with answers: what is too long for messages arrives whole, once, or as words where
// Discord takes no files.
#include "stage.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;

namespace {

constexpr const char* kPost = "/channels/*/messages";

// The agent runs in projects/NAME.
StageOptions options() {
  StageOptions options;
  options.agent = fmt::format("\"{}/coordinator-demo-agent\", \"--notes\", \"../../notes\"", PROGRAMS);
  options.more_channels = {"one", "two", "three", "four", "five", "six"};
  return options;
}

std::string line_of_code(int number) { return fmt::format("print({})  # naïve café, 日本語\n", number); }

std::string code(int lines) {
  std::string text;
  for (int i = 1; i <= lines; ++i) text += line_of_code(i);
  return text;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_GROUP(Files) {
  bool killed = false;
  Stage stage{options()};
  void setup() override { stage.start(); }

  const playground::Message* last() {
    auto said = stage.discord().bot_messages("testing");
    return said.empty() ? nullptr : said.back();
  }
  std::vector<playground::Attachment> files() {
    std::vector<playground::Attachment> all;
    for (const playground::Message* message : stage.discord().bot_messages("testing"))
      all.insert(all.end(), message->attachments.begin(), message->attachments.end());
    return all;
  }
  bool until_files(std::size_t number) {
    return stage.until([&] { return files().size() == number; });
  }
  // What the agent noted that it wrote, in its only answer.
  std::string written() {
    std::ifstream notes(stage.directory() + "/notes");
    for (std::string line; std::getline(notes, line);)
      if (auto note = Json::parse(line); note && (*note)["event"].text() == "end")
        return (*note)["said"][0].text_or("");
    return {};
  }
  // All lines of the program, each once, and no file.
  void check_words_of(int lines) {
    CHECK_TRUE(
        stage.until([&] { return last() && last()->content.find("Attach Files") != std::string::npos; }));
    std::string said = stage.said("testing");
    for (int i = 1; i <= lines; ++i) LONGS_EQUAL(1, count(said, line_of_code(i)));
    LONGS_EQUAL(0, files().size());
    LONGS_EQUAL(1, count(said, "That is all of it."));
    STRCMP_CONTAINS("needs the permission Attach Files", stage.log().c_str());
  }
};

TEST(Files, AnAnswerTooLongForMessagesComesWithAllOfItByteByByte) {
  stage.ask("testing", "!big 15000");
  CHECK_TRUE(until_files(1));
  STRCMP_EQUAL("answer.md", files()[0].filename.c_str());
  std::string whole = written();
  whole.erase(whole.find_last_not_of(" \n") + 1);
  CHECK(whole.size() > 14'900);
  CHECK(*files()[0].bytes == whole);
  STRCMP_CONTAINS("answer.md", last()->content.c_str());
  LONGS_EQUAL(6, stage.discord().bot_messages("testing").size());
}

TEST(Files, LongCodeIsAPreviewWithAFile) {
  stage.ask("testing", "!code 300");
  CHECK_TRUE(until_files(1));
  STRCMP_EQUAL("code.py", files()[0].filename.c_str());
  STRCMP_CONTAINS("300 lines", files()[0].description.c_str());
  CHECK(*files()[0].bytes == code(300));
  LONGS_EQUAL(1, stage.discord().bot_messages("testing").size());
}

TEST(Files, WhereTheBotMayAttachNoneTheWordsCome) {
  stage.discord().may_attach("testing", false);
  stage.ask("testing", "!code 150");
  check_words_of(150);
}

TEST(Files, WhereDiscordFindsThemTooLargeTheWordsCome) {
  stage.discord().fault(R"({"fault": "rest", "method": "POST", "route": "/channels/*/messages", "status": 413,
                            "body": {"message": "Request entity too large", "code": 40005}})");
  stage.ask("testing", "!code 150");
  check_words_of(150);
}

// The playground has it and has not answered: nobody has written down that it is there.
TEST(Files, ADaemonKilledBehindThePostSaysItNoSecondTime) {
  stage.discord().chat().watch([this](const playground::Change& change) {
    if (!std::holds_alternative<playground::change::MessageCreated>(change) || files().empty()) return;
    if (!std::exchange(killed, true)) kill(stage.pid(), SIGKILL);
  });
  stage.ask("testing", "!code 300");
  CHECK_TRUE(stage.until([&] { return killed; }));
  LONGS_EQUAL(-SIGKILL, stage.stop(SIGKILL));
  std::size_t posts = stage.discord().requests("POST", kPost);
  stage.start();
  STRCMP_EQUAL("next", stage.answer(stage.ask("testing", "!say next")).c_str());
  LONGS_EQUAL(1, files().size());
  LONGS_EQUAL(2, stage.discord().bot_messages("testing").size());
  LONGS_EQUAL(posts + 1, stage.discord().requests("POST", kPost));  // it was found, not posted again
}

// Few are sent at a time.
TEST(Files, FromManyChannelsAtOnceAllArrive) {
  stage.discord().fault(
      R"({"fault": "rest", "method": "POST", "route": "/channels/*/messages", "action": "delay",
                            "ms": 500, "count": 6})");
  for (const std::string& channel : stage.options().more_channels) stage.ask(channel, "!code 300");
  for (const std::string& channel : stage.options().more_channels) {
    auto said = [&] { return stage.discord().bot_messages(channel); };
    CHECK_TRUE(stage.until([&] { return !said().empty(); }));
    LONGS_EQUAL(1, said().size());
    CHECK(*said()[0]->attachments.at(0).bytes == code(300));
  }
}

TEST(Files, AFileThatWaitsIsSentByTheNextDaemon) {
  stage.discord().fault(R"({"fault": "rest", "method": "POST", "route": "/channels/*/messages", "status": 502,
                            "count": 1000})");
  stage.ask("testing", "!code 300");
  CHECK_TRUE(stage.until([&] { return stage.discord().requests("POST", kPost) > 0; }));
  stage.stop(SIGKILL);
  stage.discord().faults().clear();
  stage.start();
  CHECK_TRUE(until_files(1));
  CHECK(*files()[0].bytes == code(300));
  LONGS_EQUAL(1, stage.discord().bot_messages("testing").size());
}
