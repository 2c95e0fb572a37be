// The real shim over real processes: what it keeps, what it ends, whom it obeys.
#include <sys/resource.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "io/temporary.h"
#include "shim/shim_peer.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator::shim;
using namespace coordinator::shim::testing;

namespace {

std::vector<std::string> shell(const std::string& script) { return {"sh", "-c", script}; }

// A zombie that its new parent has not reaped yet is dead.
bool alive(pid_t pid) {
  auto stat = content("/proc/" + std::to_string(pid) + "/stat");
  auto name_end = stat.rfind(')');
  return pid > 0 && name_end != std::string::npos && stat[name_end + 2] != 'Z';
}

pid_t pid_in(const std::string& file) { return static_cast<pid_t>(std::atoi(content(file).c_str())); }

}  // namespace

TEST_GROUP(Shim) { TemporaryDirectory directory; };

TEST(Shim, KeepsWhatTheAgentSaysAndHowItEnded) {
  RunningShim shim(directory.path, shell("echo out; echo err >&2; exit 7"));
  CHECK_TRUE(shim.ready());
  STRCMP_CONTAINS("\"reason\":\"exited\",\"status\":7,\"signal\":0", shim.exit_json().c_str());
  STRCMP_EQUAL("out\n", shim.file("stdout.spool").c_str());
  STRCMP_EQUAL("err\n", shim.file("stderr.tail").c_str());
  LONGS_EQUAL(0, shim.status());
}

TEST(Shim, PassesStdinOnAndTellsWhatGrew) {
  RunningShim shim(directory.path, shell("read word; echo got $word; cat > /dev/null"));
  Client client(directory.path);
  STRCMP_EQUAL("hello 2", client.line().c_str());
  STRCMP_CONTAINS("state=running spool=0 stdin=0 queued=0 closed=0", client.line().c_str());
  client.send("stdin 5\nword\n");
  STRCMP_EQUAL("spool 9", client.line().c_str());
  STRCMP_EQUAL("got word\n", shim.file("stdout.spool").c_str());
  client.send("status\n");
  STRCMP_CONTAINS("spool=9 stdin=5 queued=0 closed=0", client.line_with("status").c_str());
  client.send("close-stdin\n");
  STRCMP_EQUAL("exit", client.line_with("exit").c_str());
  STRCMP_CONTAINS("\"status\":0", shim.exit_json().c_str());
}

TEST(Shim, GivesTheAgentItsOwnEnvironmentDirectoryAndUmask) {
  mode_t before = umask(027);
  RunningShim shim(directory.path, shell("pwd; umask; echo $COORDINATOR_TURN; ls -l /proc/self/fd | wc -l"));
  umask(before);
  shim.gone();
  auto here = std::filesystem::current_path().string();
  // 0, 1, 2, the directory that ls reads, and the line "total".
  STRCMP_EQUAL((here + "\n0027\n" + RunningShim::turn() + "\n5\n").c_str(),
               shim.file("stdout.spool").c_str());
}

TEST(Shim, IsForItsUserOnly) {
  RunningShim shim(directory.path, shell("sleep 100"));
  struct stat found {};
  LONGS_EQUAL(0, stat((directory / "control.sock").c_str(), &found));
  LONGS_EQUAL(0600, found.st_mode & 07777);
  LONGS_EQUAL(0, stat((directory / "stdout.spool").c_str(), &found));
  LONGS_EQUAL(0600, found.st_mode & 07777);
}

TEST(Shim, EndsWhatTheAgentLeavesBehind) {
  std::string script =
      "setsid sleep 1000 & echo $! > one; (setsid sh -c 'trap \"\" TERM; echo $$ > two; "
      "while :; do sleep 1; done' &); while [ ! -s two ]; do sleep 0.01; done; echo done";
  RunningShim shim(directory.path, shell("cd " + directory.path + "; " + script), {"--grace-ms", "100"});
  STRCMP_CONTAINS("\"reason\":\"exited\",\"status\":0", shim.exit_json().c_str());
  CHECK_TRUE(pid_in(directory / "one") > 0);
  CHECK_FALSE(alive(pid_in(directory / "one")));
  CHECK_TRUE(pid_in(directory / "two") > 0);
  CHECK_FALSE(alive(pid_in(directory / "two")));
  STRCMP_CONTAINS("\"left\":0", shim.file("exit.json").c_str());
}

TEST(Shim, DoesNotWaitForAGrandchildThatHoldsStdout) {
  RunningShim shim(directory.path, shell("setsid sleep 1000 & echo said"));
  STRCMP_CONTAINS("\"stragglers\":1", shim.exit_json().c_str());
  STRCMP_EQUAL("said\n", shim.file("stdout.spool").c_str());
}

TEST(Shim, EndsEverythingWhenTold) {
  RunningShim shim(directory.path, shell("trap '' TERM INT; setsid sleep 1000 & echo $! > " +
                                         (directory / "one") + "; wait; wait"));
  CHECK_TRUE(eventually([&] { return pid_in(directory / "one") > 0; }));
  Client(directory.path).send("end\n");
  STRCMP_CONTAINS("\"reason\":\"ended\",\"status\":-1,\"signal\":9", shim.exit_json().c_str());
  CHECK_FALSE(alive(pid_in(directory / "one")));
}

TEST(Shim, SignalsTheAgentsGroup) {
  RunningShim shim(directory.path,
                   shell("trap 'echo int; exit 4' INT; echo up; while :; do sleep 0.05; done"));
  Client client(directory.path);
  CHECK_TRUE(eventually([&] { return shim.file("stdout.spool") == "up\n"; }));
  client.send("signal 2\n");
  STRCMP_CONTAINS("\"reason\":\"exited\",\"status\":4", shim.exit_json().c_str());
  STRCMP_EQUAL("up\nint\n", shim.file("stdout.spool").c_str());
}

TEST(Shim, EndsGentlyOnSigterm) {
  RunningShim shim(directory.path,
                   shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done"));
  CHECK_TRUE(eventually([&] { return shim.file("stdout.spool") == "up\n"; }));
  kill(shim.pid(), SIGTERM);
  STRCMP_CONTAINS("\"reason\":\"ended\"", shim.exit_json().c_str());
  STRCMP_EQUAL("up\nbye\n", shim.file("stdout.spool").c_str());
}

TEST(Shim, GoesOnWithoutAClientAndServesTheNext) {
  RunningShim shim(directory.path, shell("read a; echo $a; read b; echo $b"));
  {
    Client first(directory.path);
    first.send("stdin 4\none\n");
    first.line_with("spool");
  }
  Client second(directory.path);
  STRCMP_EQUAL("hello 2", second.line().c_str());
  STRCMP_CONTAINS("spool=4 stdin=4", second.line().c_str());
  second.send("stdin 4\ntwo\n");
  STRCMP_EQUAL("exit", second.line_with("exit").c_str());
  STRCMP_EQUAL("one\ntwo\n", shim.file("stdout.spool").c_str());
}

TEST(Shim, EndsAnAgentThatSaysTooMuch) {
  RunningShim shim(directory.path, shell("yes 0123456789"), {"--spool-bytes", "100000"});
  STRCMP_CONTAINS("\"reason\":\"spool_full\"", shim.exit_json().c_str());
  LONGS_EQUAL(100000, shim.file("stdout.spool").size());
}

TEST(Shim, KeepsTheEndOfStderrOnly) {
  RunningShim shim(directory.path, shell("i=0; while [ $i -lt 2000 ]; do echo line $i >&2; i=$((i+1)); done"),
                   {"--stderr-bytes", "1000"});
  shim.gone();
  auto tail = shim.file("stderr.tail");
  CHECK_TRUE(tail.size() >= 1000);
  CHECK_TRUE(tail.size() <= 2000);
  CHECK_TRUE(tail.ends_with("line 1999\n"));
}

TEST(Shim, RefusesMoreStdinThanItMayHold) {
  RunningShim shim(directory.path, shell("sleep 100"), {"--stdin-bytes", "200000"});
  Client client(directory.path);
  client.send("stdin 150000\n" + std::string(150000, 'x'));
  client.send("stdin 150000\n" + std::string(150000, 'y'));
  STRCMP_EQUAL("refused the agent does not read: its stdin queue is full",
               client.line_with("refused").c_str());
  client.send("status\n");
  STRCMP_CONTAINS("stdin=150000 ", client.line_with("status").c_str());
  client.send("stdin 200001\n");
  STRCMP_EQUAL("refused more than stdin can take", client.line_with("refused").c_str());
  STRCMP_EQUAL("", client.line().c_str());
}

TEST(Shim, CarriesALongQuestionToASlowReader) {
  RunningShim shim(directory.path, shell("sleep 0.2; wc -c"));
  Client client(directory.path);
  std::string question(3'000'000, 'q');
  client.send("stdin " + std::to_string(question.size()) + "\n" + question + "close-stdin\n");
  client.line_with("exit");
  STRCMP_EQUAL("3000000\n", shim.file("stdout.spool").c_str());
}

TEST(Shim, SaysThatAnAgentNoLongerReads) {
  RunningShim shim(directory.path, shell("exec 0<&-; echo closed; sleep 100"));
  Client client(directory.path);
  CHECK_TRUE(eventually([&] { return shim.file("stdout.spool") == "closed\n"; }));
  client.send("stdin 2\nx\n");
  client.send("stdin 2\nx\n");
  STRCMP_EQUAL("refused the agent's stdin is closed", client.line_with("refused").c_str());
}

TEST(Shim, ThrowsOutAClientThatTalksNonsense) {
  RunningShim shim(directory.path, shell("sleep 100"));
  for (const std::string& nonsense :
       {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(10000, 'x'),
        std::string("stdin 18446744073709551615\n"), std::string("\0\0\n", 3)}) {
    Client client(directory.path);
    client.line_with("status");
    client.send(nonsense);
    STRCMP_CONTAINS("refused ", client.line().c_str());
    STRCMP_EQUAL("", client.line().c_str());
  }
  STRCMP_EQUAL("hello 2", Client(directory.path).line().c_str());
}

TEST(Shim, SurvivesAClientThatNeverReads) {
  RunningShim shim(directory.path, shell("yes 0123456789 | head -c 3000000; sleep 100"));
  Client deaf(directory.path);
  for (int i = 0; i < 20000; ++i) deaf.send("status\n");
  Client client(directory.path);
  CHECK_TRUE(eventually([&] {
    client.send("status\n");
    return client.line_with("status").find("spool=3000000") != std::string::npos;
  }));
}

TEST(Shim, SaysWhyAnAgentCannotBeRun) {
  RunningShim missing(directory.path, {"/no/such/agent"});
  CHECK_TRUE(missing.ready());
  STRCMP_CONTAINS("\"reason\":\"not_started\"", missing.exit_json().c_str());
  STRCMP_CONTAINS("\"error\":\"/no/such/agent: No such file or directory\"",
                  missing.file("exit.json").c_str());
  TemporaryDirectory other;
  TemporaryDirectory::put(other / "plain", "text");
  RunningShim forbidden(other.path, {other / "plain"});
  STRCMP_CONTAINS("plain: Permission denied\"", forbidden.exit_json().c_str());
}

TEST(Shim, LivesInADirectoryWithALongName) {
  std::string deep = directory.path;
  for (int i = 0; i < 5; ++i) deep += "/" + std::string(100, static_cast<char>('a' + i));
  std::filesystem::create_directories(deep);
  RunningShim shim(deep, shell("read x; echo $x"));
  CHECK_TRUE(shim.ready());
  Client client(deep);
  CHECK_TRUE(client.connected());
  client.send("stdin 2\nx\n");
  STRCMP_EQUAL("exit", client.line_with("exit").c_str());
  CHECK_TRUE(shim.gone());
  CHECK_FALSE(std::filesystem::exists(deep + "/control.sock"));
}

TEST(Shim, RunsATurnOnceOnly) {
  RunningShim first(directory.path, shell("read x"));
  RunningShim second(directory.path, shell("echo twice"));
  CHECK_FALSE(second.ready());
  CHECK_TRUE(second.gone());
  LONGS_EQUAL(2, second.status());
  STRCMP_EQUAL("hello 2", Client(directory.path).line().c_str());
}

TEST(Shim, TakesTheAgentWithItWhenItIsKilled) {
  RunningShim shim(directory.path, shell("setsid sleep 1000 & echo $! > " + (directory / "grandchild") +
                                         "; echo $$ > " + (directory / "agent") + "; sleep 1000"));
  CHECK_TRUE(eventually([&] { return pid_in(directory / "agent") > 0; }));
  kill(shim.pid(), SIGKILL);
  shim.gone();
  CHECK_TRUE(eventually([&] { return !alive(pid_in(directory / "agent")); }));
  CHECK_TRUE(alive(pid_in(directory / "grandchild")));
  std::string sweep = program("coordinator-shim") + " --sweep " + RunningShim::turn();
  LONGS_EQUAL(0, std::system(sweep.c_str()));
  CHECK_TRUE(eventually([&] { return !alive(pid_in(directory / "grandchild")); }));
}

TEST(Shim, EndsWhatATurnLeftBehindAndKeepsTheAgentWithItsOwnChildren) {
  RunningShim shim(directory.path, shell("sleep 1000 & echo $! > " + (directory / "child") +
                                         "; (setsid sleep 1000 & echo $! > " + (directory / "stray") +
                                         "); echo $$ > " + (directory / "agent") + "; read x; echo got $x"));
  CHECK_TRUE(eventually([&] { return pid_in(directory / "agent") > 0; }));
  CHECK_TRUE(alive(pid_in(directory / "stray")));
  Client client(directory.path);
  client.send("settle\n");
  STRCMP_CONTAINS("state=running", client.line_with("status").c_str());
  STRCMP_CONTAINS("settled ", client.line_with("settled").c_str());
  CHECK_FALSE(alive(pid_in(directory / "stray")));
  CHECK_TRUE(alive(pid_in(directory / "child")));
  client.send("stdin 5\nwhat\n");
  CHECK_TRUE(eventually([&] { return shim.file("stdout.spool") == "got what\n"; }));
  STRCMP_CONTAINS("\"stdin_bytes\":5", shim.exit_json().c_str());
}

TEST(Shim, CountsOutputAnewForEachTurn) {
  RunningShim shim(directory.path, shell("while read n; do head -c $n /dev/zero; done"),
                   {"--spool-bytes", "1000"});
  Client client(directory.path);
  for (int turn = 0; turn < 3; ++turn) {
    client.send("stdin 4\n900\n");
    client.line_with("spool");
    client.send("settle\n");
    CHECK_FALSE(client.line_with("settled").empty());
  }
  client.send("stdin 5\n1001\n");
  STRCMP_CONTAINS("\"reason\":\"spool_full\"", shim.exit_json().c_str());
}

TEST(Shim, EndsAnIdleAgentThatNobodyListensTo) {
  RunningShim idle(directory.path, shell("read x"), {"--alone-idle-ms", "50"});
  { Client(directory.path).send("settle\n"); }
  STRCMP_CONTAINS("\"reason\":\"ended\"", idle.exit_json().c_str());
}

TEST(Shim, DoesNotEndAnAgentThatWorksThoughNobodyListens) {
  RunningShim shim(directory.path, shell("read x; sleep 0.5; echo done; read y"), {"--alone-idle-ms", "50"});
  {
    Client client(directory.path);
    client.send("settle\n");
    client.line_with("settled");
    client.send("stdin 2\nx\n");
    client.send("status\n");
    client.line_with("status");
  }
  CHECK_TRUE(eventually([&] { return shim.file("stdout.spool") == "done\n"; }));
}

#if !defined(__SANITIZE_ADDRESS__)
TEST(Shim, IsSmall) {
  RunningShim shim(directory.path, shell("sleep 100"));
  auto rollup = content("/proc/" + std::to_string(shim.pid()) + "/smaps_rollup");
  auto kilobytes = [&rollup](const std::string& field) {
    return std::atol(rollup.c_str() + rollup.find(field) + field.size());
  };
  CHECK_TRUE(kilobytes("Private_Dirty:") + kilobytes("Private_Clean:") < 1024);
}
#endif
