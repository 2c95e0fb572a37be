// Timers: never early, once or again, silent when stopped.
#include "io/timer.h"

#include <memory>
#include <thread>

#include "io/loop.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;

TEST_GROUP(Timer) { Loop loop; };

TEST(Timer, FiresOnceAndNotEarly) {
  int fired = 0;
  Timer timer(loop, [&] { ++fired; });
  Instant before = system_now().instant;
  timer.start(20ms);
  CHECK_TRUE(timer.active());
  loop.run();
  LONGS_EQUAL(1, fired);
  CHECK_TRUE(system_now().instant - before >= 20ms);
  CHECK_FALSE(timer.active());
}

// The loop's own time stands still during an iteration; a delay counts from now.
TEST(Timer, IsNotEarlyAfterALongIteration) {
  Instant fired{}, started{};
  Timer second(loop, [&] { fired = system_now().instant; });
  Timer first(loop, [&] {
    Instant begin = system_now().instant;
    while (system_now().instant - begin < 30ms) std::this_thread::yield();
    started = system_now().instant;
    second.start(20ms);
  });
  first.start(0ms);
  loop.run();
  CHECK_TRUE(fired - started >= 20ms);
}

TEST(Timer, SettingItselfToNowLeavesTheLoopToOthers) {
  int fired = 0, iterations = 0;
  loop.on_iteration_end([&] { ++iterations; });
  Timer greedy(loop, [&] {
    if (++fired < 20) greedy.start(0ms);
    std::this_thread::sleep_for(2ms);  // longer than any delay that it could have
  });
  greedy.start(0ms);
  loop.run();
  CHECK(iterations >= fired);
}

TEST(Timer, StartingAgainReplacesWhatWasSet) {
  int fired = 0;
  Timer timer(loop, [&] { ++fired; });
  timer.start(1h);
  timer.start(1ms);
  loop.run();
  LONGS_EQUAL(1, fired);
}

TEST(Timer, RepeatsUntilStopped) {
  int fired = 0;
  Timer timer(loop, [&] {
    if (++fired == 3) timer.stop();
  });
  timer.repeat(1ms);
  loop.run();
  LONGS_EQUAL(3, fired);
}

TEST(Timer, ANegativeDelayIsNow) {
  int fired = 0;
  Timer timer(loop, [&] { ++fired; });
  timer.start(-5ms);
  loop.run();
  LONGS_EQUAL(1, fired);
}

TEST(Timer, IsSilentOnceDestroyed) {
  int fired = 0;
  auto timer = std::make_unique<Timer>(loop, [&] { ++fired; });
  timer->start(0ms);
  timer.reset();
  loop.run();
  LONGS_EQUAL(0, fired);
}
