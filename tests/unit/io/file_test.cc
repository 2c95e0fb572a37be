// Files: read with a cap, replaced as one step, removed without following links, locked.
#include "io/file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "io/temporary.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

std::size_t entries(const std::string& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

void check_says(const char* part, const Error& error) {
  CHECK_TEXT(error.what.find(part) != std::string::npos, error.what.c_str());
}

}  // namespace

TEST_GROUP(File) { TemporaryDirectory directory; };

TEST(File, WhatWasWrittenIsReadWithNulAndAll) {
  std::string content("a\0b\xff\n", 5);
  CHECK_TRUE(write_file(directory / "f", content, 0640).has_value());
  CHECK_TRUE(read_file(directory / "f", 5).value() == content);
  LONGS_EQUAL(0640, mode_of(directory / "f"));
}

TEST(File, ReplacingLeavesNothingBesideIt) {
  CHECK_TRUE(write_file(directory / "f", "old", 0644).has_value());
  CHECK_TRUE(write_file(directory / "f", "new", 0600).has_value());
  STRCMP_EQUAL("new", TemporaryDirectory::content(directory / "f").c_str());
  LONGS_EQUAL(0600, mode_of(directory / "f"));
  LONGS_EQUAL(1, entries(directory.path));
}

TEST(File, AReplacedLinkLeavesItsTargetAlone) {
  TemporaryDirectory::put(directory / "target", "target");
  fs::create_symlink("target", directory / "link");
  CHECK_TRUE(write_file(directory / "link", "new", 0600).has_value());
  CHECK_FALSE(fs::is_symlink(directory / "link"));
  STRCMP_EQUAL("target", TemporaryDirectory::content(directory / "target").c_str());
}

// In a child, since a limit on the size of files is the whole process's.
TEST(File, AFailedWriteKeepsTheOldContentAndNothingElse) {
  TemporaryDirectory::put(directory / "f", "old");
  pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(write_file(directory / "f", std::string(5000, 'x'), 0600).has_value() ? 1 : 0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  LONGS_EQUAL(0, status);
  STRCMP_EQUAL("old", TemporaryDirectory::content(directory / "f").c_str());
  LONGS_EQUAL(1, entries(directory.path));
}

// A writer that was killed in between.
TEST(File, WhatAnEarlierWriterLeftIsUsedUp) {
  TemporaryDirectory::put(directory / "f.new", "half");
  CHECK_TRUE(write_file(directory / "f", "whole", 0600).has_value());
  STRCMP_EQUAL("whole", TemporaryDirectory::content(directory / "f").c_str());
  LONGS_EQUAL(1, entries(directory.path));
}

TEST(File, ADirectoryThatIsMissingIsNoFullDisk) {
  auto missing = write_file(directory / "none/f", "x", 0600);
  CHECK_TRUE(missing.error().cause == Cause::other);
  check_says("No such file or directory", missing.error());
}

TEST(File, ReadingStopsAtTheCap) {
  TemporaryDirectory::put(directory / "f", std::string(100'000, 'x'));
  LONGS_EQUAL(100'000, read_file(directory / "f", 100'000)->size());
  check_says("longer than 99999 bytes", read_file(directory / "f", 99'999).error());
}

TEST(File, OnlyRegularFilesAreRead) {
  ::mkfifo((directory / "fifo").c_str(), 0600);
  check_says("not a regular file", read_file(directory / "fifo", 10).error());
  check_says("not a regular file", read_file(directory.path, 10).error());
  check_says("not a regular file", read_file("/dev/zero", 10).error());
  check_says("No such file", read_file(directory / "none", 10).error());
}

TEST(File, PathsThatCutThemselvesShortAreRefused) {
  std::string path = (directory / "f") + std::string("\0.png", 5);
  check_says("NUL", write_file(path, "x", 0600).error());
  check_says("NUL", read_file(path, 10).error());
  check_says("NUL", remove_tree(path).error());
  check_says("empty", make_directories("").error());
}

TEST(File, DirectoriesAreMadePrivateAllTheWay) {
  CHECK_TRUE(make_directories(directory / "a/b//c/").has_value());
  LONGS_EQUAL(0700, mode_of(directory / "a"));
  LONGS_EQUAL(0700, mode_of(directory / "a/b/c"));
  CHECK_TRUE(make_directories(directory / "a/b").has_value());
  TemporaryDirectory::put(directory / "file", "");
  check_says("in the way", make_directories(directory / "file").error());
  CHECK_FALSE(make_directories(directory / "file/below").has_value());
}

TEST(File, ATreeIsRemovedAndWhatItsLinksPointAtStays) {
  fs::create_directories(directory / "tree/a/b");
  fs::create_directories(directory / "outside");
  TemporaryDirectory::put(directory / "outside/kept", "kept");
  TemporaryDirectory::put(directory / "tree/a/b/.hidden", "x");
  fs::create_directory_symlink("../../outside", directory / "tree/a/link");
  fs::create_symlink("/nowhere", directory / "tree/dangling");
  ::mkfifo((directory / "tree/fifo").c_str(), 0600);
  CHECK_TRUE(remove_tree(directory / "tree/").has_value());
  CHECK_FALSE(fs::exists(directory / "tree"));
  STRCMP_EQUAL("kept", TemporaryDirectory::content(directory / "outside/kept").c_str());
}

TEST(File, ALinkToATreeIsRemovedAlone) {
  fs::create_directories(directory / "outside/kept");
  fs::create_directory_symlink("outside", directory / "link");
  CHECK_TRUE(remove_tree(directory / "link/").has_value());
  CHECK_FALSE(fs::is_symlink(directory / "link"));
  CHECK_TRUE(fs::exists(directory / "outside/kept"));
}

TEST(File, RemovingWhatIsNotThereIsNoError) { CHECK_TRUE(remove_tree(directory / "none").has_value()); }

TEST(File, ATreeTooDeepIsRefusedBeforeDescriptorsRunOut) {
  std::string deep = directory / "deep";
  for (int level = 0; level < 300; ++level) deep += "/d";
  fs::create_directories(deep);
  check_says("nests deeper", remove_tree(directory / "deep").error());
}

TEST(File, ALockIsHeldByOneAndNamesItsHolder) {
  auto first = LockFile::take(directory / "lock", "coordinatord");
  CHECK_TRUE(first.has_value());
  auto second = LockFile::take(directory / "lock", "coordinatord");
  CHECK_FALSE(second.has_value());
  check_says(fmt::format("another coordinatord (process {}) holds", ::getpid()).c_str(), second.error());
  check_says("stop that one first", second.error());
}

// The program waits for its input to end, so it still runs when the lock is let go.
TEST(File, AProgramThatTheHolderRunsDoesNotKeepTheLock) {
  int input[2], output[2];
  CHECK_EQUAL(0, ::pipe(input) | ::pipe(output));
  pid_t child;
  {
    auto lock = LockFile::take(directory / "lock", "coordinatord");
    child = ::fork();
    if (child == 0) {
      ::dup2(input[0], 0);
      ::dup2(output[1], 1);
      ::close(input[1]);
      ::execl("/bin/cat", "cat", nullptr);
      ::_exit(1);
    }
    char byte;
    CHECK_EQUAL(1, ::write(input[1], "x", 1));
    CHECK_EQUAL(1, ::read(output[0], &byte, 1));  // it runs: exec has closed what it closes
  }
  CHECK_TRUE(LockFile::take(directory / "lock", "coordinatord").has_value());
  for (int fd : {input[0], input[1], output[0], output[1]}) ::close(fd);
  ::waitpid(child, nullptr, 0);
}

TEST(File, ALockOfAKilledProcessIsFree) {
  int ready[2];
  CHECK_EQUAL(0, ::pipe(ready));
  pid_t child = ::fork();
  if (child == 0) {
    auto lock = LockFile::take(directory / "lock", "coordinatord");
    (void)!::write(ready[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char byte;
  LONGS_EQUAL(1, ::read(ready[0], &byte, 1));
  CHECK_FALSE(LockFile::take(directory / "lock", "coordinatord").has_value());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK_TRUE(LockFile::take(directory / "lock", "coordinatord").has_value());
  ::close(ready[0]);
  ::close(ready[1]);
}
