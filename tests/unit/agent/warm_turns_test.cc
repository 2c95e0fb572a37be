// Agents that stay for the next turn of their session, over the real shim and the demo agent.
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "agent/turns_stage.h"

using namespace coordinator;
using namespace coordinator::agent;
using testing::TurnsStage;

TEST_GROUP_BASE(WarmTurns, TurnsStage){
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
