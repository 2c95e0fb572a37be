// The worker: one job after the other, beside the loop or at once.
#include "io/worker.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "io/background.h"
#include "io/loop.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator::io;
using namespace std::chrono_literals;

TEST_GROUP(Worker) {
  Loop loop;
  std::unique_ptr<Worker> worker = std::make_unique<Worker>();
  std::shared_ptr<std::string> done = std::make_shared<std::string>();
  std::string told;

  void run(const std::string& name) {
    worker->run([done = done, name] { *done += name; }, [this, name] { told += name; });
  }
};

TEST(Worker, WithoutALoopAJobIsDoneAtOnce) {
  run("a");
  STRCMP_EQUAL("a", told.c_str());
}

TEST(Worker, BesideTheLoopJobsAreDoneInOrderAndToldLater) {
  worker->begin(loop);
  for (const char* name : {"a", "b", "c"}) run(name);
  STRCMP_EQUAL("", told.c_str());
  loop.run();
  STRCMP_EQUAL("abc", done->c_str());
  STRCMP_EQUAL("abc", told.c_str());
}

TEST(Worker, AJobMayGiveTheNext) {
  worker->begin(loop);
  worker->run([] {}, [this] { run("next"); });
  loop.run();
  STRCMP_EQUAL("next", told.c_str());
}

TEST(Worker, FinishingWaitsForAllAndTellsEachOnce) {
  worker->begin(loop);
  run("a");
  run("b");
  worker->finish();
  STRCMP_EQUAL("ab", told.c_str());
  loop.run();
  STRCMP_EQUAL("ab", told.c_str());
  run("c");
  STRCMP_EQUAL("abc", told.c_str());
}

// What is being done is waited for, so that nothing that it touches goes before it.
TEST(Worker, OneThatIsGoneTellsNothing) {
  worker->begin(loop);
  auto begun = std::make_shared<std::atomic<bool>>(false), ended = std::make_shared<std::atomic<bool>>(false);
  worker->run(
      [begun, ended] {
        *begun = true;
        std::this_thread::sleep_for(50ms);
        *ended = true;
      },
      [this] { told += "a"; });
  run("b");
  while (!*begun) std::this_thread::yield();
  worker.reset();
  CHECK_TRUE(*ended);
  loop.run();
  STRCMP_EQUAL("", done->c_str());
  STRCMP_EQUAL("", told.c_str());
}

// Not even by a pool that is busy with something long.
TEST(Worker, IsHeldUpByNobodyElse) {
  worker->begin(loop);
  auto go_on = std::make_shared<std::atomic<bool>>(false);
  for (int i = 0; i < 16; ++i)
    in_background(loop, [go_on] {
      while (!*go_on) std::this_thread::sleep_for(1ms);
    });
  run("a");
  while (told.empty()) loop.run_once(true);
  *go_on = true;
  loop.run();
  STRCMP_EQUAL("a", told.c_str());
}

TEST(Worker, MayEndInsideWhatItTells) {
  worker->begin(loop);
  worker->run([] {}, [this] { worker.reset(); });
  run("b");
  loop.run();
  STRCMP_EQUAL("", told.c_str());
}
