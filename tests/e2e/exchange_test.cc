// Files that people attach and files that the agent gives back, with the real daemon and its disk.
#include "stage.h"

#include <fmt/format.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using coordinator::e2e::Stage;
using coordinator::e2e::StageOptions;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

playground::Attachment attachment(std::string name, std::string bytes) {
  return {"", std::move(name), "text/plain",
          "", false,           std::make_shared<const std::string>(std::move(bytes))};
}

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_GROUP(Exchange) {
  bool killed = false;
  Stage stage;
  void setup() override { stage.start(); }

  fs::path place(const std::string& project = "testing") {
    return stage.directory() + "/projects/" + project + "/.coordinator";
  }
  MessageId ask(std::string words, std::vector<playground::Attachment> files) {
    playground::Injection injection;
    injection.content = std::move(words);
    injection.attachments = std::move(files);
    return stage.discord().inject_message(std::move(injection));
  }
  std::vector<playground::Attachment> given(const std::string& channel = "testing") {
    std::vector<playground::Attachment> all;
    for (const playground::Message* message : stage.discord().bot_messages(channel))
      all.insert(all.end(), message->attachments.begin(), message->attachments.end());
    return all;
  }
};

TEST(Exchange, WhatIsAttachedLiesInTheInboxBeforeTheTurnBegins) {
  MessageId asked = ask("!read notes.txt", {attachment("notes.txt", "what was attached")});
  STRCMP_EQUAL("notes.txt: what was attached", stage.answer(asked).c_str());
  STRCMP_EQUAL("what was attached", contents(place() / "inbox" / asked.text() / "notes.txt").c_str());
  STRCMP_EQUAL("*\n", contents(place() / ".gitignore").c_str());
}

TEST(Exchange, WhatTheAgentGivesComesWithItsAnswer) {
  MessageId asked = stage.ask("testing", "!give report.md # All is well !say done");
  STRCMP_EQUAL("done", stage.answer(asked).c_str());
  LONGS_EQUAL(1, given().size());
  STRCMP_EQUAL("report.md", given()[0].filename.c_str());
  STRCMP_EQUAL("# All is well", given()[0].bytes->c_str());
  CHECK_TRUE(fs::is_empty(place() / "outbox" / "1100000000000000011"));
}

TEST(Exchange, AFileWithoutWordsIsAskedAbout) {
  MessageId asked = ask("", {attachment("notes.txt", "what was attached")});
  STRCMP_CONTAINS("> - .coordinator/inbox/", stage.answer(asked).c_str());
}

TEST(Exchange, FilesAreReachedByAReplyToo) {
  MessageId first = ask("look at this", {attachment("notes.txt", "what was attached")});
  stage.answer(first);
  playground::Injection injection;
  injection.content = "!read notes.txt";
  injection.reply_to = first;
  MessageId asked = stage.discord().inject_message(std::move(injection));
  STRCMP_EQUAL("notes.txt: what was attached", stage.answer(asked).c_str());
}

TEST(Exchange, WhatDiscordDoesNotTakeIsSaidWithWhereItIs) {
  stage.discord().may_attach("testing", false);
  stage.ask("testing", "!give report.md # All is well !say done");
  CHECK_TRUE(stage.until([&] { return stage.said("testing").find("`report.md`") != std::string::npos; }));
  STRCMP_CONTAINS("Let me attach files", stage.said("testing").c_str());
  STRCMP_CONTAINS(".coordinator/sent/", stage.said("testing").c_str());
  LONGS_EQUAL(0, given().size());
}

TEST(Exchange, LinksInTheOutboxAreRefused) {
  fs::create_directories(place() / "outbox" / "1100000000000000011");
  fs::create_symlink("/etc/passwd", place() / "outbox" / "1100000000000000011" / "report");
  std::string answer = stage.answer(stage.ask("testing", "!say done"));
  CHECK_TRUE(stage.until([&] { return stage.said("testing").find("no plain file") != std::string::npos; }));
  LONGS_EQUAL(0, given().size());
}

// While the agent works, when its files have just been taken, and when Discord has them.
TEST(Exchange, ADaemonKilledWhileTheAgentWorksAttachesItsFilesOnce) {
  stage.ask("testing", "!give report.md # All is well !sleep 2 !say done");
  CHECK_TRUE(stage.until([&] { return fs::exists(place() / "outbox/1100000000000000011/report.md"); }));
  stage.stop(SIGKILL);
  stage.start();
  CHECK_TRUE(stage.until([&] { return !given().empty(); }));
  STRCMP_EQUAL("next", stage.answer(stage.ask("testing", "!say next")).c_str());
  LONGS_EQUAL(1, given().size());
}

TEST(Exchange, ADaemonKilledWhenItHasTakenThemAttachesThemOnce) {
  stage.ask("testing", "!give report.md # All is well !sleep 0.5 !say done");
  CHECK_TRUE(stage.until([&] { return fs::exists(place() / "sent"); }));
  stage.stop(SIGKILL);
  stage.start();
  CHECK_TRUE(stage.until([&] { return !given().empty(); }));
  STRCMP_EQUAL("next", stage.answer(stage.ask("testing", "!say next")).c_str());
  LONGS_EQUAL(1, given().size());
}

TEST(Exchange, ADaemonKilledBehindThePostAttachesThemNoSecondTime) {
  stage.discord().chat().watch([this](const playground::Change& change) {
    if (!std::holds_alternative<playground::change::MessageCreated>(change) || given().empty()) return;
    if (!std::exchange(killed, true)) kill(stage.pid(), SIGKILL);
  });
  stage.ask("testing", "!give report.md # All is well !say done");
  CHECK_TRUE(stage.until([&] { return killed; }));
  stage.stop(SIGKILL);
  stage.start();
  STRCMP_EQUAL("next", stage.answer(stage.ask("testing", "!say next")).c_str());
  LONGS_EQUAL(1, given().size());
  LONGS_EQUAL(2, stage.discord().bot_messages("testing").size());
}

TEST(Exchange, ALinkThatHasExpiredIsSaidToTheChannel) {
  stage.discord().fault(R"({"fault": "attachments", "status": 404})");
  MessageId asked = ask("!say done", {attachment("notes.txt", "what was attached")});
  STRCMP_CONTAINS("`notes.txt`: Discord has it no more", stage.answer(asked).c_str());
  CHECK_TRUE(stage.until([&] { return stage.said("testing").find("done") != std::string::npos; }));
}

TEST(Exchange, WhileOneIsOnItsWayADaemonIsKilledAndAnotherCancelsAndGoesOn) {
  stage.discord().fault(R"({"fault": "attachments", "status": 0})");
  MessageId first = ask("!read notes.txt", {attachment("notes.txt", "what was attached")});
  MessageId second = ask("!read other.txt", {attachment("other.txt", "of the second")});
  stage.pause(500ms);
  stage.stop(SIGKILL);
  stage.start();
  stage.pause(500ms);
  stage.discord().react("testing", first, "❌");
  STRCMP_CONTAINS("Cancelled", stage.answer(first).c_str());
  stage.stop(SIGKILL);
  stage.discord().fault(R"({"fault": "attachments", "status": 200})");
  stage.start();
  STRCMP_EQUAL("other.txt: of the second", stage.answer(second).c_str());
}
