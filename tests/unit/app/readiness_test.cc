// What is in the way of a turn: the disk's room, and the files that can be opened. The reserve on the disk.
#include "app/readiness.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "app/control_groups.h"
#include "io/disk.h"
#include "io/temporary.h"

// CppUTest's macros come last.
#include "io/control_group.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

TEST_GROUP(Readiness) {
  TemporaryDirectory directory;
  std::string reserve = directory / "reserve";

  std::uint64_t room() { return io::disk_space(directory.path)->free_bytes; }
  bool kept() { return std::filesystem::exists(reserve); }
};

TEST(Readiness, NothingIsInTheWayWhereThereIsRoom) {
  Readiness readiness(directory.path, 1);
  STRCMP_EQUAL("", readiness.look(true).c_str());
}

TEST(Readiness, ADiskWithTooLittleRoomIsInTheWayUntilThereIsMore) {
  Readiness readiness(directory.path, ~0ull);
  STRCMP_CONTAINS("disk is nearly full, so requests wait", readiness.look(true).c_str());
  CHECK_FALSE(kept());
  readiness.configure(1);
  STRCMP_EQUAL("", readiness.look(true).c_str());
}

TEST(Readiness, AStoreThatCannotWriteIsInTheWay) {
  Readiness readiness(directory.path, 1);
  STRCMP_CONTAINS("cannot write to its disk", readiness.look(false).c_str());
}

// One that a killed daemon had only begun to make.
TEST(Readiness, AReserveOfNothingIsMadeWhole) {
  std::ofstream(reserve).close();
  Readiness readiness(directory.path, 1);
  struct stat info;
  LONGS_EQUAL(0, stat(reserve.c_str(), &info));
  CHECK(info.st_blocks > 0);
}

TEST(Readiness, TooManyOpenFilesAreInTheWay) {
  Readiness readiness(directory.path, 1);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(dup(0));
  close(static_cast<int>(few.rlim_cur));
  setrlimit(RLIMIT_NOFILE, &few);
  std::string words = readiness.look(true);
  setrlimit(RLIMIT_NOFILE, &before);
  STRCMP_CONTAINS("too many files open", words.c_str());
  STRCMP_EQUAL("", readiness.look(true).c_str());
}

TEST(Readiness, TheReserveTakesRoomAndGivesItBackOnce) {
  Readiness readiness(directory.path, 1);
  struct stat taken;
  LONGS_EQUAL(0, stat(reserve.c_str(), &taken));
  CHECK(taken.st_blocks * 512 >= 1 << 20);
  LONGS_EQUAL(0600, taken.st_mode & 07777);
  CHECK_TRUE(readiness.give_up_reserve());
  CHECK_FALSE(kept());
  CHECK_FALSE(readiness.give_up_reserve());
  readiness.look(true);
  CHECK_TRUE(kept());
}

TEST(Readiness, TurnsLeaveHalfOfWhatIsWantedFree) {
  LONGS_EQUAL(50, Readiness(directory.path, 100).keep_free());
  std::uint64_t usual = Readiness(directory.path, {}).keep_free();
  CHECK(usual > 0 && usual <= 128u << 20);
}

TEST_GROUP(ControlGroups){};

TEST(ControlGroups, AreThoseAboveTheDaemonsOwn) {
  STRCMP_EQUAL("/system.slice/coordinatord.service",
               delegated_above("0::/system.slice/coordinatord.service/daemon\n").c_str());
  STRCMP_EQUAL("/a", delegated_above("9:pids:/b\n0::/a/daemon\n").c_str());
  for (const char* other : {"", "0::/\n", "0::/daemon\n", "0::/system.slice/coordinatord.service\n",
                            "9:pids:/a/daemon\n", "0::/a/daemon/b\n"})
    STRCMP_EQUAL("", delegated_above(other).c_str());
}

TEST(ControlGroups, AreNotTakenWhereThereAreNone) {
  TemporaryDirectory directory;
  STRCMP_EQUAL("", control_groups(directory.path).c_str());
  CHECK_FALSE(std::filesystem::exists(directory / "turns"));
}

// With the kernel's own files, wherever a group may be made at all.
TEST(ControlGroups, AreMadeBelowOneThatHoldsNoProcess) {
  std::string path = coordinator::make_control_group();
  if (path.empty()) return;
  STRCMP_EQUAL((path + "/turns").c_str(), control_groups(path).c_str());
  CHECK_EQUAL(0, access((path + "/turns/cgroup.procs").c_str(), F_OK));
  STRCMP_EQUAL((path + "/turns").c_str(), control_groups(path).c_str());
  rmdir((path + "/turns").c_str());
  rmdir(path.c_str());
}
