// The loop: when things run, and what happens to what must not die at once.
#include "io/loop.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/timer.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;

namespace {

struct Corpse {
  std::vector<std::string>& diary;
  std::function<void()> last_will;
  ~Corpse() {
    diary.push_back("buried");
    if (last_will) last_will();
  }
};

}  // namespace

TEST_GROUP(Loop) { std::vector<std::string> diary; };

TEST(Loop, EndsWhenNothingIsLeftToHappen) {
  Loop loop;
  loop.run();
  CHECK_TRUE(loop.now().wall > WallTime(Millis(1'600'000'000'000)));
}

TEST(Loop, LaterRunsOutsideOfTheCallbackAndBeforeTheIterationsEnd) {
  Loop loop;
  Timer timer(loop, [&] {
    loop.later([&] { diary.push_back("later"); });
    diary.push_back("timer");
  });
  bool ended = false;
  loop.on_iteration_end([&] {
    if (!ended && diary.size() == 2) {
      ended = true;
      diary.push_back("end");
    }
  });
  timer.start(0ms);
  loop.run();
  LONGS_EQUAL(3, diary.size());
  STRCMP_EQUAL("timer", diary[0].c_str());
  STRCMP_EQUAL("later", diary[1].c_str());
  STRCMP_EQUAL("end", diary[2].c_str());
}

TEST(Loop, ATaskThatAsksForAnotherDoesNotStarveTheLoop) {
  Loop loop;
  int tasks = 0, ends = 0;
  std::function<void()> again = [&] {
    ++tasks;
    loop.later(again);
  };
  loop.later(again);
  loop.on_iteration_end([&] {
    if (++ends == 10) loop.stop();
  });
  loop.run();
  CHECK_TRUE(tasks >= 9 && tasks <= 11);
  again = [] {};
  loop.on_iteration_end(nullptr);
  loop.run();
}

TEST(Loop, TheHookSeesWhatEveryIterationLeft) {
  Loop loop;
  bool dirty = false;
  int commits = 0;
  loop.on_iteration_end([&] {
    if (std::exchange(dirty, false)) ++commits;
  });
  int fired = 0;
  Timer timer(loop, [&] {
    CHECK_EQUAL(fired, commits);  // what the one before left was committed before this one began
    dirty = true;
    if (++fired == 3) timer.stop();
  });
  timer.repeat(1ms);
  loop.run();
  LONGS_EQUAL(3, commits);
}

TEST(Loop, BuriesAfterTheCallbackAndAfterTheHook) {
  Loop loop;
  auto corpse = std::make_unique<Corpse>(diary, nullptr);
  bool noted = false;
  loop.on_iteration_end([&] {
    if (!noted && !diary.empty()) {
      noted = true;
      diary.push_back("hook");
    }
  });
  Timer timer(loop, [&] {
    loop.bury(std::move(corpse));
    diary.push_back("callback");
  });
  timer.start(0ms);
  loop.run();
  LONGS_EQUAL(3, diary.size());
  STRCMP_EQUAL("callback", diary[0].c_str());
  STRCMP_EQUAL("hook", diary[1].c_str());
  STRCMP_EQUAL("buried", diary[2].c_str());
}

TEST(Loop, ATimerMayBeBuriedInItsOwnCallback) {
  Loop loop;
  std::unique_ptr<Timer> timer;
  int fired = 0;
  timer = std::make_unique<Timer>(loop, [&] {
    ++fired;
    loop.bury(std::move(timer));
  });
  timer->repeat(1ms);
  loop.run();
  LONGS_EQUAL(1, fired);
}

TEST(Loop, WhatDiesMayBuryMore) {
  Loop loop;
  loop.bury(std::make_unique<Corpse>(diary, [&] { loop.bury(std::make_unique<Corpse>(diary, nullptr)); }));
  loop.run();
  LONGS_EQUAL(2, diary.size());
}

TEST(Loop, TheDestructorFreesTheBuried) {
  {
    Loop loop;
    loop.bury(std::make_unique<Corpse>(diary, [&] { loop.bury(std::make_unique<Corpse>(diary, nullptr)); }));
  }
  LONGS_EQUAL(2, diary.size());
}

TEST(Loop, TheDestructorDropsTasksSinceWhoeverTheyCallIsGone) {
  {
    Loop loop;
    loop.later([&] { diary.push_back("later"); });
  }
  LONGS_EQUAL(0, diary.size());
}

TEST(Loop, DestroyedHandlesAreClosedWithTheLoop) {
  Loop loop;
  for (int round = 0; round < 100; ++round) Timer(loop, [] {}).start(1h);
}

TEST(Loop, MeasuresHowLongAnIterationHeldItUpAndBecauseOfWhat) {
  using std::chrono::steady_clock;
  auto spin = [](Millis time) {
    for (auto end = steady_clock::now() + time; steady_clock::now() < end;) continue;
  };
  Loop loop;
  Busy longest;
  loop.on_busy([&](const Busy& busy) {
    if (busy.took > longest.took) longest = busy;
  });
  loop.run_once(false);
  Timer timer(loop, [&] {
    Doing outer(loop, "outer");
    spin(10ms);
    Doing inner(loop, "inner");
    spin(30ms);
  });
  timer.start(500ms);
  while (timer.active()) loop.run_once(true);
  loop.later([] {});
  loop.run_once(false);
  CHECK(longest.took >= 40ms);
  CHECK(longest.took < 400ms);  // what it waited is none of it
  CHECK(longest.cpu > 0ms);
  STRCMP_EQUAL("inner", longest.most);
  CHECK(longest.most_took >= 30ms);
  loop.on_busy({});
}

#ifndef NDEBUG
TEST(Loop, AHandleThatOutlivesItIsFoundAtOnce) {
  pid_t child = ::fork();
  if (child == 0) {
    rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::close(2);  // the assertion's words are expected
    std::signal(SIGABRT, SIG_DFL);
    auto* loop = new Loop;
    auto* timer = new Timer(*loop, [] {});
    timer->repeat(1h);
    ::alarm(20);  // a hang is the failure
    delete loop;
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK_TRUE(WIFSIGNALED(status));
  LONGS_EQUAL(SIGABRT, WTERMSIG(status));
}
#endif
