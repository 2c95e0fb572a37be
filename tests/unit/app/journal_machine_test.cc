// Tests of the journal's machine: what is let go after which commit, and what becomes of one that fails.
#include "app/journal_machine.h"

#include <string>

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

TEST_GROUP(JournalMachine) {
  JournalMachine machine;
  Instant now{1h};
  std::string diary;
  int room = 0;        // how often some can be made
  int asked_room = 0;  // how often it was asked for

  void act(const std::string& name) {
    machine.add(JournalMachine::Task([this, name] { diary += name; }));
  }
  // What a journal does by itself, but for committing.
  bool perform(JournalMachine::Step step) {
    if (step.news) diary += step.news->can_write ? "[yes]" : "[no]";
    for (auto& act : step.let_go) std::get<JournalMachine::Task>(act)();
    return step.commit;
  }
  bool go_on() { return perform(machine.go_on(now)); }
  bool committed(const Status& status = {}) {
    return perform(machine.committed(status, now, [this] { return ++asked_room <= room; }));
  }
  bool refused(Cause cause = Cause::other) { return committed(fail_as(cause, "no")); }
  void check(const char* expected) { STRCMP_EQUAL(expected, diary.c_str()); }
};

TEST(JournalMachine, WithoutWritesThereIsNothingToWaitFor) {
  act("a");
  CHECK_TRUE(machine.waiting());
  CHECK_FALSE(go_on());
  check("a");
  CHECK_FALSE(machine.waiting());
  CHECK_FALSE(go_on());
}

TEST(JournalMachine, AnActIsLetGoWhenItsWritesAreDurable) {
  machine.wrote();
  act("a");
  CHECK_TRUE(go_on());
  check("");
  CHECK_FALSE(committed());
  check("a");
}

TEST(JournalMachine, WhatComesDuringACommitBelongsToTheNextOne) {
  machine.wrote();
  act("a");
  CHECK_TRUE(go_on());
  CHECK_FALSE(machine.waiting());
  machine.wrote();
  act("b");
  CHECK_TRUE(machine.waiting());
  CHECK_FALSE(go_on());
  CHECK_FALSE(perform(machine.flush(now)));
  CHECK_FALSE(committed());
  check("a");
  CHECK_TRUE(go_on());
  committed();
  check("ab");
}

// It may follow from what is being saved.
TEST(JournalMachine, AnActWithoutWritesWaitsForTheCommitThatIsMade) {
  machine.wrote();
  go_on();
  act("a");
  CHECK_FALSE(go_on());
  check("");
  committed();
  CHECK_FALSE(go_on());
  check("a");
}

TEST(JournalMachine, WhatIsNotDurableIsCounted) {
  machine.wrote();
  machine.wrote();
  go_on();
  machine.wrote();
  LONGS_EQUAL(3, machine.held());
  refused();
  LONGS_EQUAL(3, machine.held());
  perform(machine.flush(now));
  machine.wrote();
  committed();
  LONGS_EQUAL(1, machine.held());
  go_on();
  committed();
  LONGS_EQUAL(0, machine.held());
}

TEST(JournalMachine, ACommitThatFailsIsTriedAgainWithWhatCameSince) {
  machine.wrote();
  act("a");
  go_on();
  machine.wrote();
  act("b");
  CHECK_FALSE(refused());
  check("[no]");
  CHECK_FALSE(machine.can_write());
  act("c");
  CHECK_FALSE(go_on());
  CHECK_TRUE(machine.due() == now + 1s);
  now += 1s;
  CHECK_TRUE(go_on());
  CHECK_FALSE(machine.due() && *machine.due() <= now);
  act("d");
  CHECK_FALSE(refused());
  now += 1s;
  CHECK_TRUE(go_on());
  committed();
  check("[no][yes]abcd");  // told once, and in the order in which it was wanted
  CHECK_TRUE(machine.can_write());
  CHECK_FALSE(machine.due().has_value());
}

// A disk that hangs tells no error.
TEST(JournalMachine, ACommitThatTakesTooLongCountsAsFailingUntilItIsDone) {
  machine.wrote();
  act("a");
  go_on();
  CHECK_TRUE(machine.due() == now + 10s);
  now += 9'999ms;
  CHECK_FALSE(go_on());
  CHECK_TRUE(machine.can_write());
  now += 1ms;
  CHECK_FALSE(go_on());
  CHECK_FALSE(machine.can_write());
  check("[no]");
  machine.wrote();
  act("b");
  now += 1min;
  CHECK_FALSE(go_on());
  CHECK_FALSE(machine.due().has_value());  // only the disk can go on
  LONGS_EQUAL(2, machine.held());
  committed();
  check("[no][yes]a");
  CHECK_TRUE(machine.can_write());
  CHECK_TRUE(go_on());
  CHECK_TRUE(machine.due() == now + 10s);
}

// Why is told once more where it is another reason: somebody will have to do something about that one.
TEST(JournalMachine, OneThatFailsAfterAllIsTriedAgain) {
  machine.wrote();
  act("a");
  go_on();
  now += 10s;
  go_on();
  refused();
  check("[no][no]");
  CHECK_TRUE(machine.due() == now + 1s);
  now += 1s;
  CHECK_TRUE(go_on());
  now += 10s;
  go_on();  // it is known that nothing can be saved
  check("[no][no]");
  committed();
  check("[no][no][yes]a");
}

TEST(JournalMachine, AFlushDoesNotWaitForTheTimeToTryAgain) {
  machine.wrote();
  act("a");
  go_on();
  refused();
  CHECK_FALSE(go_on());
  CHECK_TRUE(perform(machine.flush(now)));
  committed();
  check("[no][yes]a");
}

TEST(JournalMachine, RoomThatIsMadeIsUsedAtOnceAndNobodyHearsOfIt) {
  room = 1;
  machine.wrote();
  act("a");
  go_on();
  machine.wrote();
  act("b");
  CHECK_TRUE(refused(Cause::no_room));
  committed();
  check("ab");
  LONGS_EQUAL(1, asked_room);
}

TEST(JournalMachine, RoomIsAskedForEachTimeThatThereIsNone) {
  machine.wrote();
  go_on();
  CHECK_FALSE(refused(Cause::other));
  LONGS_EQUAL(0, asked_room);
  perform(machine.flush(now));
  CHECK_FALSE(refused(Cause::no_room));
  LONGS_EQUAL(1, asked_room);
  room = 2;
  perform(machine.flush(now));
  CHECK_TRUE(refused(Cause::no_room));
  CHECK_FALSE(refused(Cause::no_room));  // it was not enough, and there is no more
  check("[no]");
}
