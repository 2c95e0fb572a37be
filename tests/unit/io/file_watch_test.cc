// Watching a file: every way in which editors and installers change one.
#include "io/file_watch.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "io/loop.h"
#include "io/temporary.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;
namespace fs = std::filesystem;

TEST_GROUP(FileWatch) {
  TemporaryDirectory directory;
  std::string path = directory / "coordinator.toml";
  Loop loop;
  int changes = 0;
  std::unique_ptr<FileWatch> watch;

  void begin() {
    auto made = FileWatch::make(loop, path, [this] {
      ++changes;
      loop.stop();
    });
    CHECK_TEXT(made.has_value(), made ? "" : made.error().what.c_str());
    watch = std::move(*made);
  }
  // Until it tells a change, or for as long as `patience`.
  void wait(Millis patience) {
    Timer limit(loop, [this] { loop.stop(); });
    limit.start(patience);
    loop.run();
  }
  void check_told_once() {
    changes = 0;
    wait(10s);
    LONGS_EQUAL(1, changes);
    wait(300ms);
    LONGS_EQUAL(1, changes);
  }
};

TEST(FileWatch, TellsAChangeInPlaceOnceHoweverManyWritesItTook) {
  TemporaryDirectory::put(path, "old");
  begin();
  for (int round = 0; round < 10; ++round) TemporaryDirectory::put(path, "new " + std::to_string(round));
  check_told_once();
}

TEST(FileWatch, TellsReplacementsByRenameAgainAndAgain) {
  TemporaryDirectory::put(path, "old");
  begin();
  for (int round = 0; round < 3; ++round) {
    TemporaryDirectory::put(path + ".tmp", "old");  // same size: only its identity differs
    fs::rename(path + ".tmp", path);
    check_told_once();
  }
}

TEST(FileWatch, TellsAFileThatAppearsAndOneThatComesBack) {
  begin();
  TemporaryDirectory::put(path, "first");
  check_told_once();
  fs::remove(path);
  changes = 0;
  wait(500ms);
  LONGS_EQUAL(0, changes);
  TemporaryDirectory::put(path, "first");
  check_told_once();
}

TEST(FileWatch, TellsAChangeBehindALink) {
  fs::create_directories(directory / "one");
  fs::create_directories(directory / "two");
  TemporaryDirectory::put(directory / "one/coordinator.toml", "1");
  TemporaryDirectory::put(directory / "two/coordinator.toml", "2");
  fs::create_directory_symlink("one", directory / "current");
  fs::create_symlink("current/coordinator.toml", path);
  begin();
  fs::create_directory_symlink("two", directory / "next");
  fs::rename(directory / "next", directory / "current");
  check_told_once();
}

TEST(FileWatch, IsSilentAboutItsNeighbours) {
  TemporaryDirectory::put(path, "old");
  begin();
  TemporaryDirectory::put(directory / "other", "x");
  fs::remove(directory / "other");
  wait(500ms);
  LONGS_EQUAL(0, changes);
}

TEST(FileWatch, IsSilentOnceDestroyed) {
  TemporaryDirectory::put(path, "old");
  begin();
  TemporaryDirectory::put(path, "new!");
  watch.reset();
  wait(300ms);
  LONGS_EQUAL(0, changes);
}

TEST(FileWatch, ADirectoryThatIsMissingIsAnErrorThatNamesIt) {
  path = directory / "none/coordinator.toml";
  auto made = FileWatch::make(loop, path, [] {});
  STRCMP_EQUAL(("cannot watch " + (directory / "none") + ": no such file or directory").c_str(),
               made.error().what.c_str());
}
