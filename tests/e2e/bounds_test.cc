// Bounded, always: a full disk, no more files, long lines, long answers, floods, a clock that jumps, greedy
// turns. Each is said, nothing is lost, and it goes on by itself.
#include "stage.h"

#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "machine.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::e2e;
namespace fs = std::filesystem;

namespace {

StageOptions with_limits(std::string limits) {
  StageOptions options;
  options.limits = std::move(limits);
  options.playground.limits.open = true;
  return options;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// An agent that does this first, and is the demo agent then.
std::string agent_after(const std::string& script) {
  return fmt::format("\"/bin/sh\", \"-c\", \"{} exec {}/coordinator-demo-agent \\\"$@\\\"\", \"sh\"", script,
                     PROGRAMS);
}

// Processes with this word on their command line, whatever their environment says.
int running_with(const std::string& word) {
  int found = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    std::stringstream line;
    line << file.rdbuf();
    if (contains(line.str(), word)) ++found;
  }
  return found;
}

// How many turns, where somebody wants to see more than there is time for in every run.
int turns_wanted(int usual) {
  const char* more = std::getenv("COORDINATOR_BOUNDS_TURNS");
  return more ? std::atoi(more) : usual;
}

void flood(Stage& stage, int mentions) {
  for (int i = 0; i < mentions; ++i) {
    stage.ask("testing", fmt::format("mention {}", i));
    if (i % 100 == 0) stage.until([] { return true; });
  }
}

// Has it answer once, and begins to measure the loop.
void begin(Stage& stage) {
  stage.start();
  stage.answer(stage.ask("testing", "before"));
  metric(stage, "coordinator_loop_cpu_longest_seconds");
}

// The loop's own work at a stretch, in CPU time: other programs of this machine are not in it. The bound is
// what no machine that runs these tests should need, for a debug build; what the daemon aims at is 0.1.
void check_loop(Stage& stage) {
  double longest = metric(stage, "coordinator_loop_cpu_longest_seconds");
  CHECK_TRUE(longest >= 0);
  if (!SANITIZED)
    CHECK_TEXT(longest < 0.4, fmt::format("the loop was busy for {} s at a stretch", longest).c_str());
}

}  // namespace

TEST_GROUP(Bounds){};

TEST(Bounds, AFullDiskIsOutlastedAndNothingIsLost) {
  Machine machine;
  Stage stage(machine.options(with_limits("")));
  stage.start();
  CHECK(stage.answer(stage.ask("testing", "before")) != "(no answer)");
  MessageId running = stage.ask("testing", "!sleep 1");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  machine.disk_full(true);
  MessageId waiting = stage.ask("testing", "waiting"), other = stage.ask("major-domo", "other");
  CHECK_TRUE(
      stage.until([&] { return contains(stage.log(), "nothing new is begun or said until writing works"); }));
  stage.pause(2s);
  for (MessageId message : {running, waiting, other}) CHECK(stage.discord().replies_to(message).empty());
  LONGS_EQUAL(1, count(stage.log(), "nothing new is begun or said until writing works"));
  machine.disk_full(false);
  STRCMP_CONTAINS("waiting", stage.answer(waiting).c_str());
  STRCMP_CONTAINS("other", stage.answer(other).c_str());
  CHECK(stage.answer(running) != "(no answer)");
  STRCMP_CONTAINS("writing works again", stage.log().c_str());
  stage.pause(500ms);
  for (MessageId message : {running, waiting, other})
    LONGS_EQUAL(1, stage.discord().replies_to(message).size());
  CHECK_TRUE(stage.until([&] { return stage.turn_directories() == 0; }));
}

TEST(Bounds, WhatADaemonKnewWhenItDiedOnAFullDiskIsToldAgain) {
  Machine machine;
  Stage stage(machine.options(with_limits("")));
  stage.start();
  stage.answer(stage.ask("testing", "before"));
  machine.disk_full(true);
  MessageId message = stage.ask("testing", "never written down");
  CHECK_TRUE(stage.until([&] { return contains(stage.log(), "nothing new is begun"); }));
  stage.stop(SIGKILL);
  machine.disk_full(false);
  stage.start();
  STRCMP_CONTAINS("never written down", stage.answer(message).c_str());
}

// What waits for the disk waits, and nothing else does.
TEST(Bounds, ASlowDiskHoldsTheLoopUpForNobody) {
  Machine machine;
  Stage stage(machine.options(with_limits("")));
  stage.start();
  stage.answer(stage.ask("testing", "before"));
  machine.slow_disk(700ms);
  MessageId message = stage.ask("testing", "slowly");
  int served = 0;
  while (stage.discord().replies_to(message).empty()) {
    CHECK(metric(stage, "coordinator_loop_cpu_longest_seconds") >= 0);
    ++served;
  }
  CHECK(served > 20);  // each of the few commits takes longer than hundreds of these
  STRCMP_CONTAINS("slowly", stage.answer(message).c_str());
  MessageId other = stage.ask("testing", "!say in the end");
  stage.until([&] { return stage.discord().typing("testing"); });
  LONGS_EQUAL(0, stage.stop(SIGTERM));  // what is being saved is saved
  machine.slow_disk(0ms);
  stage.start();
  stage.answer(other);
  LONGS_EQUAL(1, stage.discord().replies_to(other).size());
}

// Nobody wrote down that Discord has the answer, and much had been said since the question: it is looked for
// in all of that.
TEST(Bounds, AnAnswerIsFoundAgainBehindManyMessages) {
  Machine machine;
  StageOptions options = with_limits("");
  options.playground.nonce_window = 1ms;
  Stage stage(machine.options(std::move(options)));
  stage.start();
  MessageId message = stage.ask("testing", "!sleep 1 !say only once");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  for (int i = 0; i < 250; ++i)
    stage.discord().inject_message({.content = "people talk on", .mention_bot = false});
  machine.slow_disk(3s);
  CHECK_TRUE(stage.until([&] { return !stage.discord().replies_to(message).empty(); }));
  stage.stop(SIGKILL);
  machine.slow_disk(0ms);
  MessageId found = stage.discord().replies_to(message).front()->id;
  stage.start();
  STRCMP_CONTAINS("and now", stage.answer(stage.ask("testing", "!say and now")).c_str());
  LONGS_EQUAL(1, stage.discord().replies_to(message).size());
  CHECK(stage.discord().replies_to(message).front()->id == found);
}

// As many as a full disk lets through are held in memory, and no more: the gateway is left, and its session
// kept.
TEST(Bounds, AFloodWhileTheDiskIsFullIsLeftToDiscord) {
  Machine machine;
  StageOptions options = with_limits("queue = 100000");
  Stage stage(machine.options(std::move(options)));
  stage.start();
  stage.answer(stage.ask("testing", "before"));
  machine.disk_full(true);
  flood(stage, 3000);
  CHECK_TRUE(stage.until([&] { return contains(stage.log(), "Discord is left until they can be saved"); }));
  CHECK_TRUE(stage.until([&] { return !stage.discord().connected(); }));
  MessageId late = stage.ask("major-domo", "late");
  stage.pause(1s);
  machine.disk_full(false);
  STRCMP_CONTAINS("late", stage.answer(late).c_str());
  LONGS_EQUAL(1, stage.discord().identifies());
}

// A disk that neither writes nor refuses to: nobody waits for it without a word, and what is held has its
// end.
TEST(Bounds, AFloodWhileTheDiskHangsIsLeftToDiscord) {
  Machine machine;
  Stage stage(machine.options(with_limits("queue = 100000")));
  stage.start();
  stage.answer(stage.ask("testing", "before"));
  machine.hanging_disk(true);
  MessageId waiting = stage.ask("major-domo", "waiting");
  flood(stage, 3000);
  CHECK_TRUE(stage.until([&] { return contains(stage.log(), "Discord is left until they can be saved"); }));
  CHECK_TRUE(stage.until([&] { return !stage.discord().connected(); }));
  CHECK_TRUE(stage.until([&] { return contains(stage.log(), "the disk does not answer"); }));
  CHECK_TRUE(stage.until([&] { return contains(stage.log(), "no turn is begun: nothing can be saved"); }));
  MessageId late = stage.ask("major-domo", "late");
  CHECK(stage.discord().replies_to(waiting).empty());
  machine.hanging_disk(false);
  STRCMP_CONTAINS("waiting", stage.answer(waiting).c_str());
  STRCMP_CONTAINS("late", stage.answer(late).c_str());
  STRCMP_CONTAINS("writing works again", stage.log().c_str());
  LONGS_EQUAL(1, stage.discord().replies_to(waiting).size());
  LONGS_EQUAL(1, stage.discord().identifies());
}

TEST(Bounds, ASpoolDoesNotFillASmallDisk) {
  StageOptions options = with_limits("");
  options.under = small_disk(24u << 20);
  if (options.under.empty()) {
    UT_PRINT(
        "left out: this user can mount nothing here; the full disk of the other tests is one that refuses to "
        "write");
    return;
  }
  Stage stage(std::move(options));
  stage.start();
  STRCMP_CONTAINS("disk is nearly full", stage.answer(stage.ask("testing", "!flood 100000000")).c_str());
  STRCMP_CONTAINS("after", stage.answer(stage.ask("testing", "after")).c_str());

  // Somebody else takes all of it, the reserve is used up for what must be written, and it is given back.
  std::string filler = stage.state() + "/filler";
  {
    std::ofstream file(filler, std::ios::binary);
    std::string block(1u << 20, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  }
  CHECK_TRUE(stage.until([&] { return contains(stage.log(), "no turn is begun"); }));
  MessageId waiting = stage.ask("testing", "waiting");
  CHECK_TRUE(stage.until([&] { return contains(stage.said("testing"), "nearly full, so requests wait"); }));
  CHECK(stage.discord().replies_to(waiting).empty());
  fs::remove(filler);
  STRCMP_CONTAINS("waiting", stage.answer(waiting).c_str());
  CHECK_TRUE(stage.until([&] { return fs::exists(stage.state() + "/reserve"); }));
}

TEST(Bounds, WithoutFilesLeftItIsSaidAndGoesOnByItself) {
  Stage stage(with_limits(""));
  stage.start();
  stage.answer(stage.ask("testing", "before"));
  limit_files(stage.pid(), open_files(stage.pid()) + 6);  // a few: what is open stays in use
  MessageId first = stage.ask("testing", "first");
  CHECK_TRUE(stage.until([&] { return contains(stage.log(), "too many files are open"); }));
  CHECK_TRUE(stage.until([&] { return contains(stage.log(), "no turn is begun: nearly as many files"); }));
  MessageId second = stage.ask("major-domo", "second");
  CHECK_TRUE(stage.until(
      [&] { return contains(stage.said("major-domo"), "too many files open, so requests wait"); }));
  limit_files(stage.pid(), 1000);
  STRCMP_CONTAINS("first", stage.answer(first).c_str());
  STRCMP_CONTAINS("second", stage.answer(second).c_str());
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0 && stage.turn_directories() == 0; }));
}

TEST(Bounds, ATurnThatRunsWhenFilesRunOutIsAnswered) {
  Stage stage(with_limits(""));
  stage.start();
  MessageId message = stage.ask("testing", "!sleep 1 !say here I am");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  stage.pause(300ms);
  limit_files(stage.pid(), open_files(stage.pid()));
  stage.pause(3s);
  limit_files(stage.pid(), 1000);
  CHECK_TRUE(stage.until([&] { return contains(stage.said("testing"), "here I am"); }));
  LONGS_EQUAL(1, stage.discord().replies_to(message).size());
}

TEST(Bounds, ALineOfAHundredMegabytesEndsItsTurnAndNothingElse) {
  Stage stage(with_limits(""));
  begin(stage);
  std::size_t before = stage.resident();
  MessageId message = stage.ask("testing", "!long-line 100000000");
  STRCMP_CONTAINS("quick", stage.answer(stage.ask("major-domo", "quick")).c_str());
  STRCMP_CONTAINS("`agent_line`", stage.answer(message).c_str());
  if (!SANITIZED) CHECK(stage.resident() < before + (48u << 20));
  check_loop(stage);
}

TEST(Bounds, ALongestLineHoldsNobodyUp) {
  Stage stage(with_limits(""));
  begin(stage);
  STRCMP_CONTAINS("A long answer", stage.answer(stage.ask("testing", "!big 6000000")).c_str());
  check_loop(stage);
}

TEST(Bounds, AnAnswerWithoutEndIsCut) {
  Stage stage(with_limits("agent_output = \"200MiB\""));
  begin(stage);
  STRCMP_CONTAINS("`agent_output`", stage.answer(stage.ask("testing", "!flood 1000000000")).c_str());
  check_loop(stage);
}

TEST(Bounds, AFloodOfMentionsIsAnsweredKindlyAndBounded) {
  Stage stage(with_limits("queue = 5"));
  begin(stage);
  std::size_t before = stage.resident();
  MessageId busy = stage.ask("testing", "!sleep 5");
  CHECK_TRUE(stage.until([&] { return stage.discord().typing("testing"); }));
  std::vector<MessageId> taken;
  for (int i = 0; i < 3000; ++i) {
    MessageId message = stage.ask("testing", fmt::format("mention {}", i));
    if (i < 5) taken.push_back(message);
    if (i % 50 == 0) stage.until([] { return true; });
  }
  STRCMP_CONTAINS("quick", stage.answer(stage.ask("major-domo", "quick")).c_str());
  taken.push_back(busy);
  for (MessageId message : taken)
    CHECK_TRUE(stage.until([&] { return !stage.discord().replies_to(message).empty(); }, 60s));
  STRCMP_CONTAINS("5 requests wait", stage.said("testing").c_str());
  CHECK(stage.discord().bot_messages("testing").size() < 3000);
  if (!SANITIZED) CHECK(stage.resident() < before + (64u << 20));
  check_loop(stage);
}

TEST(Bounds, AClockThatJumpsChangesNothing) {
  Machine machine;
  Stage stage(machine.options(with_limits("")));
  stage.start();
  std::size_t answers = 0;
  for (Millis ahead : {Millis(5h), Millis(-20h), Millis(300 * 24h), Millis(0)}) {
    MessageId message = stage.ask("testing", "!sleep 1 !say across");
    CHECK_TRUE(stage.until([&] { return stage.discord().typing("testing"); }));
    machine.clock(ahead);
    MessageId next = stage.ask("testing", "next");
    CHECK(contains(stage.answer(next), "next"));
    LONGS_EQUAL(1, stage.discord().replies_to(message).size());
    answers += 2;
    LONGS_EQUAL(answers, stage.discord().bot_messages("testing").size());
  }
  LONGS_EQUAL(1, stage.discord().identifies());
}

TEST(Bounds, ARestartBehindAJumpOfTheClockResumes) {
  Machine machine;
  StageOptions options = with_limits("");
  options.project = "turn_timeout = \"1h\"";
  Stage stage(machine.options(std::move(options)));
  stage.start();
  stage.answer(stage.ask("testing", "hello"));
  MessageId message = stage.ask("testing", "!sleep 2 !say across");
  CHECK_TRUE(stage.until([&] { return stage.processes() >= 2; }));
  stage.stop(SIGKILL);
  machine.clock(6h);
  stage.start();
  CHECK_TRUE(stage.until([&] { return contains(stage.said("testing"), "across"); }));
  machine.clock(-6h);
  stage.stop(SIGTERM);
  stage.start();
  STRCMP_CONTAINS("back again", stage.answer(stage.ask("testing", "back again")).c_str());
  LONGS_EQUAL(1, stage.discord().replies_to(message).size());
  LONGS_EQUAL(1, stage.discord().identifies());
}

TEST(Bounds, ATurnThatUsesTooMuchIsToldWhichLimitToRaise) {
  StageOptions options = with_limits("turn_memory = \"80MiB\"\nturn_processes = 12\nturn_cpu_time = \"2s\"");
  options.agent = agent_after("[ ! -e $HOME/hog ] || sh $HOME/hog &");
  Stage stage(std::move(options));
  stage.start();
  auto greedy = [&](const std::string& script) {
    std::ofstream(stage.directory() + "/hog") << script << "\n";
    return stage.answer(stage.ask("testing", "!sleep 20"));
  };
  STRCMP_CONTAINS("`turn_memory`", greedy("head -c 400000000 /dev/zero | tail -c 300000000").c_str());
  STRCMP_CONTAINS("`turn_processes`", greedy("for i in $(seq 20); do setsid sleep 60 & done; wait").c_str());
  STRCMP_CONTAINS("`turn_cpu_time`", greedy("while :; do :; done").c_str());
  fs::remove(stage.directory() + "/hog");
  STRCMP_CONTAINS("modest", stage.answer(stage.ask("testing", "modest")).c_str());
  CHECK_TRUE(stage.until([&] { return stage.processes() == 0; }));
}

// Grandchildren that have left their parent, their session and their environment, as daemons do.
TEST(Bounds, NothingIsLeftOfManyTurnsWithGrandchildren) {
  std::string mark = fmt::format("{}.{}", 86'000 + getpid() % 400, getpid());  // seconds, and a name
  StageOptions options = with_limits("turns_at_once = 4");
  options.agent =
      agent_after(fmt::format("(env -i setsid sh -c 'sleep {0} & exec sleep {0}' &); sleep {0} &", mark));
  for (int i = 0; i < 4; ++i) options.more_channels.push_back(fmt::format("channel-{}", i));
  Stage stage(std::move(options));
  stage.start();
  int turns = turns_wanted(40);
  for (int done = 0; done < turns; done += 4) {
    std::vector<MessageId> round;
    for (int i = 0; i < 4; ++i) round.push_back(stage.ask(fmt::format("channel-{}", i), "!grandchild 86000"));
    for (MessageId message : round) CHECK(stage.answer(message) != "(no answer)");
  }
  CHECK_TRUE(stage.until([&] { return stage.turn_directories() == 0; }));
  LONGS_EQUAL(0, running_with(mark));
  LONGS_EQUAL(0, stage.processes());
}

TEST(Bounds, AProjectWhoseDirectoryIsGoneSaysSoAndTheOthersWork) {
  Stage stage(with_limits(""));
  fs::remove_all(stage.directory() + "/projects/testing");
  stage.start();
  STRCMP_CONTAINS("directory cannot be entered", stage.answer(stage.ask("testing", "hello")).c_str());
  STRCMP_CONTAINS("hello", stage.answer(stage.ask("major-domo", "hello")).c_str());
  fs::create_directories(stage.directory() + "/projects/testing");
  STRCMP_CONTAINS("again", stage.answer(stage.ask("testing", "again")).c_str());
}
