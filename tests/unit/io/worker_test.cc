// The worker: one job after the other, beside the loop or at once.
#include "io/worker.h"

#include <memory>
#include <string>

#include "io/loop.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator::io;

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

TEST(Worker, OneThatIsGoneTellsNothing) {
  worker->begin(loop);
  run("a");
  run("b");
  worker.reset();
  loop.run();
  STRCMP_EQUAL("a", done->c_str());
  STRCMP_EQUAL("", told.c_str());
}
