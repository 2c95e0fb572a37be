// One turn's machine: every state against every input, and time moved by hand.
#include "agent/turn_machine.h"

#include <csignal>
#include <optional>
#include <string>

#include "agent/words.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::agent;

namespace {

TurnResult ours(Outcome outcome = Outcome::success) {
  TurnResult result;
  result.outcome = outcome;
  result.text = "the answer";
  result.session_id = "s";
  result.message_uuids = {"uuid"};
  return result;
}

Gone gone(ShimExit::Reason reason = ShimExit::Reason::exited, int status = 0) {
  Gone input;
  input.exit.reason = reason;
  input.exit.status = status;
  return input;
}

PermissionRequest permission(const char* id) { return {id, std::string("tool-") + id, "Bash", "ls", "{}"}; }

}  // namespace

TEST_GROUP(TurnMachine) {
  Instant now{Millis(1'000'000)};
  std::optional<TurnMachine> machine;

  void setup() override { begin({}); }

  TurnPolicy policy(Limits limits = {}) { return {"uuid", limits, true}; }
  void begin(Limits limits) { machine.emplace(policy(limits), now); }

  std::string on(const TurnInput& input) { return testing::joined(machine->handle(now, input)); }
  std::string say(Event event) { return on(Said{std::move(event)}); }
  void run() { STRCMP_EQUAL("prompt", on(Ready{}).c_str()); }
  // Moves to the next deadline; how far that was, and what was done.
  std::string wait() {
    auto deadline = machine->next_deadline();
    if (!deadline) return "for ever";
    auto time = *deadline - now;
    now = *deadline;
    return fmt::format("{} ms: {}", time.count(), on(Tick{}));
  }
};

TEST(TurnMachine, AsksOnceTheAgentListens) { STRCMP_EQUAL("prompt", on(Ready{false}).c_str()); }

TEST(TurnMachine, DoesNotAskWhatAnEarlierDaemonAsked) { STRCMP_EQUAL("", on(Ready{true}).c_str()); }

TEST(TurnMachine, DoesNotAskAgainWhenTheShimIsFoundAgain) {
  run();
  STRCMP_EQUAL("", on(Ready{false}).c_str());
}

TEST(TurnMachine, TellsWhatIsSaidAndClosesAtItsResult) {
  run();
  STRCMP_EQUAL("tell started s m", say(Started{"s", "m"}).c_str());
  STRCMP_EQUAL("tell text [hello]", say(Text{"hello"}).c_str());
  STRCMP_EQUAL("tell alive", say(Alive{}).c_str());
  STRCMP_EQUAL("tell malformed: x", say(Malformed{"x"}).c_str());
  STRCMP_EQUAL("tell result success for uuid [the answer] s $0.00000 0+0; close", say(ours()).c_str());
  STRCMP_EQUAL("tell ended success in s", on(gone()).c_str());
  CHECK_TRUE(machine->ended());
}

TEST(TurnMachine, WaitsForItsOwnResult) {
  run();
  TurnResult background = ours();
  background.message_uuids.clear();
  background.unprompted = true;
  STRCMP_EQUAL("tell result success unprompted [the answer] s $0.00000 0+0", say(background).c_str());
  TurnResult another = ours();
  another.message_uuids = {"another"};
  STRCMP_EQUAL("tell result success for another [the answer] s $0.00000 0+0", say(another).c_str());
  TurnResult nameless = ours();
  nameless.message_uuids.clear();
  STRCMP_EQUAL("tell result success [the answer] s $0.00000 0+0; close", say(nameless).c_str());
}

TEST(TurnMachine, HearsNothingAfterItsResult) {
  run();
  say(ours());
  STRCMP_EQUAL("", say(Text{"more"}).c_str());
  STRCMP_EQUAL("", say(ours()).c_str());
  STRCMP_EQUAL("", on(CaughtUp{}).c_str());
  STRCMP_EQUAL("", on(LineTooLong{}).c_str());
  STRCMP_EQUAL("", on(Refused{"closed"}).c_str());
  STRCMP_EQUAL("", on(Cancel{}).c_str());
  STRCMP_EQUAL("", on(Ready{}).c_str());
  STRCMP_EQUAL("", on(Answered{}).c_str());
  STRCMP_EQUAL("tell ended success in s", on(gone()).c_str());
}

TEST(TurnMachine, PressesAnAgentThatDoesNotGo) {
  run();
  say(ours());
  STRCMP_EQUAL("5000 ms: signal 15", wait().c_str());
  STRCMP_EQUAL("3000 ms: end", wait().c_str());
  STRCMP_EQUAL("20000 ms: kill shim", wait().c_str());
  STRCMP_EQUAL("20000 ms: kill shim", wait().c_str());
  STRCMP_EQUAL("tell ended success in s", on(gone(ShimExit::Reason::vanished)).c_str());
  STRCMP_EQUAL("for ever", wait().c_str());
}

TEST(TurnMachine, CancelsStepByStep) {
  run();
  STRCMP_EQUAL("interrupt", on(Cancel{}).c_str());
  STRCMP_EQUAL("", on(Cancel{}).c_str());
  STRCMP_EQUAL("1000 ms: signal 2", wait().c_str());
  STRCMP_EQUAL("3000 ms: signal 15", wait().c_str());
  STRCMP_EQUAL("3000 ms: end", wait().c_str());
  STRCMP_EQUAL("tell ended aborted", on(gone(ShimExit::Reason::ended)).c_str());
}

TEST(TurnMachine, CancelledEndsByTheAgentsOwnResult) {
  run();
  on(Cancel{});
  STRCMP_EQUAL("tell text [half a]", say(Text{"half a"}).c_str());
  STRCMP_EQUAL("tell result aborted for uuid [the answer] s $0.00000 0+0; close",
               say(ours(Outcome::aborted)).c_str());
  STRCMP_EQUAL("tell ended aborted in s", on(gone()).c_str());
}

TEST(TurnMachine, ThatWasDoneBeforeItCouldBeCancelledIsDone) {
  run();
  on(Cancel{});
  say(ours());
  STRCMP_EQUAL("tell ended success in s", on(gone()).c_str());
}

TEST(TurnMachine, CancelledBeforeItBeganIsEndedAtOnce) {
  STRCMP_EQUAL("end", on(Cancel{}).c_str());
  STRCMP_EQUAL("", on(Ready{}).c_str());
  STRCMP_EQUAL("tell ended aborted", on(gone(ShimExit::Reason::ended)).c_str());
}

TEST(TurnMachine, InterruptsAnAgentThatSaysNothing) {
  begin({.inactivity = 60s});
  run();
  now += 59s;
  say(Alive{});
  STRCMP_EQUAL("", on(Tick{}).c_str());
  STRCMP_EQUAL("60000 ms: interrupt", wait().c_str());
  say(ours(Outcome::aborted));
  STRCMP_EQUAL("tell ended failed silent [the agent said nothing for 60 s] in s", on(gone()).c_str());
}

TEST(TurnMachine, DoesNotWatchTheClockWhileAPersonIsAsked) {
  begin({.inactivity = 60s});
  machine.emplace(TurnPolicy{"uuid", {.inactivity = 60s}, false}, now);
  run();
  say(permission("r1"));
  STRCMP_EQUAL("", on(CaughtUp{}).c_str());
  STRCMP_EQUAL("for ever", wait().c_str());
  now += 1h;
  STRCMP_EQUAL("answer r1 allow", on(Answered{{"r1", true, ""}}).c_str());
  STRCMP_EQUAL("60000 ms: interrupt", wait().c_str());
}

TEST(TurnMachine, AnswersNoRequestTwiceAndNoneThatWasWithdrawn) {
  machine.emplace(TurnPolicy{"uuid", {}, false}, now);
  run();
  say(permission("r1"));
  say(permission("r2"));
  say(PermissionWithdrawn{"r2"});
  on(CaughtUp{});
  STRCMP_EQUAL("answer r1 deny", on(Answered{{"r1", false, "no"}}).c_str());
  STRCMP_EQUAL("", on(Answered{{"r1", true, ""}}).c_str());
  STRCMP_EQUAL("", on(Answered{{"r2", true, ""}}).c_str());
  STRCMP_EQUAL("", on(Answered{{"never asked", true, ""}}).c_str());
}

TEST(TurnMachine, RefusesPermissionsWhereNobodyCanBeAsked) {
  run();
  STRCMP_EQUAL("tell permission r1 tool-r1 Bash [ls] {}", say(permission("r1")).c_str());
  auto effects = machine->handle(now, CaughtUp{});
  STRCMP_EQUAL("answer r1 deny", testing::joined(effects).c_str());
  STRCMP_CONTAINS("allowed_tools", std::get<SendAnswer>(effects[0]).answer.message.c_str());
  STRCMP_EQUAL("", on(CaughtUp{}).c_str());
}

// An adopted turn is told from its beginning: what an earlier daemon answered has its tool's result behind
// it.
TEST(TurnMachine, DoesNotAnswerAgainWhatAnEarlierDaemonAnswered) {
  on(Ready{true});
  say(permission("r1"));
  say(ToolResult{"tool-r1", true});
  STRCMP_EQUAL("", on(CaughtUp{}).c_str());
}

// Its reader may have died between the commit and the writing, or the answer may have arrived: the agent's
// own words tell, and they come first.
TEST(TurnMachine, AnswersAgainWhatNeverArrivedAndOnlyThat) {
  machine.emplace(TurnPolicy{"uuid", {}, false}, now);
  on(Ready{true});
  say(permission("r1"));
  say(permission("r2"));
  STRCMP_EQUAL("", on(Answered{{"r1", true}}).c_str());
  STRCMP_EQUAL("", on(Answered{{"r2", true}}).c_str());
  say(ToolResult{"tool-r1", false});
  STRCMP_EQUAL("answer r2 allow", on(CaughtUp{}).c_str());
  STRCMP_EQUAL("", on(CaughtUp{}).c_str());
}

TEST(TurnMachine, KeepsTheWallClock) {
  begin({.inactivity = 60s, .wall_clock = 90s});
  run();
  for (int i = 0; i < 8; ++i) {
    now += 10s;
    say(Alive{});
  }
  STRCMP_EQUAL("10000 ms: interrupt", wait().c_str());
  STRCMP_EQUAL("tell ended failed out_of_time [the turn took longer than 90 s]", on(gone()).c_str());
}

TEST(TurnMachine, CountsTheTimeUnderAnEarlierDaemon) {
  begin({.inactivity = 60s, .wall_clock = 90s});
  STRCMP_EQUAL("", on(Ready{true, 80s}).c_str());
  STRCMP_EQUAL("10000 ms: interrupt", wait().c_str());
}

TEST(TurnMachine, GivesUpOnAnAgentThatNeverRuns) {
  STRCMP_EQUAL("60000 ms: end", wait().c_str());
  STRCMP_EQUAL("20000 ms: kill shim", wait().c_str());
  STRCMP_EQUAL("tell ended failed not_started [the agent was not running after 60 s]",
               on(gone(ShimExit::Reason::vanished)).c_str());
}

TEST(TurnMachine, EndsAnAgentThatWritesALineWithoutEnd) {
  begin({.line_bytes = 100});
  run();
  STRCMP_EQUAL("end", on(LineTooLong{}).c_str());
  STRCMP_EQUAL("tell ended failed line_limit [the agent wrote a line of more than 100 bytes]",
               on(gone(ShimExit::Reason::ended)).c_str());
}

TEST(TurnMachine, IsNotMadeGoodByAResultBehindAMissingLine) {
  begin({.line_bytes = 100});
  run();
  on(LineTooLong{});
  say(ours());
  STRCMP_EQUAL("tell ended failed line_limit [the agent wrote a line of more than 100 bytes] in s",
               on(gone(ShimExit::Reason::ended)).c_str());
}

TEST(TurnMachine, EndsAnAgentThatDoesNotRead) {
  run();
  STRCMP_EQUAL("signal 15", on(Refused{"full"}).c_str());
  STRCMP_EQUAL("tell ended failed other [the agent could not be spoken to (full)]", on(gone()).c_str());
}

TEST(TurnMachine, SaysWhyAnAgentEndedWithoutAResult) {
  auto ended = [this](Gone input) {
    begin({});
    on(Ready{});
    return on(input);
  };
  Gone crashed = gone(ShimExit::Reason::exited, 3);
  crashed.exit.stderr_tail = "boom";
  crashed.hint = Failure::session_exists;
  STRCMP_EQUAL("tell ended failed session_exists [the agent ended with status 3: boom]",
               ended(crashed).c_str());
  Gone killed = gone();
  killed.exit.signal = SIGSEGV;
  STRCMP_EQUAL("tell ended failed other [the agent was ended by signal 11]", ended(killed).c_str());
  Gone missing = gone(ShimExit::Reason::not_started);
  missing.exit.error = "claude: No such file or directory";
  STRCMP_EQUAL(
      "tell ended failed not_started [the agent could not be run: claude: No such file or directory]",
      ended(missing).c_str());
  STRCMP_EQUAL("tell ended failed output_limit [the agent wrote more than it may]",
               ended(gone(ShimExit::Reason::spool_full)).c_str());
  Gone lost = gone(ShimExit::Reason::vanished);
  lost.exit.error = "no shim";
  STRCMP_EQUAL("tell ended failed lost [the agent is lost: no shim]", ended(lost).c_str());
  STRCMP_EQUAL("tell ended failed lost [the agent was ended from outside]",
               ended(gone(ShimExit::Reason::ended)).c_str());
}

TEST(TurnMachine, TellsAnAgentsOwnFailureInItsOwnWords) {
  run();
  TurnResult failed = ours(Outcome::failed);
  failed.failure = Failure::rate_limited;
  say(failed);
  Gone after = gone(ShimExit::Reason::exited, 1);
  after.exit.stderr_tail = "noise";
  STRCMP_EQUAL("tell ended failed rate_limited [the answer] in s", on(after).c_str());
}

TEST(TurnMachine, ReadsATurnThatEndedWhileNoDaemonRan) {
  STRCMP_EQUAL("tell started s m", say(Started{"s", "m"}).c_str());
  STRCMP_EQUAL("tell result success for uuid [the answer] s $0.00000 0+0; close", say(ours()).c_str());
  STRCMP_EQUAL("tell ended success in s", on(gone()).c_str());
}

TEST(TurnMachine, EndsOnce) {
  run();
  on(gone());
  STRCMP_EQUAL("", on(gone()).c_str());
  STRCMP_EQUAL("", say(Text{"ghost"}).c_str());
  STRCMP_EQUAL("", on(Ready{}).c_str());
  STRCMP_EQUAL("", on(CaughtUp{}).c_str());
  STRCMP_EQUAL("", on(LineTooLong{}).c_str());
  STRCMP_EQUAL("", on(Refused{"x"}).c_str());
  STRCMP_EQUAL("", on(Cancel{}).c_str());
  STRCMP_EQUAL("", on(Answered{}).c_str());
  STRCMP_EQUAL("", on(Tick{}).c_str());
  STRCMP_EQUAL("for ever", wait().c_str());
}

// ---- an agent that stays

TEST_GROUP_BASE(KeptTurnMachine, TEST_GROUP_CppUTestGroupTurnMachine){void setup() override{begin_kept({});
}
void begin_kept(Limits limits, bool reused = false) {
  TurnPolicy kept = policy(limits);
  kept.keep = true;
  kept.reused = reused;
  machine.emplace(kept, now);
}
void run_caught_up() {
  run();
  STRCMP_EQUAL("", on(CaughtUp{}).c_str());
}
TurnResult answering(std::vector<std::string> uuids) {
  TurnResult result = ours();
  result.message_uuids = std::move(uuids);
  return result;
}
}
;

TEST(KeptTurnMachine, SettlesAfterItsResultAndEndsWithItsAgentStandingBy) {
  run();
  STRCMP_CONTAINS("; settle", say(ours()).c_str());
  CHECK_FALSE(machine->kept());
  STRCMP_EQUAL("", say(Alive{}).c_str());
  STRCMP_EQUAL("tell ended success in s", on(Settled{}).c_str());
  CHECK_TRUE(machine->ended());
  CHECK_TRUE(machine->kept());
  STRCMP_EQUAL("", on(gone()).c_str());
}

TEST(KeptTurnMachine, ClosesWhereTheShimIsTooOldToSettle) {
  on(Ready{.can_settle = false});
  STRCMP_CONTAINS("; close", say(ours()).c_str());
}

TEST(KeptTurnMachine, ClosesWhatCannotBeSettled) {
  run();
  say(ours());
  STRCMP_EQUAL("close", on(Refused{"it could not be ended"}).c_str());
  STRCMP_EQUAL("5000 ms: signal 15", wait().c_str());
  STRCMP_EQUAL("tell ended success in s", on(gone()).c_str());
  CHECK_FALSE(machine->kept());
}

TEST(KeptTurnMachine, ClosesWhatDoesNotSettleInTime) {
  run();
  say(ours());
  STRCMP_EQUAL("15000 ms: close", wait().c_str());
}

TEST(KeptTurnMachine, EndsAnAgentThatGoesOnByItself) {
  run();
  say(ours());
  STRCMP_EQUAL("signal 15", say(Started{"s", "m"}).c_str());
  STRCMP_EQUAL("", on(Settled{}).c_str());
  STRCMP_EQUAL("tell ended success in s", on(gone()).c_str());
}

TEST(KeptTurnMachine, IsDoneWhenItsAgentDiesBehindItsResult) {
  run();
  say(ours());
  STRCMP_EQUAL("tell ended success in s", on(gone(ShimExit::Reason::exited, 3)).c_str());
  CHECK_FALSE(machine->kept());
}

TEST(KeptTurnMachine, DoesNotKeepAnAgentThatFailed) {
  run();
  STRCMP_CONTAINS("; close", say(ours(Outcome::failed)).c_str());
}

TEST(KeptTurnMachine, KeepsAnAgentThatAWordHasInterrupted) {
  run();
  STRCMP_EQUAL("interrupt", on(Cancel{}).c_str());
  STRCMP_CONTAINS("; settle", say(ours(Outcome::aborted)).c_str());
  STRCMP_EQUAL("tell ended aborted in s", on(Settled{}).c_str());
}

TEST(KeptTurnMachine, DoesNotKeepAnAgentThatASignalHasInterrupted) {
  run();
  on(Cancel{});
  STRCMP_EQUAL("1000 ms: signal 2", wait().c_str());
  STRCMP_CONTAINS("; close", say(ours(Outcome::aborted)).c_str());
}

TEST(KeptTurnMachine, DoesNotKeepAnAgentThatAWatchdogHasInterrupted) {
  run();
  STRCMP_EQUAL("300000 ms: interrupt", wait().c_str());
  STRCMP_CONTAINS("; close", say(ours(Outcome::aborted)).c_str());
}

TEST(KeptTurnMachine, WasNotBegunWhereTheAgentDiedBeforeItHeard) {
  begin_kept({}, true);
  run();
  STRCMP_CONTAINS("tell ended failed not_begun", on(gone(ShimExit::Reason::exited, 1)).c_str());
  begin_kept({}, true);
  run();
  STRCMP_EQUAL("signal 15", on(Refused{"its stdin is closed"}).c_str());
  STRCMP_CONTAINS("tell ended failed not_begun", on(gone(ShimExit::Reason::ended)).c_str());
}

TEST(KeptTurnMachine, FailsWhereTheAgentDiedAfterItHeardOrNobodyKnows) {
  begin_kept({}, true);
  run();
  say(Heard{"uuid"});
  STRCMP_CONTAINS("tell ended failed other", on(gone(ShimExit::Reason::exited, 1)).c_str());
  begin_kept({}, true);
  run();
  STRCMP_CONTAINS("tell ended failed lost", on(gone(ShimExit::Reason::vanished)).c_str());
  begin_kept({}, false);
  run();
  STRCMP_CONTAINS("tell ended failed other", on(gone(ShimExit::Reason::exited, 1)).c_str());
}

// ---- steering

TEST(KeptTurnMachine, SaysMoreAndTellsWhenItIsTaken) {
  run_caught_up();
  STRCMP_EQUAL("steer u2", on(Steer{{"u2", "more"}}).c_str());
  STRCMP_EQUAL("", on(Steer{{"u2", "more"}}).c_str());
  STRCMP_EQUAL("", say(Heard{"u2"}).c_str());
  STRCMP_EQUAL("tell steered u2", say(Steered{"u2"}).c_str());
  STRCMP_EQUAL("", say(Steered{"u2"}).c_str());
  STRCMP_CONTAINS("; settle", say(answering({"uuid", "u2"})).c_str());
}

TEST(KeptTurnMachine, DoesNotTellOfItsOwnPrompt) {
  run_caught_up();
  STRCMP_EQUAL("", say(Heard{"uuid"}).c_str());
  STRCMP_EQUAL("", say(Steered{"uuid"}).c_str());
}

// It was too late for the turn's last step: the agent answers it behind the first result.
TEST(KeptTurnMachine, WaitsForTheResultOfWhatWasSaidLast) {
  run_caught_up();
  on(Steer{{"u2", "more"}});
  STRCMP_EQUAL("tell result success for uuid [the answer] s $0.00000 0+0", say(ours()).c_str());
  STRCMP_EQUAL("tell steered u2", say(Steered{"u2"}).c_str());
  TurnResult second = answering({"u2"});
  second.output_tokens = 3;
  STRCMP_CONTAINS("; settle", say(second).c_str());
  STRCMP_EQUAL("tell ended success in s", on(Settled{}).c_str());
}

TEST(KeptTurnMachine, SaysNothingTwiceAfterARestart) {
  on(Ready{true});
  STRCMP_EQUAL("", on(Steer{{"u2", "more"}}).c_str());
  STRCMP_EQUAL("", on(Steer{{"u3", "still more"}}).c_str());
  say(Heard{"u2"});
  STRCMP_EQUAL("steer u3", on(CaughtUp{}).c_str());
}

TEST(KeptTurnMachine, HoldsWhatIsSaidBeforeThePrompt) {
  STRCMP_EQUAL("", on(Steer{{"u2", "more"}}).c_str());
  run();
  STRCMP_EQUAL("steer u2", on(CaughtUp{}).c_str());
}

// The agent would begin with what it has not taken yet.
TEST(KeptTurnMachine, EndsTheAgentWhereItIsCancelledBeforeEverythingWasTaken) {
  run_caught_up();
  on(Steer{{"u2", "more"}});
  STRCMP_EQUAL("interrupt", on(Cancel{}).c_str());
  STRCMP_CONTAINS("; signal 15", say(ours(Outcome::aborted)).c_str());
  STRCMP_EQUAL("tell ended aborted in s", on(gone()).c_str());
}

TEST(KeptTurnMachine, IsNotSteeredWhenItIsOver) {
  run_caught_up();
  say(ours());
  STRCMP_EQUAL("", on(Steer{{"u2", "more"}}).c_str());
}
