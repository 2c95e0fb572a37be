// What agents leave: taken once, from their own channel's outbox, and nothing that leads elsewhere.
#include "app/outbox_collector.h"

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>

#include "app/place_sweeper.h"
#include "io/loop.h"
#include "io/raw_server.h"
#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
namespace fs = std::filesystem;

TEST_GROUP(OutboxCollector) {
  io::Loop loop;
  TemporaryDirectory project;
  std::optional<chat::FilesCollected> told;
  app::OutboxCollector collector{loop, [this](const chat::FilesCollected& collected) { told = collected; }};

  std::string outbox(const std::string& channel = "7") {
    std::string path = project / (".coordinator/outbox/" + channel);
    fs::create_directories(path);
    return path;
  }
  chat::Parcel& collect(const std::string& turn, const std::string& channel = "7") {
    told.reset();
    collector.collect({turn, project.path, channel});
    CHECK_TRUE(test::run_until(loop, [this] { return told.has_value(); }));
    STRCMP_EQUAL(turn.c_str(), told->turn_id.c_str());
    return told->parcel;
  }
};

TEST(OutboxCollector, NothingIsThereWhereNothingWasLeft) {
  CHECK_TRUE(collect("a").empty());
  outbox();
  CHECK_TRUE(collect("a").empty());
  CHECK_FALSE(fs::exists(project / ".coordinator/sent"));
}

TEST(OutboxCollector, TakesFilesWithTheirTypes) {
  TemporaryDirectory::put(outbox() + "/b.pdf", "%PDF-1.7");
  TemporaryDirectory::put(outbox() + "/a.txt", "words");
  auto& parcel = collect("a");
  LONGS_EQUAL(2, parcel.files.size());
  STRCMP_EQUAL("a.txt", parcel.files[0].name.c_str());
  STRCMP_EQUAL("words", parcel.files[0].content.c_str());
  STRCMP_EQUAL("application/pdf", parcel.files[1].type.c_str());
  CHECK_TRUE(fs::is_empty(outbox()));
}

// As after a kill: whoever takes the turn up finds the same.
TEST(OutboxCollector, TheSameTurnGetsTheSameAgainAndAnotherNothing) {
  TemporaryDirectory::put(outbox() + "/a.txt", "words");
  LONGS_EQUAL(1, collect("a").files.size());
  LONGS_EQUAL(1, collect("a").files.size());
  CHECK_TRUE(collect("b").empty());
}

TEST(OutboxCollector, AnotherChannelsStay) {
  TemporaryDirectory::put(outbox("8") + "/a.txt", "words");
  CHECK_TRUE(collect("a", "7").empty());
  LONGS_EQUAL(1, collect("b", "8").files.size());
}

TEST(OutboxCollector, TricksAreNamedAndNotRead) {
  fs::create_symlink("/etc/passwd", outbox() + "/link");
  TemporaryDirectory::put(project / "secret", "s");
  fs::create_hard_link(project / "secret", outbox() + "/twice");
  ::mkfifo((outbox() + "/fifo").c_str(), 0600);
  fs::create_directory(outbox() + "/folder");
  auto& parcel = collect("a");
  LONGS_EQUAL(0, parcel.files.size());
  LONGS_EQUAL(4, parcel.left.size());
}

TEST(OutboxCollector, HiddenFilesStay) {
  TemporaryDirectory::put(outbox() + "/.half", "h");
  CHECK_TRUE(collect("a").empty());
  CHECK_TRUE(fs::exists(outbox() + "/.half"));
}

TEST(OutboxCollector, AnOutboxThatIsALinkIsLeftAlone) {
  fs::create_directories(project / "elsewhere");
  TemporaryDirectory::put(project / "elsewhere/a.txt", "words");
  fs::create_directories(project / ".coordinator/outbox");
  fs::create_directory_symlink(project / "elsewhere", project / ".coordinator/outbox/7");
  CHECK_TRUE(collect("a").empty());
  CHECK_TRUE(fs::exists(project / "elsewhere/a.txt"));
}

TEST(OutboxCollector, WhatIsTooLargeStaysOnTheDiskAndIsNamed) {
  TemporaryDirectory::put(outbox() + "/big", std::string((10u << 20) + 1, 'x'));
  auto& parcel = collect("a");
  LONGS_EQUAL(1, parcel.left.size());
  CHECK_TRUE(fs::exists(project / ".coordinator/sent/a/big"));
}

TEST_GROUP(PlaceSweeper) {
  TemporaryDirectory project;

  void put(const std::string& path, bool old) {
    fs::path whole = project / (".coordinator/" + path);
    fs::create_directories(whole.parent_path());
    TemporaryDirectory::put(whole, "x");
    auto time = fs::file_time_type::clock::now() - std::chrono::hours(old ? 8 * 24 : 1);
    fs::last_write_time(whole, time);
    fs::last_write_time(whole.parent_path(), time);
  }
  bool there(const std::string& path) { return fs::exists(project / (".coordinator/" + path)); }
};

TEST(PlaceSweeper, TakesWhatIsOlderThanAWeek) {
  for (const char* path : {"inbox/1/a", "sent/1/a", "outbox/7/a"}) put(path, true);
  for (const char* path : {"inbox/2/a", "sent/2/a", "outbox/8/a"}) put(path, false);
  app::sweep_place(project.path, system_now().wall);
  for (const char* path : {"inbox/1", "sent/1", "outbox/7/a"}) CHECK_FALSE(there(path));
  for (const char* path : {"inbox/2/a", "sent/2/a", "outbox/8/a", "outbox/7"}) CHECK_TRUE(there(path));
}

TEST(PlaceSweeper, GoesThroughNoLink) {
  fs::create_directories(project / "mine/1");
  fs::last_write_time(project / "mine/1", fs::file_time_type::clock::now() - std::chrono::hours(8 * 24));
  fs::create_directories(project / ".coordinator");
  fs::create_directory_symlink(project / "mine", project / ".coordinator/inbox");
  app::sweep_place(project.path, system_now().wall);
  CHECK_TRUE(fs::exists(project / "mine/1"));
}
