// What a turn may use: its tree as a whole is held to it, however it is spread over processes.
#include <sys/stat.h>

#include <string>
#include <vector>

#include "io/temporary.h"
#include "shim/control_group.h"
#include "shim/shim_peer.h"
#include "shim/watch.h"

#include "io/control_group.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator::shim;
using namespace coordinator::shim::testing;
using std::chrono::milliseconds;

namespace {

std::vector<std::string> shell(const std::string& script) { return {"sh", "-c", script}; }

// Leaves its parent, its session and its environment, as a daemon does.
std::string detached(const std::string& script) {
  return "(setsid env -i PATH=\"$PATH\" sh -c '" + script + "' &); ";
}

}  // namespace

TEST_GROUP(ShimLimits) {
  TemporaryDirectory directory;

  std::string ending(const std::string& script, const std::vector<std::string>& options) {
    RunningShim shim(directory.path, shell(script), options);
    std::string report = shim.exit_json();
    LONGS_EQUAL(0, tree_of(getpid(), "").size());
    auto end = report.find('"', 11);
    return report.substr(0, 10) == "{\"reason\":" ? report.substr(11, end - 11) : report;
  }
};

TEST(ShimLimits, EndATreeThatUsesTooMuchMemory) {
  const std::vector<std::string> options = {"--limit-memory", "60000000"};
  STRCMP_EQUAL("memory_limit",
               ending("head -c 300000000 /dev/zero | tail -c 200000000; sleep 100", options).c_str());
}

TEST(ShimLimits, CountWhatIsSpreadOverDetachedProcesses) {
  std::string part = detached("head -c 30000000 /dev/zero | tail -c 30000000 | sleep 100");
  STRCMP_EQUAL("memory_limit",
               ending(part + part + part + "sleep 100", {"--limit-memory", "60000000"}).c_str());
}

TEST(ShimLimits, EndATreeOfTooManyProcesses) {
  STRCMP_EQUAL("process_limit",
               ending("for i in 1 2 3 4 5 6 7 8 9 10; do " + detached("sleep 100; true") + "done; sleep 100",
                      {"--limit-processes", "8"})
                   .c_str());
}

// Each part runs for a moment only, and most are reaped by nobody but the shim.
TEST(ShimLimits, CountTheTimeOfWhatHasEnded) {
  std::string part = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
  STRCMP_EQUAL("cpu_limit", ending("while :; do " + detached(part) + "sh -c '" + part + "'; done",
                                   {"--limit-cpu-ms", "300"})
                                .c_str());
}

// One that ends by itself after a thousand processes: a machine is not to suffer from a test.
TEST(ShimLimits, EndATreeThatGoesOnForking) {
  TemporaryDirectory::put(
      directory / "bomb",
      "[ $1 -gt 0 ] || exec sleep 100\nsh $0 $(($1-1)) &\nsetsid sh $0 $(($1-1)) &\nsleep 100\n");
  STRCMP_EQUAL("process_limit",
               ending("exec sh " + (directory / "bomb") + " 9", {"--limit-processes", "50"}).c_str());
}

TEST(ShimLimits, LeaveATreeAloneThatKeepsToThem) {
  STRCMP_EQUAL("exited", ending("sleep 0.6; echo done", {"--limit-memory", "500000000", "--limit-processes",
                                                         "50", "--limit-cpu-ms", "60000"})
                             .c_str());
}

TEST(ShimLimits, EndWhatWouldFillTheDisk) {
  STRCMP_EQUAL("disk_full", ending("echo one; sleep 100", {"--keep-free", "1000000000000000000"}).c_str());
}

TEST(ShimLimits, EndATurnThatNobodyComesBackFor) {
  STRCMP_EQUAL("ended", ending("sleep 100", {"--alone-ms", "200"}).c_str());
}

TEST(ShimLimits, ATurnWithAClientIsNotAlone) {
  RunningShim shim(directory.path, shell("sleep 100"), {"--alone-ms", "100"});
  {
    Client client(directory.path);
    client.line_with("status");
    usleep(400'000);
    client.send("status\n");
    STRCMP_CONTAINS("state=running", client.line_with("status").c_str());
  }
  STRCMP_CONTAINS("\"reason\":\"ended\"", shim.exit_json().c_str());
}

TEST(ShimLimits, TheAgentsDescriptorsAreFewAgain) {
  RunningShim shim(directory.path, shell("ulimit -Sn"), {"--open-files", "100"});
  shim.gone();
  STRCMP_EQUAL("100\n", shim.file("stdout.spool").c_str());
}

TEST(ShimLimits, TheRoomForTheEndIsTakenAtTheBeginning) {
  RunningShim shim(directory.path, shell("sleep 100"));
  struct stat reserved;
  LONGS_EQUAL(0, stat((directory / "exit.json.new").c_str(), &reserved));
  CHECK(reserved.st_blocks * 512 >= 4096);
  Client(directory.path).send("end\n");
  STRCMP_CONTAINS("\"left\":0}\n", shim.exit_json().c_str());
  CHECK(shim.file("exit.json").ends_with("}\n"));
}

// A group without limits needs no controllers, so this runs wherever one may be made at all.
TEST(ShimLimits, AControlGroupEndsWhatHasLeftEverythingElse) {
  std::string path = coordinator::make_control_group();
  if (path.empty()) return;
  rmdir(path.c_str());
  {
    RunningShim shim(directory.path,
                     shell(detached("echo $$ > " + (directory / "pid") + "; exec sleep 1000") +
                           "cat /proc/self/cgroup; sleep 1000"),
                     {"--control-group", path});
    CHECK_TRUE(eventually(
        [&] { return !content(directory / "pid").empty() && !shim.file("stdout.spool").empty(); }));
    STRCMP_CONTAINS("/coordinator-test-", shim.file("stdout.spool").c_str());
    kill(shim.pid(), SIGKILL);
    shim.gone();
    auto pid = static_cast<pid_t>(std::atoi(content(directory / "pid").c_str()));
    LONGS_EQUAL(0, kill(pid, 0));
    std::string sweep =
        program("coordinator-shim") + " --sweep " + RunningShim::turn() + " --control-group " + path;
    LONGS_EQUAL(0, std::system(sweep.c_str()));
    CHECK_TRUE(eventually([&] {
      return access(("/proc/" + std::to_string(pid) + "/environ").c_str(), F_OK) != 0 ||
             content("/proc/" + std::to_string(pid) + "/stat").find(") Z") != std::string::npos;
    }));
  }
  CHECK_TRUE(eventually([&] { return rmdir(path.c_str()) == 0 || errno == ENOENT; }));
}

TEST_GROUP(Watch){};

TEST(Watch, DoesNotLookBeforeItsTimeNorWithoutALimit) {
  Time now = std::chrono::steady_clock::now();
  CHECK_FALSE(Watch({}, getpid(), now).next_look().has_value());
  Watch watch({.memory_bytes = 1}, getppid(), now);  // this program is in its tree
  CHECK_TRUE(watch.look(now) == ExitReason::memory_limit);
  CHECK_FALSE(watch.look(now + milliseconds(49)).has_value());
  CHECK_TRUE(watch.look(now + milliseconds(250)) == ExitReason::memory_limit);
}
