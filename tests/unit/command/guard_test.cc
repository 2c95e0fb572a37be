// The marker that outlives its process.
#include "command/guard.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;

TEST_GROUP(Guard) {
  TemporaryDirectory directory;
  std::string marker = directory / "running";

  // A process that stops between the two calls.
  void die_inside(bool inside) {
    pid_t child = fork();
    if (child == 0) {
      Guard guard(marker, 0ms);
      guard.enter("reset", "0123456789abcdef", "run of /reset");
      if (!inside) guard.leave("reset");
      raise(SIGKILL);
    }
    waitpid(child, nullptr, 0);
  }
};

TEST(Guard, NamesWhatRanWhenTheProcessWasKilled) {
  die_inside(true);
  Guard next(marker, 0ms);
  CHECK_TRUE((next.found() == Death{"reset", "0123456789abcdef", "run of /reset"}));
  Guard after(marker, 0ms);  // told once
  CHECK_FALSE(after.found().has_value());
}

TEST(Guard, AccusesNobodyOnceTheCallHasReturned) {
  die_inside(false);
  CHECK_FALSE(Guard(marker, 0ms).found().has_value());
}

TEST(Guard, WhatIsNoMarkerIsCleared) {
  TemporaryDirectory::put(marker, "something else");
  CHECK_FALSE(Guard(marker, 0ms).found().has_value());
}

TEST(Guard, LongNamesAreCut) {
  std::string what(500, 'w');
  {
    Guard guard(marker, 0ms);
    guard.enter("reset", "x", what);
  }
  STRCMP_EQUAL(std::string(100, 'w').c_str(), Guard(marker, 0ms).found()->what.c_str());
}

TEST(Guard, WorksWithoutAPlaceForItsMarker) {
  Guard guard(directory / "none/running", 0ms);
  guard.enter("reset", "x", "y");
  guard.leave("reset");
  CHECK_FALSE(guard.found().has_value());
}
