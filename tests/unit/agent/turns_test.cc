// The runner over the real shim and the demo agent: what is told, what is left behind, what a later daemon
// finds.
#include "agent/turns.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/words.h"
#include "io/loop.h"
#include "io/process.h"
#include "io/temporary.h"
#include "io/timer.h"
#include "shim/tree.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::agent;

namespace {

// For its life this process can open next to nothing.
class FewFiles {
 public:
  FewFiles() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(dup(0));  // the lowest free number, and the first that is out of reach
    close(static_cast<int>(few.rlim_cur));
    setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewFiles() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// A daemon's life: its loop and its turns.
struct Daemon {
  explicit Daemon(const TemporaryDirectory& directory)
      : turns(loop, {directory / "turns", io::own_directory() + "/coordinator-shim", own(directory)}) {
    turns.listen([this](const std::string& id, const TurnReport& report) { hear(id, report); });
  }

  static Environment own(const TemporaryDirectory& directory) {
    return {{"PATH", "/usr/bin:/bin"}, {"HOME", directory.path}, {"DISCORD_TOKEN", "s3cr3t"}};
  }

  void hear(const std::string& id, const TurnReport& report) {
    if (on_report) on_report(id, report);
    std::string line = testing::words(report);
    if (line == "alive" || line.starts_with("delta")) return;
    heard.push_back(line);
    if (auto* end = std::get_if<TurnEnded>(&report)) ended = *end;
  }

  template <class Condition>
  bool until(Condition condition) {
    bool late = false;
    io::Timer guard(loop, [&late] { late = true; });
    guard.start(20s);
    while (!condition() && !late) loop.run_once(true);
    return !late;
  }
  // Runs until a turn has ended; its last words.
  std::string end() {
    ended.reset();
    if (!until([this] { return ended.has_value(); })) return "nothing for 20 s";
    return testing::words(*ended);
  }
  bool has(const std::string& part) const {
    for (const auto& line : heard)
      if (line.find(part) != std::string::npos) return true;
    return false;
  }

  io::Loop loop;
  Turns turns;
  std::vector<std::string> heard;
  std::optional<TurnEnded> ended;
  std::function<void(const std::string&, const TurnReport&)> on_report;
};

}  // namespace

TEST_GROUP(Turns) {
  TemporaryDirectory directory;
  std::unique_ptr<Daemon> daemon = std::make_unique<Daemon>(directory);

  TurnSpec spec(const std::string& prompt, bool resume = false) {
    TurnSpec spec;
    static int made = 0;  // never the same twice: what is left of another test would be taken for this one's
    spec.turn_id = fmt::format("{:08x}{:08x}", getpid(), ++made);
    spec.directory = directory.path;
    spec.agent.command = {io::own_directory() + "/coordinator-demo-agent"};
    spec.session_id = "5e55";
    spec.message_uuid = "uuid-" + spec.turn_id;
    spec.resume = resume;
    spec.prompt = prompt;
    return spec;
  }
  std::string run(const TurnSpec& what) {
    daemon->turns.start(what);
    return daemon->end();
  }
  std::string turn_file(const TurnSpec& what, const std::string& name) {
    return directory / "turns/" + what.turn_id + "/" + name;
  }
  void wait_for_file(const std::string& path) {
    for (int waited = 0; waited < 20'000 && !std::filesystem::exists(path); ++waited) usleep(1000);
  }
  void restart_daemon() {
    daemon.reset();
    daemon = std::make_unique<Daemon>(directory);
  }
  // The shim and its tree, found by the marker alone: pid -1 has no children.
  std::vector<shim::Member> processes_of(const TurnSpec& what) { return shim::tree_of(-1, what.turn_id); }
};

TEST(Turns, TellWhatTheAgentSaysAndThenItsEnd) {
  auto asked = spec("!say hello");
  STRCMP_EQUAL("ended success in 5e55", run(asked).c_str());
  LONGS_EQUAL(4, daemon->heard.size());
  STRCMP_EQUAL("started 5e55 demo", daemon->heard[0].c_str());
  STRCMP_EQUAL("text [hello]", daemon->heard[1].c_str());
  STRCMP_CONTAINS("result success for uuid-", daemon->heard[2].c_str());
}

TEST(Turns, LeaveNoProcessBehindAndNoFileOnceForgotten) {
  auto asked = spec("!grandchild 1000");
  STRCMP_EQUAL("ended success in 5e55", run(asked).c_str());
  LONGS_EQUAL(0, processes_of(asked).size());
  CHECK_TRUE(std::filesystem::exists(turn_file(asked, "exit.json")));
  daemon->turns.forget(asked.turn_id);
  daemon->turns.forget("../state");
  CHECK_TRUE(daemon->until([&] { return !std::filesystem::exists(directory / "turns/" + asked.turn_id); }));
}

TEST(Turns, ThatNobodyKnowsAreEndedAndCleared) {
  auto unknown = spec("!grandchild 1000 !hang"), known = spec("!sleep 0.3 !say known");
  known.session_id = "other";
  daemon->turns.start(unknown);
  daemon->turns.start(known);
  daemon->until([this] { return daemon->has("grandchild") && daemon->has("started other"); });
  restart_daemon();
  daemon->turns.forget_all_but({known.turn_id});
  CHECK_TRUE(daemon->until([&] { return !std::filesystem::exists(directory / "turns/" + unknown.turn_id); }));
  LONGS_EQUAL(0, processes_of(unknown).size());
  daemon->turns.adopt(known);
  STRCMP_EQUAL("ended success in other", daemon->end().c_str());
}

TEST(Turns, ContinueASession) {
  run(spec("!say one"));
  run(spec("!history", true));
  CHECK_TRUE(daemon->has("text [[\"!say one\",\"!history\"]]"));
}

TEST(Turns, RunSideBySide) {
  auto slow = spec("!sleep 0.3 !say slow");
  auto quick = spec("!say quick");
  quick.session_id = "other";
  daemon->turns.start(slow);
  STRCMP_EQUAL("ended success in other", run(quick).c_str());
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
}

TEST(Turns, NameTheFailuresThatASessionCanAnswer) {
  STRCMP_CONTAINS("ended failed session_unknown", run(spec("x", true)).c_str());
  run(spec("!say x"));
  STRCMP_CONTAINS("ended failed session_exists", run(spec("x")).c_str());
}

TEST(Turns, TellAnAgentsFailureAndItsCrash) {
  STRCMP_EQUAL("ended failed other [API Error: 400 the demo agent fails, as it was told] in 5e55",
               run(spec("!fail")).c_str());
  STRCMP_EQUAL("ended failed other [the agent ended with status 3: the demo agent crashes, as it was told]",
               run(spec("!crash", true)).c_str());
}

TEST(Turns, SayWhyAnAgentCannotBeRun) {
  auto missing = spec("x");
  missing.agent.command = {"no-such-agent"};
  STRCMP_EQUAL(
      "ended failed not_started [the agent could not be run: no-such-agent: No such file or directory]",
      run(missing).c_str());
  auto nowhere = spec("x");
  nowhere.directory = "/no/such/directory";
  STRCMP_EQUAL(
      "ended failed no_directory [the project's directory /no/such/directory cannot be entered: No such file "
      "or "
      "directory]",
      run(nowhere).c_str());
}

TEST(Turns, RefuseWhatIsNoTurn) {
  auto path = spec("x");
  path.turn_id = "../../../etc/pass";
  STRCMP_CONTAINS("ended failed other [that is no turn's name", run(path).c_str());
  auto odd = spec("x");
  odd.agent.kind = "abacus";
  STRCMP_CONTAINS("ended failed not_started [no agent of kind \"abacus\"", run(odd).c_str());
}

TEST(Turns, AreCancelled) {
  auto asked = spec("!hang");
  daemon->turns.start(asked);
  daemon->until([this] { return daemon->has("started"); });
  daemon->turns.cancel(asked.turn_id);
  STRCMP_EQUAL("ended aborted in 5e55", daemon->end().c_str());
  LONGS_EQUAL(0, processes_of(asked).size());
  daemon->turns.cancel(asked.turn_id);
  daemon->turns.cancel("unknown");
}

TEST(Turns, AreCancelledBeforeTheyBegan) {
  auto asked = spec("!hang");
  daemon->turns.start(asked);
  daemon->turns.cancel(asked.turn_id);
  STRCMP_EQUAL("ended aborted", daemon->end().c_str());
  CHECK_FALSE(daemon->has("started"));
}

TEST(Turns, OfASilentAgentAreEnded) {
  auto asked = spec("!hang");
  asked.limits.inactivity = 200ms;
  STRCMP_CONTAINS("ended failed silent [the agent said nothing for", run(asked).c_str());
}

TEST(Turns, AnswerAPermissionThatNobodyCanGrant) {
  STRCMP_EQUAL("ended success in 5e55", run(spec("!permission rm")).c_str());
  CHECK_TRUE(daemon->has("text [I was not allowed to: Bash is not allowed here"));
}

TEST(Turns, EndAtALineWithoutEnd) {
  auto asked = spec("!long-line 3000000");
  asked.limits.line_bytes = 1'000'000;
  STRCMP_CONTAINS("ended failed line_limit [the agent wrote a line of more than 1000000 bytes]",
                  run(asked).c_str());
}

// Read by a thread, while what comes behind it waits: the order stays.
TEST(Turns, ReadALongLineInItsPlace) {
  auto asked = spec("!say first !big 3000000 !say last !crash");
  STRCMP_CONTAINS("ended failed other [the agent ended with status 3", run(asked).c_str());
  LONGS_EQUAL(5, daemon->heard.size());
  STRCMP_EQUAL("text [first]", daemon->heard[1].c_str());
  STRCMP_CONTAINS("text [# A long answer", daemon->heard[2].c_str());
  STRCMP_EQUAL("text [last]", daemon->heard[3].c_str());
}

TEST(Turns, MayBeLetGoOfWhileALongLineIsRead) {
  auto asked = spec("!big 16000000 !hang");
  daemon->turns.start(asked);
  usleep(500'000);
  daemon->until([this] { return daemon->has("started"); });
  for (int i = 0; i < 20; ++i) daemon->loop.run_once(false);
  restart_daemon();
  daemon->turns.forget_all_but({});
  CHECK_TRUE(daemon->until([&] { return processes_of(asked).empty(); }));
}

TEST(Turns, EndAtTheSpoolsCap) {
  auto asked = spec("!flood 5000000 !hang");
  asked.limits.spool_bytes = 1'000'000;
  STRCMP_EQUAL("ended failed output_limit [the agent wrote more than it may]", run(asked).c_str());
}

TEST(Turns, GoOnAfterAMalformedLine) {
  STRCMP_EQUAL("ended success in 5e55", run(spec("!malformed !say on")).c_str());
  CHECK_TRUE(daemon->has("malformed: "));
  CHECK_TRUE(daemon->has("text [on]"));
}

TEST(Turns, KeepTheDaemonsTokenFromTheAgent) {
  run(spec("!env DISCORD_TOKEN"));
  CHECK_TRUE(daemon->has("text [DISCORD_TOKEN is not set]"));
  auto marked = spec("!env COORDINATOR_TURN", true);
  run(marked);
  CHECK_TRUE(daemon->has("text [COORDINATOR_TURN=" + marked.turn_id + "]"));
}

TEST(Turns, WaitUntilTheyCanOpenTheirFiles) {
  auto asked = spec("!say at last"), unwanted = spec("!say never");
  {
    FewFiles few;
    daemon->turns.start(asked);
    daemon->turns.start(unwanted);
    daemon->turns.start(asked);
    io::Timer pause(daemon->loop, [] {});
    pause.start(1200ms);
    daemon->until([&] { return !pause.active(); });
    LONGS_EQUAL(0, daemon->heard.size());
    daemon->turns.cancel(unwanted.turn_id);
    STRCMP_EQUAL("ended aborted", daemon->end().c_str());
  }
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
  CHECK_TRUE(daemon->has("text [at last]"));
}

TEST(Turns, AreNotLostWhenTheDaemonRunsOutOfFilesMeanwhile) {
  auto asked = spec("!grandchild 1000 !sleep 0.3 !say still there");
  daemon->turns.start(asked);
  daemon->until([this] { return daemon->has("grandchild"); });
  restart_daemon();
  {
    FewFiles few;
    daemon->turns.adopt(asked);
    io::Timer pause(daemon->loop, [] {});
    pause.start(1s);
    daemon->until([&] { return !pause.active(); });
    LONGS_EQUAL(0, daemon->heard.size());
  }
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
  CHECK_TRUE(daemon->has("text [still there]"));
}

TEST(Turns, TellWhichLimitTheyWentBeyond) {
  auto greedy = spec("!flood 100000000 !hang");
  greedy.limits.cpu_time = 20ms;
  STRCMP_EQUAL("ended failed cpu_limit [the agent used more CPU time than it may]", run(greedy).c_str());
  auto disk = spec("!say hello", true);
  daemon->turns.keep_free(1ull << 60);
  STRCMP_EQUAL("ended failed disk_full [the agent was ended because the disk is nearly full]",
               run(disk).c_str());
}

// Begun anew, its time would last until the agent is done.
TEST(Turns, ThatAreAdoptedKeepTheirTime) {
  auto asked = spec("!sleep 4 !say done");
  asked.limits.wall_clock = 2s;
  daemon->turns.start(asked);
  daemon->until([this] { return daemon->has("started"); });
  restart_daemon();
  usleep(2'300'000);
  daemon->turns.adopt(asked);
  STRCMP_CONTAINS("ended failed out_of_time", daemon->end().c_str());
}

TEST(Turns, MayBeginInsideAnothersEnd) {
  auto second = spec("!say second", true);
  daemon->on_report = [&](const std::string& id, const TurnReport& report) {
    if (std::holds_alternative<TurnEnded>(report) && id != second.turn_id) daemon->turns.start(second);
  };
  run(spec("!say first"));
  daemon->end();
  CHECK_TRUE(daemon->has("text [second]"));
}

TEST(Turns, OutliveTheDaemonAndAreToldAgainFromTheirFirstEvent) {
  auto asked = spec("!say one !sleep 0.3 !say two");
  daemon->turns.start(asked);
  daemon->until([this] { return daemon->has("text [one]"); });
  restart_daemon();
  daemon->turns.adopt(asked);
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
  CHECK_TRUE(daemon->has("started 5e55 demo"));
  CHECK_TRUE(daemon->has("text [one]"));
  CHECK_TRUE(daemon->has("text [two]"));
  run(spec("!history", true));
  CHECK_TRUE(daemon->has("text [[\"!say one !sleep 0.3 !say two\",\"!history\"]]"));
}

TEST(Turns, ThatWereNeverAskedAreAskedByTheNextDaemon) {
  auto asked = spec("!say late");
  daemon->turns.start(asked);
  restart_daemon();
  wait_for_file(turn_file(asked, "control.sock"));
  daemon->turns.adopt(asked);
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
  CHECK_TRUE(daemon->has("text [late]"));
}

TEST(Turns, ThatEndedWhileNoDaemonRanAreReadFromTheirFiles) {
  auto asked = spec("!say last words !sleep 0.1 !crash");
  daemon->turns.start(asked);
  daemon->until([this] { return daemon->has("started"); });
  restart_daemon();
  wait_for_file(turn_file(asked, "exit.json"));
  daemon->turns.adopt(asked);
  STRCMP_CONTAINS("ended failed other [the agent ended with status 3", daemon->end().c_str());
  CHECK_TRUE(daemon->has("text [last words]"));
}

TEST(Turns, ThatWereBegunAreNotBegunAgain) {
  auto asked = spec("!sleep 0.2 !say once");
  daemon->turns.start(asked);
  daemon->until([this] { return daemon->has("started"); });
  restart_daemon();
  STRCMP_EQUAL("ended success in 5e55", run(asked).c_str());
  run(spec("!history", true));
  CHECK_TRUE(daemon->has("text [[\"!sleep 0.2 !say once\",\"!history\"]]"));
}

TEST(Turns, ThatCannotBeFoundWereNotBegun) {
  daemon->turns.adopt(spec("x"));
  STRCMP_EQUAL("ended failed not_begun [the agent was not begun: its directory holds no spool]",
               daemon->end().c_str());
}

TEST(Turns, WhoseShimHadNoTimeToBeginAreSweptUp) {
  auto asked = spec("x");
  io::ProcessSpec starting;
  starting.argv = {"/bin/sleep", "1000"};
  starting.environment = {"COORDINATOR_TURN=" + asked.turn_id};
  starting.detached = true;
  auto shim = io::Process::spawn(daemon->loop, starting, {}).value();
  CHECK_TRUE(daemon->until([&] { return !processes_of(asked).empty(); }));
  daemon->turns.adopt(asked);
  STRCMP_CONTAINS("no spool", daemon->end().c_str());
  LONGS_EQUAL(0, processes_of(asked).size());
}

TEST(Turns, WhoseShimIsKilledAreLostAndSweptUp) {
  auto asked = spec("!grandchild 1000 !hang");
  daemon->turns.start(asked);
  daemon->until([this] { return daemon->has("grandchild"); });
  CHECK_TRUE(processes_of(asked).size() >= 3);
  for (const auto& member : processes_of(asked)) {
    std::ifstream name(fmt::format("/proc/{}/comm", member.pid));
    std::string comm;
    std::getline(name, comm);
    if (comm == "coordinator-shi") kill(member.pid, SIGKILL);
  }
  STRCMP_CONTAINS("ended failed lost [the agent is lost: ", daemon->end().c_str());
  LONGS_EQUAL(0, processes_of(asked).size());
}

// ---- agents that stay for the next turn

TEST_GROUP_BASE(WarmTurns, TEST_GROUP_CppUTestGroupTurns){
    TurnSpec warm(const std::string& prompt, bool resume = false){TurnSpec made = spec(prompt, resume);
made.agent.warm_for = 1min;
return made;
}
// The first turn of a session, forgotten.
TurnSpec first(const std::string& prompt = "!say one") {
  auto asked = warm(prompt);
  STRCMP_EQUAL("ended success in 5e55", run(asked).c_str());
  daemon->turns.forget(asked.turn_id);
  return asked;
}
pid_t agent_of(const TurnSpec& what) {
  for (const auto& member : processes_of(what))
    if (comm(member.pid) == "coordinator-dem") return member.pid;
  return 0;
}
static std::string comm(pid_t pid) {
  std::ifstream name(fmt::format("/proc/{}/comm", pid));
  std::string comm;
  std::getline(name, comm);
  return comm;
}
bool gone(const TurnSpec& what) {
  return daemon->until([&] {
    return processes_of(what).empty() && !std::filesystem::exists(directory / "turns/" + what.turn_id);
  });
}
void teardown() override {
  if (daemon) {
    bool none = false;
    daemon->turns.end_idle([&none] { none = true; });
    CHECK_TRUE(daemon->until([&none] { return none; }));
  }
}
}
;

TEST(WarmTurns, GoOnInTheSameProcess) {
  auto one = first();
  pid_t agent = agent_of(one);
  CHECK_TRUE(agent > 0);
  auto two = warm("!history", true);
  STRCMP_EQUAL("ended success in 5e55", run(two).c_str());
  CHECK_TRUE(daemon->has("text [[\"!say one\",\"!history\"]]"));
  LONGS_EQUAL(agent, agent_of(one));
  CHECK_FALSE(std::filesystem::exists(turn_file(two, "stdout.spool")));
}

TEST(WarmTurns, LeaveNothingBesideTheAgent) {
  auto one = first("!grandchild 1000");
  LONGS_EQUAL(2, processes_of(one).size());  // the shim and the agent
  run(warm("!grandchild 1000", true));
  LONGS_EQUAL(2, processes_of(one).size());
}

TEST(WarmTurns, LeaveNoFileWhenTheyAreForgottenAndTheAgentIsGone) {
  auto one = first();
  auto two = warm("!say two", true);
  run(two);
  CHECK_TRUE(std::filesystem::exists(turn_file(one, "stdout.spool")));
  daemon->turns.end_idle([] {});
  CHECK_TRUE(daemon->until([&] { return processes_of(one).empty() && !daemon->turns.any_idle(); }));
  CHECK_TRUE(std::filesystem::exists(turn_file(one, "stdout.spool")));
  daemon->turns.forget(two.turn_id);
  CHECK_TRUE(gone(one));
  CHECK_TRUE(gone(two));
}

TEST(WarmTurns, EndWhenTheirTimeIsOver) {
  auto brief = warm("!say one");
  brief.agent.warm_for = 100ms;
  run(brief);
  daemon->turns.forget(brief.turn_id);
  CHECK_TRUE(gone(brief));
}

TEST(WarmTurns, WithAnotherConfigurationWaitForAnotherAgent) {
  auto one = first();
  auto two = warm("!history", true);
  two.model = "another";
  STRCMP_EQUAL("ended success in 5e55", run(two).c_str());
  CHECK_TRUE(daemon->has("started 5e55 another"));
  CHECK_TRUE(daemon->has("text [[\"!say one\",\"!history\"]]"));
  LONGS_EQUAL(0, processes_of(one).size());
}

TEST(WarmTurns, MayBeCancelledWhileTheyWait) {
  first();
  auto two = warm("!say never", true);
  two.model = "another";
  daemon->turns.start(two);
  daemon->turns.cancel(two.turn_id);
  STRCMP_EQUAL("ended aborted", daemon->end().c_str());
  CHECK_FALSE(daemon->has("never"));
}

TEST(WarmTurns, AreCancelledAndTheAgentTakesTheNext) {
  auto one = first();
  auto two = warm("!hang", true);
  daemon->heard.clear();
  daemon->turns.start(two);
  daemon->until([this] { return daemon->has("started"); });
  daemon->turns.cancel(two.turn_id);
  STRCMP_EQUAL("ended aborted in 5e55", daemon->end().c_str());
  pid_t agent = agent_of(one);
  STRCMP_EQUAL("ended success in 5e55", run(warm("!say three", true)).c_str());
  LONGS_EQUAL(agent, agent_of(one));
}

TEST(WarmTurns, BeginAnewWhereTheirAgentDiedMeanwhile) {
  auto one = first();
  kill(agent_of(one), SIGKILL);
  auto two = warm("!history", true);
  std::string end = run(two);
  if (end.find("not_begun") != std::string::npos) end = run(two = warm("!history", true));
  STRCMP_EQUAL("ended success in 5e55", end.c_str());
  CHECK_TRUE(daemon->has("text [[\"!say one\",\"!history\"]]"));
}

TEST(WarmTurns, ThatCrashAreToldAndTheNextBeginsAnew) {
  first();
  STRCMP_CONTAINS("ended failed other [the agent ended with status 3", run(warm("!crash", true)).c_str());
  STRCMP_EQUAL("ended success in 5e55", run(warm("!say three", true)).c_str());
}

TEST(WarmTurns, OutliveTheDaemonInASharedProcess) {
  auto one = first();
  auto two = warm("!say two !sleep 0.5 !say three", true);
  daemon->turns.start(two);
  daemon->until([this] { return daemon->has("text [two]"); });
  restart_daemon();
  daemon->turns.forget_all_but({two.turn_id});
  daemon->turns.adopt(two);
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
  CHECK_FALSE(daemon->has("text [one]"));
  CHECK_TRUE(daemon->has("text [two]"));
  CHECK_TRUE(daemon->has("text [three]"));
  daemon->turns.forget(two.turn_id);
  run(warm("!history", true));
  CHECK_TRUE(daemon->has("text [[\"!say one\",\"!say two !sleep 0.5 !say three\",\"!history\"]]"));
}

TEST(WarmTurns, ThatAreAdoptedKeepTheirTime) {
  auto one = warm("!sleep 1.5 !say one");
  one.limits.wall_clock = 2s;
  run(one);
  auto two = warm("!sleep 1 !say two", true);
  two.limits.wall_clock = 2s;
  daemon->turns.start(two);
  usleep(300'000);
  daemon->until([this] { return daemon->heard.back().starts_with("started"); });
  restart_daemon();
  daemon->turns.adopt(two);
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
}

TEST(WarmTurns, ThatWereWrittenDownButNotAskedAreAskedByTheNextDaemon) {
  auto one = first();
  auto two = warm("!say late", true);
  daemon->turns.start(two);
  wait_for_file(turn_file(two, "process.json"));
  restart_daemon();
  daemon->turns.adopt(two);
  std::string end = daemon->end();
  if (end.find("not_begun") != std::string::npos) end = run(warm("!say late", true));
  STRCMP_EQUAL("ended success in 5e55", end.c_str());
  CHECK_TRUE(daemon->has("text [late]"));
}

TEST(WarmTurns, OfAnEarlierDaemonAreEndedBeforeAnotherBegins) {
  auto one = first();
  pid_t agent = agent_of(one);
  kill(agent, SIGSTOP);  // it does not read that its input has ended
  restart_daemon();
  daemon->turns.forget_all_but({});
  auto two = warm("!history", true);
  daemon->turns.start(two);
  daemon->until([this] { return daemon->has("started"); });
  LONGS_EQUAL(0, processes_of(one).size());
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
}

TEST(WarmTurns, HaveTheirOutputAndTimeLimitsEach) {
  auto greedy = [this](bool resume) {
    auto asked = warm("!flood 600000", resume);
    asked.limits.spool_bytes = 4'000'000;
    return asked;
  };
  STRCMP_EQUAL("ended success in 5e55", run(greedy(false)).c_str());
  for (int i = 0; i < 8; ++i) STRCMP_EQUAL("ended success in 5e55", run(greedy(true)).c_str());
}

TEST(WarmTurns, AreStartedAhead) {
  auto one = spec("!say one");
  run(one);
  auto ahead = warm("", true);
  ahead.turn_id.clear();
  daemon->turns.prepare(ahead);
  daemon->turns.prepare(ahead);
  CHECK_TRUE(daemon->turns.any_idle());
  STRCMP_EQUAL("ended success in 5e55", run(warm("!history", true)).c_str());
  CHECK_TRUE(daemon->has("text [[\"!say one\",\"!history\"]]"));
}

TEST(WarmTurns, AreSteered) {
  auto asked = warm("!sleep 0.5 !say two");
  daemon->turns.start(asked);
  daemon->until([this] { return daemon->has("started"); });
  daemon->turns.steer(asked.turn_id, {"u2", "!say steered"});
  daemon->turns.steer(asked.turn_id, {"u2", "!say steered"});
  daemon->turns.steer("unknown", {"u2", "!say steered"});
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
  CHECK_TRUE(daemon->has("steered u2"));
  CHECK_TRUE(daemon->has("text [steered]"));
  run(warm("!history", true));
  CHECK_TRUE(daemon->has("text [[\"!sleep 0.5 !say two\",\"!say steered\",\"!history\"]]"));
}

TEST(WarmTurns, AreSteeredOnceByTwoDaemons) {
  auto asked = spec("!sleep 1 !say two");
  daemon->turns.start(asked);
  daemon->until([this] { return daemon->has("started"); });
  daemon->turns.steer(asked.turn_id, {"u2", "!say steered"});
  {
    io::Timer pause(daemon->loop, [] {});
    pause.start(100ms);
    daemon->until([&] { return !pause.active(); });
  }
  restart_daemon();
  daemon->turns.adopt(asked);
  daemon->turns.steer(asked.turn_id, {"u2", "!say steered"});
  STRCMP_EQUAL("ended success in 5e55", daemon->end().c_str());
  run(spec("!history", true));
  CHECK_TRUE(daemon->has("text [[\"!sleep 1 !say two\",\"!say steered\",\"!history\"]]"));
}
