// The shelf, its time moved by hand: what is done about every file, step by step.
#include "command/plugin_shelf.h"

#include <map>
#include <string>
#include <vector>

#include "base/overloaded.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;

namespace {

// "copy 1 /p/a.so; try 1" and so on; what is said to the log is left out.
std::string words_of(const ShelfEffects& effects) {
  std::string out;
  for (const auto& effect : effects) {
    std::string words = std::visit(
        Overloaded{
            [](const CopyFile& one) { return fmt::format("copy {} {}", one.attempt, one.path); },
            [](const TryCopy& one) { return fmt::format("try {}", one.attempt); },
            [](const LoadCopy& one) { return fmt::format("load {} {}", one.attempt, one.identity.name); },
            [](const DropCopy& one) { return fmt::format("drop {}", one.attempt); },
            [](const Retire& one) { return fmt::format("retire {}", one.generation); },
            [](const StopNow& one) { return fmt::format("stop {}", one.generation); },
            [](const ServingChanged&) { return std::string("changed"); },
            [](const KeepNotes& one) { return "notes " + one.notes; },
            [](const LogLine&) { return std::string(); },
            [](const Answer& one) {
              return fmt::format("answer {} {}", one.request,
                                 one.words ? *one.words : "refused: " + one.words.error().what);
            }},
        effect);
    if (!words.empty()) out += (out.empty() ? "" : "; ") + words;
  }
  return out;
}

}  // namespace

TEST_GROUP(PluginShelf) {
  PluginShelf shelf{PluginNotes(), 200ms};
  Millis time = 10s;
  std::map<std::string, io::FileLook> files;  // by name, in /p
  std::string directory_problem;

  Now now() const { return {Instant(time), WallTime(time)}; }
  void write(const std::string& name, off_t size) {
    io::FileLook look;
    look.size = size;
    look.mode = 0100644;
    look.changed = std::chrono::nanoseconds(time).count();
    files[name] = look;
  }
  std::string look(Millis later = 0ms) {
    time += later;
    DirectorySight sight{"/p", directory_problem, {}};
    if (directory_problem.empty())
      for (const auto& [name, look] : files) sight.files.push_back({"/p/" + name, look, ""});
    return words_of(shelf.seen({sight}, now()));
  }
  std::string copied(Attempt attempt, const std::string& content) {
    return words_of(shelf.copied(attempt, {false, content}, now()));
  }
  static Result<TrialReport> report(const std::string& name, const std::string& version,
                                    const std::vector<std::string>& commands) {
    TrialReport made{name, version, "", {}, {}};
    for (const auto& command : commands) made.commands.push_back(Json::object().set("name", command));
    return made;
  }
  std::string tried(Attempt attempt, const std::string& name, const std::string& version = "1.0",
                    std::vector<std::string> commands = {}) {
    if (commands.empty()) commands = {name};
    return words_of(shelf.tried(attempt, report(name, version, commands), now()));
  }
  std::string refused(Attempt attempt, const std::string& why) {
    return words_of(shelf.tried(attempt, fail("{}", why), now()));
  }
  std::string loaded(Attempt attempt) { return words_of(shelf.loaded(attempt, {}, now())); }
  std::string ask(ShelfEffects(PluginShelf::*asking)(std::string_view, Request, Now),
                  const std::string& name) {
    return words_of((shelf.*asking)(name, 7, now()));
  }
  // A file that has come through.
  void serve(Attempt attempt, const std::string& file, const std::string& name, const std::string& content,
             const std::string& version = "1.0", std::vector<std::string> commands = {}) {
    write(file, static_cast<off_t>(attempt));
    look();
    STRCMP_CONTAINS(fmt::format("copy {} /p/{}", attempt, file).c_str(), look(200ms).c_str());
    STRCMP_CONTAINS(fmt::format("try {}", attempt).c_str(), copied(attempt, content).c_str());
    STRCMP_CONTAINS(fmt::format("load {} {}", attempt, name).c_str(),
                    tried(attempt, name, version, std::move(commands)).c_str());
    STRCMP_CONTAINS("changed", loaded(attempt).c_str());
  }
  std::string serving(const std::string& command) {
    auto generation = shelf.serving_command(command);
    return generation ? std::to_string(*generation) : "nobody";
  }
  std::string listed() {
    std::string out;
    for (const auto& entry : shelf.list())
      out += fmt::format("{}{} {} {}{}{}", out.empty() ? "" : "; ", static_cast<int>(entry.state),
                         entry.identity.name, entry.identity.version, entry.detail.empty() ? "" : ": ",
                         entry.detail);
    return out;
  }
};

TEST(PluginShelf, AFileGoesStepByStepFromSeenToServing) {
  STRCMP_EQUAL("changed", look().c_str());  // nothing there: settled
  write("a.so", 1);
  STRCMP_EQUAL("", look().c_str());
  CHECK_TRUE(shelf.wakes() == Instant(time + 200ms));
  STRCMP_EQUAL("", look(199ms).c_str());
  STRCMP_EQUAL("copy 1 /p/a.so", look(1ms).c_str());
  CHECK_FALSE(shelf.wakes().has_value());
  STRCMP_EQUAL("try 1", copied(1, "one").c_str());
  STRCMP_EQUAL("2 a : it is being tried", listed().c_str());
  STRCMP_EQUAL("load 1 reset", tried(1, "reset", "1.0", {"reset", "again"}).c_str());
  STRCMP_EQUAL("nobody", serving("reset").c_str());
  STRCMP_EQUAL("changed", loaded(1).c_str());
  STRCMP_EQUAL("1", serving("again").c_str());
  CHECK_TRUE(shelf.serving_plugin("reset") == 1u);
  STRCMP_EQUAL("1 reset 1.0", listed().c_str());
}

TEST(PluginShelf, AFileThatGoesOnChangingWaits) {
  look();
  write("a.so", 1);
  look();
  for (off_t size = 2; size < 20; ++size) {
    write("a.so", size);
    STRCMP_EQUAL("", look(150ms).c_str());
  }
  STRCMP_EQUAL("copy 1 /p/a.so", look(200ms).c_str());
  STRCMP_EQUAL("", words_of(shelf.copied(1, {true, fail("")}, now())).c_str());  // changed during the copy
  STRCMP_EQUAL("copy 2 /p/a.so", look(200ms).c_str());
}

TEST(PluginShelf, WhatLayThereLongAtTheStartIsReadAtOnce) {
  write("a.so", 1);
  time += 5s;
  write("b.so", 1);
  STRCMP_EQUAL("copy 1 /p/a.so", look().c_str());
}

TEST(PluginShelf, IsSettledWhenAllThatLayThereHasBeenTried) {
  write("a.so", 1);
  write("b.so", 1);
  time += 5s;
  STRCMP_EQUAL("copy 1 /p/a.so; copy 2 /p/b.so", look().c_str());
  copied(1, "one");
  STRCMP_EQUAL("drop 1", refused(1, "bad").c_str());
  CHECK_FALSE(shelf.settled());
  write("c.so", 1);  // comes later: nobody waits for it
  look();
  STRCMP_EQUAL("changed", words_of(shelf.copied(2, {false, fail("bad")}, now())).c_str());
  CHECK_TRUE(shelf.settled());
}

TEST(PluginShelf, IsNotSettledWhileAFileOfTheBeginningChangesButNotForEver) {
  write("a.so", 1);
  look();
  write("a.so", 2);
  look(100ms);
  CHECK_FALSE(shelf.settled());
  std::string told;
  for (off_t size = 3; size < 110; ++size) {
    write("a.so", size);
    told += look(100ms);
  }
  STRCMP_EQUAL("changed", told.c_str());
  CHECK_TRUE(shelf.settled());
}

TEST(PluginShelf, WhatCannotBeTriedAtTheStartIsWaitedForAWhile) {
  write("a.so", 1);
  time += 5s;
  look();
  copied(1, "one");
  shelf.tried(1, fail_as(Cause::busy, "no descriptors"), now());
  CHECK_FALSE(shelf.settled());
  STRCMP_EQUAL("copy 2 /p/a.so", look(5s).c_str());
  shelf.copied(2, {false, fail_as(Cause::busy, "no descriptors")}, now());
  look(5s);
  CHECK_TRUE(shelf.settled());
}

TEST(PluginShelf, AFilesNameIsNotItsPluginsName) {
  look();
  write("reset.so", 1);
  write("help.so", 1);
  look();
  look(200ms);
  copied(1, "one");
  copied(2, "two");
  tried(1, "reset");  // of help.so
  loaded(1);
  tried(2, "other");  // of reset.so
  loaded(2);
  STRCMP_CONTAINS("retire 1;", words_of(shelf.disable("reset", 7, now())).c_str());
  STRCMP_EQUAL("2", serving("other").c_str());
  shelf.enable("reset", 8, now());
  STRCMP_EQUAL("2", serving("other").c_str());
}

TEST(PluginShelf, WhatIsNotKnownYetCannotBeDisabled) {
  look();
  write("a.so", 1);
  look();
  STRCMP_EQUAL("answer 7 refused: a is being tried just now: disable it in a moment",
               words_of(shelf.disable("a", 7, now())).c_str());
}

TEST(PluginShelf, TheNewOneStartsBeforeTheOldOneRetires) {
  serve(1, "a.so", "reset", "one");
  write("a.so", 2);
  look();
  look(200ms);
  copied(2, "two");
  STRCMP_EQUAL("load 2 reset", tried(2, "reset", "2.0").c_str());
  STRCMP_EQUAL("1", serving("reset").c_str());
  STRCMP_EQUAL("retire 1; changed; changed", loaded(2).c_str());
  STRCMP_EQUAL("2", serving("reset").c_str());
}

TEST(PluginShelf, WhateverFailsTheOldOneServesOnAndTheReasonIsKept) {
  serve(1, "a.so", "reset", "one");
  Attempt next = 2;
  auto again = [&] {
    write("a.so", static_cast<off_t>(100 + next));
    look();
    look(200ms);
    return next++;
  };
  shelf.copied(again(), {false, fail("it is cut short")}, now());
  STRCMP_EQUAL("1 reset 1.0: it is cut short", listed().c_str());
  Attempt attempt = again();
  copied(attempt, "two");
  refused(attempt, "it crashed");
  STRCMP_EQUAL("1 reset 1.0: it crashed", listed().c_str());
  attempt = again();
  copied(attempt, "three");
  tried(attempt, "reset");
  shelf.loaded(attempt, fail("its start() failed"), now());
  STRCMP_EQUAL("1 reset 1.0: its start() failed", listed().c_str());
  STRCMP_EQUAL("1", serving("reset").c_str());
  attempt = again();
  STRCMP_EQUAL("drop 5", copied(attempt, "one").c_str());  // as it was: nothing to load
  STRCMP_EQUAL("1 reset 1.0", listed().c_str());
}

TEST(PluginShelf, WhatThisMachineCannotDoNowIsTriedAgain) {
  look();
  write("a.so", 1);
  look();
  look(200ms);
  copied(1, "one");
  auto busy = [&](Attempt attempt) {
    return words_of(shelf.tried(attempt, fail_as(Cause::busy, "no descriptors"), now()));
  };
  STRCMP_EQUAL("drop 1", busy(1).c_str());
  STRCMP_EQUAL("2 a : no descriptors; it will be tried again", listed().c_str());
  CHECK_TRUE(shelf.wakes() == Instant(time + 5s));
  STRCMP_EQUAL("copy 2 /p/a.so", look(5s).c_str());
  STRCMP_EQUAL("", words_of(shelf.copied(2, {false, fail_as(Cause::busy, "no descriptors")}, now())).c_str());
  STRCMP_EQUAL("copy 3 /p/a.so", look(5s).c_str());
  copied(3, "one");
  STRCMP_EQUAL("load 3 reset", tried(3, "reset").c_str());
}

TEST(PluginShelf, AnAttemptThatTheFileOvertakesIsDropped) {
  look();
  write("a.so", 1);
  look();
  look(200ms);
  copied(1, "one");
  write("a.so", 2);
  STRCMP_EQUAL("drop 1", look().c_str());
  STRCMP_EQUAL("", tried(1, "reset").c_str());
  STRCMP_EQUAL("copy 2 /p/a.so", look(200ms).c_str());
  write("a.so", 3);
  STRCMP_EQUAL("drop 2", look().c_str());
  STRCMP_EQUAL("drop 2", copied(2, "two").c_str());
}

TEST(PluginShelf, AFileThatIsRemovedRetires) {
  serve(1, "a.so", "reset", "one");
  files.clear();
  STRCMP_EQUAL("", look().c_str());
  STRCMP_EQUAL("1", serving("reset").c_str());
  STRCMP_EQUAL("retire 1; changed", look(200ms).c_str());
  STRCMP_EQUAL("nobody", serving("reset").c_str());
  STRCMP_EQUAL("", listed().c_str());
}

TEST(PluginShelf, AFileThatIsRemovedAndMadeAgainServesInBetween) {
  serve(1, "a.so", "reset", "one");
  files.clear();
  look();
  write("a.so", 2);
  STRCMP_EQUAL("", look(100ms).c_str());
  STRCMP_EQUAL("copy 2 /p/a.so", look(200ms).c_str());
  STRCMP_EQUAL("1", serving("reset").c_str());
}

TEST(PluginShelf, AFileThatIsRenamedTakesOverWhatItsOldNameServed) {
  serve(1, "a.so", "reset", "one");
  files.clear();
  write("b.so", 2);
  look();
  STRCMP_EQUAL("copy 2 /p/b.so", look(200ms).c_str());
  copied(2, "one");
  STRCMP_EQUAL("load 2 reset", tried(2, "reset").c_str());
  STRCMP_EQUAL("1", serving("reset").c_str());
  STRCMP_EQUAL("retire 1; changed; changed", loaded(2).c_str());
}

TEST(PluginShelf, OfTwoThatExcludeEachOtherTheOneThatServesStays) {
  serve(1, "b.so", "reset", "one");
  write("a.so", 5);
  look();
  look(200ms);
  copied(2, "two");
  STRCMP_EQUAL("drop 2", tried(2, "reset", "9.0", {"other"}).c_str());
  STRCMP_EQUAL(
      "2 reset 9.0: a plugin called reset serves already, from /p/b.so: remove one of the two files; 1 reset "
      "1.0",
      listed().c_str());
  files.erase("b.so");
  look();
  STRCMP_EQUAL("retire 1; changed; copy 3 /p/a.so", look(200ms).c_str());
}

TEST(PluginShelf, ANewcomersChanceComesAlsoWhenTheOtherGivesUpTheCommand) {
  serve(1, "a.so", "reset", "one", "1.0", {"reset", "again"});
  write("b.so", 5);
  look();
  look(200ms);
  copied(2, "two");
  tried(2, "more", "1.0", {"again"});
  STRCMP_CONTAINS("its command /again is served already by plugin reset", listed().c_str());
  write("a.so", 6);
  look();
  look(200ms);
  copied(3, "three");
  tried(3, "reset");
  STRCMP_EQUAL("retire 1; changed; changed; copy 4 /p/b.so", loaded(3).c_str());
}

TEST(PluginShelf, WhoWasBegunFirstIsLoadedFirst) {
  write("a.so", 1);
  write("b.so", 2);
  look();
  STRCMP_EQUAL("copy 1 /p/a.so; copy 2 /p/b.so", look(200ms).c_str());
  copied(1, "one");
  copied(2, "two");
  STRCMP_EQUAL("", tried(2, "reset").c_str());
  STRCMP_EQUAL("load 1 reset", tried(1, "reset").c_str());
  STRCMP_EQUAL("changed; drop 2; changed", loaded(1).c_str());
}

TEST(PluginShelf, ButNobodyIsWaitedForLongerThanASecond) {
  write("a.so", 1);
  write("b.so", 2);
  look();
  look(200ms);
  copied(1, "one");
  copied(2, "two");
  STRCMP_EQUAL("", tried(2, "reset").c_str());
  CHECK_TRUE(shelf.wakes() == Instant(time + 1s));
  STRCMP_EQUAL("load 2 reset", look(1s).c_str());
}

TEST(PluginShelf, FourAreTriedAtOnceAndTheNextWhenOneIsDone) {
  for (const char* name : {"a.so", "b.so", "c.so", "d.so", "e.so"}) write(name, 1);
  look();
  STRCMP_EQUAL("copy 1 /p/a.so; copy 2 /p/b.so; copy 3 /p/c.so; copy 4 /p/d.so", look(200ms).c_str());
  CHECK_TRUE(shelf.wakes() == Instant(time + 9800ms));  // for the beginning only
  copied(2, "two");
  STRCMP_EQUAL("drop 2; copy 5 /p/e.so", refused(2, "bad").c_str());
}

TEST(PluginShelf, ADirectoryThatBecomesUnsafeGivesNothingNewAndTakesNothingAway) {
  serve(1, "a.so", "reset", "one");
  write("a.so", 2);
  write("b.so", 1);
  look();
  look(200ms);
  directory_problem = "its group may write to it";
  STRCMP_EQUAL("drop 2; drop 3", look().c_str());
  STRCMP_EQUAL("1", serving("reset").c_str());
  STRCMP_CONTAINS("2 p : its group may write to it", listed().c_str());
  STRCMP_EQUAL("", look(10s).c_str());
  directory_problem.clear();
  look();
  STRCMP_EQUAL("copy 4 /p/a.so; copy 5 /p/b.so", look(200ms).c_str());
}

TEST(PluginShelf, OldOnesThatHoldCallsAreFew) {
  serve(1, "a.so", "reset", "1");
  for (Attempt attempt = 2; attempt <= 9; ++attempt) serve(attempt, "a.so", "reset", std::to_string(attempt));
  shelf.retired(3);
  serve(10, "a.so", "reset", "10");
  write("a.so", 99);
  look();
  look(200ms);
  copied(11, "11");
  tried(11, "reset");
  STRCMP_EQUAL("retire 10; changed; stop 1; changed", loaded(11).c_str());
}

TEST(PluginShelf, AReloadLoadsWhatServesAlready) {
  serve(1, "a.so", "reset", "one");
  STRCMP_EQUAL("copy 2 /p/a.so", ask(&PluginShelf::reload, "reset").c_str());
  STRCMP_EQUAL("try 2", copied(2, "one").c_str());
  STRCMP_EQUAL("load 2 reset", tried(2, "reset").c_str());
  STRCMP_EQUAL("retire 1; changed; answer 7 reset 1.0 serves; changed", loaded(2).c_str());
  ask(&PluginShelf::reload, "a.so");
  copied(3, "one");
  STRCMP_EQUAL("answer 7 refused: it crashed; reset 1.0 serves on; drop 3", refused(3, "it crashed").c_str());
  STRCMP_EQUAL("answer 7 refused: there is no plugin rest; there are reset",
               ask(&PluginShelf::reload, "rest").c_str());
}

TEST(PluginShelf, AReloadWhoseFileGoesIsAnsweredToo) {
  serve(1, "a.so", "reset", "one");
  ask(&PluginShelf::reload, "reset");
  files.clear();
  STRCMP_EQUAL("drop 2", look().c_str());
  STRCMP_EQUAL("retire 1; changed; answer 7 refused: its file /p/a.so is gone", look(200ms).c_str());
}

TEST(PluginShelf, WhatIsDisabledRetiresAndStaysOut) {
  serve(1, "a.so", "reset", "one");
  STRCMP_EQUAL(
      R"(notes {"disabled":["reset"],"deaths":[]}; retire 1; changed; answer 7 reset is disabled, until somebody enables it)",
      ask(&PluginShelf::disable, "reset").c_str());
  STRCMP_EQUAL("3 reset 1.0: it is disabled: enable it to load it", listed().c_str());
  write("a.so", 2);
  look();
  look(200ms);
  copied(2, "two");
  STRCMP_EQUAL("drop 2", tried(2, "reset", "2.0").c_str());
  STRCMP_EQUAL("answer 7 refused: reset is disabled: enable it first",
               ask(&PluginShelf::reload, "reset").c_str());
  STRCMP_EQUAL(R"(notes {"disabled":[],"deaths":[]}; copy 3 /p/a.so)",
               ask(&PluginShelf::enable, "reset").c_str());
  copied(3, "two");
  tried(3, "reset", "2.0");
  STRCMP_EQUAL("answer 7 reset 2.0 serves; changed", loaded(3).c_str());
}

TEST(PluginShelf, ADisabledOneWithoutAFileIsListedAndCanBeEnabled) {
  shelf = PluginShelf(PluginNotes(R"({"disabled":["reset"]})"), 200ms);
  look();
  STRCMP_EQUAL("3 reset : it is disabled, and has no file now", listed().c_str());
  STRCMP_EQUAL(R"(notes {"disabled":[],"deaths":[]}; answer 7 reset is enabled; there is no file of it now)",
               ask(&PluginShelf::enable, "reset").c_str());
}

TEST(PluginShelf, AfterTheSecondDeathTheContentStaysOut) {
  Death death{"reset", "one", "run of /reset"};
  STRCMP_EQUAL(
      R"(notes {"disabled":[],"deaths":[{"plugin":"reset","content":"one","what":"run of /reset","count":1}]})",
      words_of(shelf.died(death)).c_str());
  serve(1, "a.so", "reset", "one");  // once is not enough

  shelf = PluginShelf(
      PluginNotes(R"({"deaths":[{"plugin":"reset","content":"one","what":"start","count":1}]})"), 200ms);
  shelf.died(death);
  look();
  look(200ms);
  STRCMP_CONTAINS("drop 1", copied(1, "one").c_str());
  STRCMP_EQUAL(
      "4 reset : the daemon died in its code twice, the last time in run of /reset: it stays out until its "
      "file changes, or until somebody says `coordinator plugins enable reset`",
      listed().c_str());
  write("a.so", 2);
  look();
  look(200ms);
  STRCMP_EQUAL("try 2", copied(2, "two").c_str());  // another content begins anew
}

TEST(PluginShelf, EnablingForgetsTheDeaths) {
  shelf = PluginShelf(
      PluginNotes(R"({"deaths":[{"plugin":"reset","content":"one","what":"start","count":2}]})"), 200ms);
  write("a.so", 1);
  look();
  look(200ms);
  copied(1, "one");
  STRCMP_EQUAL(R"(notes {"disabled":[],"deaths":[]}; copy 2 /p/a.so)",
               ask(&PluginShelf::enable, "reset").c_str());
  STRCMP_EQUAL("try 2", copied(2, "one").c_str());
}
