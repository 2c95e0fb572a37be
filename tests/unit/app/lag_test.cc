// The words about a busy loop: what held it up, and not too often.
#include "app/lag.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

TEST_GROUP(Lag) {
  Lag lag;
  Instant now{Millis(5000)};

  std::string heard(Millis took, Millis cpu, const char* most = nullptr, Millis most_took = 0ms) {
    return lag.heard({took, cpu, most, most_took}, now).value_or("");
  }
};

TEST(Lag, SaysWhatHeldTheLoopUp) {
  STRCMP_EQUAL("", heard(99ms, 99ms, "saving", 90ms).c_str());
  STRCMP_EQUAL("nothing was served for 150 ms; saving took 120 ms of it",
               heard(150ms, 140ms, "saving", 120ms).c_str());
}

TEST(Lag, TellsWorkFromWaiting) {
  STRCMP_EQUAL(
      "nothing was served for 300 ms; saving took 290 ms of it; only 4 ms were our own work: a slow disk, or "
      "a machine "
      "that has too much to do",
      heard(300ms, 4ms, "saving", 290ms).c_str());
}

TEST(Lag, TellsTheLongestOfManyOnceInAWhile) {
  heard(150ms, 150ms);
  STRCMP_EQUAL("", heard(200ms, 200ms).c_str());
  STRCMP_EQUAL("", heard(400ms, 400ms, "the conversations", 380ms).c_str());
  STRCMP_EQUAL("", heard(180ms, 180ms).c_str());
  now += 10s;
  STRCMP_EQUAL(
      "nothing was served for 400 ms, and 2 more times for longer than 100 ms; the conversations took 380 ms "
      "of it",
      heard(1ms, 1ms).c_str());
  now += 10s;
  STRCMP_EQUAL("", heard(1ms, 1ms).c_str());
}
