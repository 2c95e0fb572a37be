// The runner over the real shim and the demo agent: what is told, what is left behind, what a later daemon
// finds.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "agent/turns_stage.h"

using namespace coordinator;
using namespace coordinator::agent;
using testing::TurnsStage;

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

}  // namespace

TEST_GROUP_BASE(Turns, TurnsStage){};

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
