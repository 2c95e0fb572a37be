// Tests of the journal on a real loop and a real store: what is let go, and when.
#include "app/journal.h"

#include <memory>
#include <string>
#include <vector>

#include "io/loop.h"
#include "io/temporary.h"
#include "store/sqlite_store.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

TEST_GROUP(Journal) {
  TemporaryDirectory directory;
  io::Loop loop;
  std::unique_ptr<store::SqliteStore> store = std::move(*store::SqliteStore::open(directory.path));
  Journal journal{loop, *store, {[](chat::Act&) {}, [](command::Act&) {}}};
  std::string diary;
};

TEST(Journal, ATaskRunsWhenWhatCameBeforeItIsDurable) {
  journal.add(store::Note{"a", "b"});
  journal.then([this] { diary += store->dirty() ? "dirty" : "durable"; });
  STRCMP_EQUAL("", diary.c_str());
  io::Timer soon(loop, [] {});  // something must happen
  soon.start(0ms);
  loop.run_once(true);
  STRCMP_EQUAL("durable", diary.c_str());
}

// Each asks for the next one while it runs: none of them may wait for something else to happen.
TEST(Journal, TasksThatFollowFromEachOtherDoNotWaitForAnEvent) {
  io::Timer never(loop, [this] { diary += "late "; });
  never.start(20s);
  io::Timer begin(loop, [this] {
    journal.then([this] {
      diary += "a ";
      journal.then([this] {
        diary += "b ";
        journal.add(store::Note{"a", "b"});
        journal.then([this] {
          diary += "c";
          loop.stop();
        });
      });
    });
  });
  begin.start(1ms);
  loop.run();
  STRCMP_EQUAL("a b c", diary.c_str());
}
