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
  std::string diary;
  bool room = false;  // can be made
  Journal journal{loop,
                  *store,
                  {[](chat::Act&) {}, [](command::Act&) {}, [this] { return room && fill_up(false); },
                   [this](bool can_write) { diary += can_write ? "[yes]" : "[no]"; }}};

  void setup() override { fill_up(false); }
  // There is no room for anything large.
  bool fill_up(bool full) { return store->limit_pages(full ? 1 : 0).has_value(); }
  void add(const std::string& name) {
    journal.add(store::Note{name, std::string(100'000, 'x')});
    journal.then([this, name] { diary += name; });
  }
  void run_until_said(const std::string& what) {
    while (diary.find(what) == std::string::npos) loop.run_once(true);
  }
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

TEST(Journal, WhatCannotBeSavedIsHeldUntilItCan) {
  fill_up(true);
  add("a");
  journal.flush();
  STRCMP_EQUAL("[no]", diary.c_str());
  CHECK_FALSE(journal.can_write());
  add("b");
  journal.flush();
  LONGS_EQUAL(2, journal.held());
  fill_up(false);
  journal.flush();
  STRCMP_EQUAL("[no][yes]ab", diary.c_str());
  CHECK_TRUE(journal.can_write());
  LONGS_EQUAL(0, journal.held());
}

TEST(Journal, ACommitThatFailedIsTriedAgainByItself) {
  fill_up(true);
  add("a");
  journal.flush();
  fill_up(false);
  STRCMP_EQUAL("[no]", diary.c_str());
  run_until_said("a");
  STRCMP_EQUAL("[no][yes]a", diary.c_str());
}

TEST(Journal, RoomThatIsMadeIsUsedAtOnce) {
  fill_up(true);
  room = true;
  add("a");
  journal.flush();
  STRCMP_EQUAL("a", diary.c_str());
}

TEST(Journal, WhatComesWhileTheDiskIsAtWorkIsSavedNext) {
  store->work_beside(loop);
  add("a");
  journal.flush();
  add("b");
  journal.flush();
  STRCMP_EQUAL("", diary.c_str());
  run_until_said("b");
  STRCMP_EQUAL("ab", diary.c_str());
  store->finish();
}
