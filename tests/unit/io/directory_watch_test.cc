// Watching a directory: what happens in it, to it, and before it exists.
#include "io/directory_watch.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "io/loop.h"
#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;
namespace fs = std::filesystem;

TEST_GROUP(DirectoryWatch) {
  TemporaryDirectory directory;
  std::string path = directory / "plugins";
  Loop loop;
  int stirs = 0;
  std::unique_ptr<DirectoryWatch> watch;

  void begin() {
    watch = std::make_unique<DirectoryWatch>(loop, path, [this] {
      ++stirs;
      loop.stop();
    });
  }
  void wait(Millis patience) {
    Timer limit(loop, [this] { loop.stop(); });
    limit.start(patience);
    loop.run();
  }
  void check_stirred() {
    stirs = 0;
    wait(10s);
    CHECK_TRUE(stirs > 0);
    wait(100ms);  // the rest of what belongs to it
  }
};

TEST(DirectoryWatch, TellsWhatIsMadeWrittenRenamedAndRemoved) {
  fs::create_directory(path);
  begin();
  TemporaryDirectory::put(path + "/a.so", "1");
  check_stirred();
  TemporaryDirectory::put(path + "/a.so", "2");
  check_stirred();
  fs::rename(path + "/a.so", path + "/b.so");
  check_stirred();
  fs::permissions(path + "/b.so", fs::perms::owner_all);
  check_stirred();
  fs::remove(path + "/b.so");
  check_stirred();
}

TEST(DirectoryWatch, ManyWritesAreFewCalls) {
  fs::create_directory(path);
  begin();
  for (int round = 0; round < 500; ++round) TemporaryDirectory::put(path + "/a.so", std::to_string(round));
  check_stirred();
  CHECK_TRUE(stirs <= 5);
}

TEST(DirectoryWatch, WaitsForADirectoryHoweverDeepItIsMissing) {
  path = directory / "one/two/plugins";
  begin();
  fs::create_directories(path);
  check_stirred();
  TemporaryDirectory::put(path + "/a.so", "1");
  check_stirred();
}

TEST(DirectoryWatch, SeesOneThatIsReplacedByAnother) {
  fs::create_directory(path);
  fs::create_directory(directory / "next");
  begin();
  fs::rename(path, directory / "old");
  fs::rename(directory / "next", path);
  check_stirred();
  TemporaryDirectory::put(path + "/a.so", "1");
  check_stirred();
  fs::remove_all(path);
  check_stirred();
  fs::create_directory(path);
  check_stirred();
}

TEST(DirectoryWatch, SeesALinkThatIsTurned) {
  fs::create_directory(directory / "v1");
  fs::create_directory(directory / "v2");
  fs::create_directory_symlink("v1", path);
  begin();
  fs::create_directory_symlink("v2", directory / "next");
  fs::rename(directory / "next", path);
  check_stirred();
  TemporaryDirectory::put(directory / "v2/a.so", "1");
  check_stirred();
}

TEST(DirectoryWatch, SeesItsOwnModeChange) {
  fs::create_directory(path);
  begin();
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_write);
  check_stirred();
}

TEST(DirectoryWatch, IsSilentAboutItsNeighbours) {
  fs::create_directory(path);
  begin();
  TemporaryDirectory::put(directory / "other", "x");
  fs::create_directory(directory / "others");
  wait(200ms);
  LONGS_EQUAL(0, stirs);
}

// (The sanitizers need descriptors of their own.)
#if !defined(__SANITIZE_ADDRESS__)
TEST(DirectoryWatch, LooksOnceASecondWhereInotifyIsRefused) {
  fs::create_directory(path);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  int next = dup(0);  // the lowest free number: with this as the limit, nothing can be opened
  close(next);
  rlimit none{static_cast<rlim_t>(next), before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  begin();
  setrlimit(RLIMIT_NOFILE, &before);
  check_stirred();
  check_stirred();
}
#endif
