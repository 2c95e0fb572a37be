// What an agent asks for is asked of people, decided once, and answered.
#include <string>
#include <utility>

#include "chat/approval_phrases.h"
#include "engine_stage.h"

using namespace coordinator;
using namespace coordinator::chat;
using namespace coordinator::chat::testing;
using store::ApprovalState;

namespace {

constexpr UserId kBob{8};

agent::PermissionRequest bash(std::string id, std::string command = "touch x") {
  std::string input = Json::object().set("command", command).dump();
  return {std::move(id), "tool-" + command, "Bash", command, input, {"Bash(" + command + ")"}};
}

}  // namespace

TEST_GROUP_BASE(EngineApprovals, EngineStage){void setup() override{EngineStage::setup();
mention(1);
typing_shown();
}
Effects asks(const agent::PermissionRequest& request) {
  return tell(Reported{turn_id, agent::Event(request)});
}
Effects hears(agent::Event event) { return tell(Reported{turn_id, std::move(event)}); }
std::string arrives(int chunk, std::uint64_t id) {
  return acts(tell(Posted{ChannelId{100}, MessageId{1}, chunk, MessageId{id}}));
}
// But for the typing indicator, which never keeps anybody waiting here.
Effects quietly(Effects effects) {
  std::erase_if(effects.acts, [](const Act& act) { return std::holds_alternative<ShowTyping>(act); });
  typing_shown();
  return effects;
}
Effects decides(int chunk, ApprovalState state, std::string why = {}) {
  return quietly(tell(DecideApproval{MessageId{1}, chunk, {state, kBob, "Bob", std::move(why)}}));
}
std::string waits(Millis time) {
  now.instant += time;
  now.wall += time;
  Effects effects = tell(Ticked{});
  effects += typing_shown();
  std::erase_if(effects.acts, [](const Act& act) { return std::holds_alternative<ShowTyping>(act); });
  return acts(effects);
}
std::string payload(const Effects& effects) {
  const auto* entry = last_written<store::Outbox>(effects);
  return entry ? entry->payload : "";
}
// Asked, and there as message 9000.
void begin() {
  asks(bash("r1"));
  arrives(0, 9000);
  typing_shown();
}
}
;

TEST(EngineApprovals, TurnsAreToldThatPeopleCanBeAsked) { CHECK_TRUE(spec.ask_permissions); }

TEST(EngineApprovals, ARequestIsAMessageThatCallsTheRequester) {
  Effects effects = asks(bash("r1"));
  STRCMP_EQUAL("post(1/0 <@7> The age)", acts(effects).c_str());
  std::string body = payload(effects);
  STRCMP_CONTAINS("touch x", body.c_str());
  STRCMP_CONTAINS("Allow once", body.c_str());
  STRCMP_CONTAINS("Deny and say why", body.c_str());
  STRCMP_CONTAINS("\"users\":[\"7\"]", body.c_str());
  const auto* record = last_written<store::Approval>(effects);
  CHECK(record && record->state == ApprovalState::pending && record->chunk == 0);
}

TEST(EngineApprovals, OneThatIsAllowedIsAnsweredAndLosesItsButtons) {
  begin();
  Effects effects = decides(0, ApprovalState::allowed);
  STRCMP_CONTAINS("answer(r1 yes)", acts(effects).c_str());
  STRCMP_CONTAINS("edit(9000 ✅ **Bash** was allowed", acts(effects).c_str());
  STRCMP_CONTAINS("\"components\":[]", payload(effects).c_str());
  const auto* record = last_written<store::Approval>(effects);
  CHECK(record && record->state == ApprovalState::allowed && record->decided_by == kBob);
}

TEST(EngineApprovals, WhatAPressShowsIsNoPost) {
  begin();
  decides(0, ApprovalState::allowed);
  std::string shown = engine.approval_message(MessageId{1}, 0);
  STRCMP_CONTAINS("was allowed once by", shown.c_str());
  CHECK(shown.find("nonce") == std::string::npos);
}

TEST(EngineApprovals, LeaveForTheSessionCarriesItsRules) {
  begin();
  STRCMP_CONTAINS("answer(r1 yes: Bash(touch x))", acts(decides(0, ApprovalState::allowed_session)).c_str());
}

TEST(EngineApprovals, ADenialSaysWhyAndByWhom) {
  begin();
  STRCMP_CONTAINS("answer(r1 no: Bash was denied by Bob, who says: use make)",
                  acts(decides(0, ApprovalState::denied, "use make")).c_str());
}

TEST(EngineApprovals, TheBotDoesNotTypeWhilePeopleAreAsked) {
  begin();
  now.instant += 9s;
  STRCMP_EQUAL("", acts(tell(Ticked{})).c_str());
  STRCMP_CONTAINS("type(100)",
                  acts(tell(DecideApproval{MessageId{1}, 0, {ApprovalState::allowed, kBob, "Bob"}})).c_str());
}

TEST(EngineApprovals, EachIsDecidedOnce) {
  begin();
  decides(0, ApprovalState::denied);
  Effects again = decides(0, ApprovalState::allowed);
  CHECK_TRUE(again.writes.empty() && again.acts.empty());
}

TEST(EngineApprovals, WhatIsDecidedBeforeItArrivedSaysSoWhenItHas) {
  asks(bash("r1"));
  STRCMP_EQUAL("answer(r1 yes)", acts(decides(0, ApprovalState::allowed)).c_str());
  STRCMP_CONTAINS("edit(9000 ✅", arrives(0, 9000).c_str());
  typing_shown();
  STRCMP_EQUAL("", arrives(0, 9000).c_str());
}

TEST(EngineApprovals, TimeDenies) {
  begin();
  STRCMP_EQUAL("", waits(59min).c_str());
  std::string late = waits(1min);
  STRCMP_CONTAINS("answer(r1 no: Nobody answered in time", late.c_str());
  STRCMP_CONTAINS("edit(9000 ⌛", late.c_str());
}

TEST(EngineApprovals, WhatIsWithdrawnLosesItsButtonsAndGetsNoAnswer) {
  begin();
  std::string gone = acts(hears(agent::PermissionWithdrawn{"r1"}));
  STRCMP_CONTAINS("edit(9000 -# The agent no longer asks", gone.c_str());
  CHECK(gone.find("answer") == std::string::npos);
}

TEST(EngineApprovals, AToolsResultWithdrawsItsRequest) {
  begin();
  STRCMP_CONTAINS("edit(9000 -# The agent no longer", acts(hears(agent::ToolResult{"tool-touch x"})).c_str());
}

TEST(EngineApprovals, TheEndOfTheTurnWithdrawsAndTheAnswerStandsBelow) {
  begin();
  says("Done");
  std::string end = acts(ends(success()));
  STRCMP_CONTAINS("edit(9000 -# The agent no longer", end.c_str());
  STRCMP_CONTAINS("post(1/1 Done)", arrives(0, 9000).c_str());
}

TEST(EngineApprovals, ATurnThatIsToldAgainAsksNothingTwice) {
  begin();
  STRCMP_EQUAL("", acts(asks(bash("r1"))).c_str());
  decides(0, ApprovalState::allowed);
  STRCMP_EQUAL("answer(r1 yes)", acts(asks(bash("r1"))).c_str());
}

TEST(EngineApprovals, TooManyAtOnceAreRefusedUnasked) {
  for (std::size_t i = 0; i < Approvals::kPending; ++i) asks(bash("r" + std::to_string(i)));
  Effects effects = asks(bash("more"));
  STRCMP_CONTAINS("answer(more no: Bash is not allowed: 10 requests", acts(effects).c_str());
  const auto* record = last_written<store::Approval>(effects);
  CHECK(record && record->chunk < 0 && record->state == ApprovalState::denied);
}

TEST(EngineApprovals, WhereDiscordRefusesTheMessageItIsDenied) {
  asks(bash("r1"));
  discord::RestError error{discord::RestError::Kind::refused, 403, 50013, "no"};
  STRCMP_CONTAINS("answer(r1 no: Bash is not allowed: Discord did not take",
                  acts(tell(Posted{ChannelId{100}, MessageId{1}, 0, tl::unexpected(error)})).c_str());
}

TEST(EngineApprovals, ALongInputIsAFileAndTheBeginningOfIt) {
  Effects effects = asks(bash("r1", std::string(5000, 'x')));
  const auto* entry = last_written<store::Outbox>(effects);
  CHECK(entry && entry->files.size() == 1);
  STRCMP_EQUAL("input.json", entry->files.at(0).name.c_str());
  CHECK(!entry->instead.empty());
  STRCMP_CONTAINS("input.json` has all", entry->payload.c_str());
}

TEST(EngineApprovals, WhereItsFileIsRefusedItGoesWithout) {
  asks(bash("r1", std::string(5000, 'x')));
  asks(bash("r2"));
  discord::RestError error{discord::RestError::Kind::refused, 403, 50013, "no"};
  STRCMP_CONTAINS("post(1/0 <@7>",
                  acts(tell(Posted{ChannelId{100}, MessageId{1}, 0, tl::unexpected(error)})).c_str());
  STRCMP_CONTAINS("post(1/1 <@7>", arrives(0, 9000).c_str());
}

TEST(EngineApprovals, WhatCannotBeSeenIsWrittenOut) {
  STRCMP_EQUAL("echo \\u{202e}x", readable_input("Bash", R"({"command":"echo \u202ex"})").c_str());
}

TEST(EngineApprovals, WhatWasAllowedForTheSessionIsNotAskedForAgain) {
  begin();
  Effects pressed = decides(0, ApprovalState::allowed_session);
  const auto* session = last_written<store::Session>(pressed);
  CHECK(session && session->allowed == std::vector<std::string>{"Bash(touch x)"});
  Effects again = asks(bash("r2"));
  STRCMP_EQUAL("answer(r2 yes: Bash(touch x))", acts(again).c_str());
  arrives(0, 9000);
  STRCMP_CONTAINS("post(1/1 <@7>", acts(asks(bash("r3", "rm x"))).c_str());
}

TEST(EngineApprovals, ANewSessionHasNoLeave) {
  begin();
  decides(0, ApprovalState::allowed_session);
  tell(ResetSession{ChannelId{100}});
  CHECK_TRUE(engine.session_of(ChannelId{100})->allowed.empty());
}

TEST(EngineApprovals, LeaveForOnceIsForOnce) {
  begin();
  decides(0, ApprovalState::allowed);
  arrives(0, 9000);
  STRCMP_CONTAINS("post(1/1 <@7>", acts(asks(bash("r2"))).c_str());
}

namespace {

agent::PermissionRequest questions(const std::string& list) {
  agent::PermissionRequest request{"q", "tool-q", "AskUserQuestion", "", "{\"questions\":" + list + "}"};
  request.question = true;
  return request;
}

constexpr const char* kTwo =
    R"([{"question":"Which colour?","options":[{"label":"Red","description":"r"},{"label":"Blue"}]},)"
    R"({"question":"Sizes?","multiSelect":true,"options":[{"label":"S"},{"label":"M"},{"label":"L"}]}])";

}  // namespace

TEST(EngineApprovals, QuestionsAreAskedOneAfterTheOther) {
  std::string first = payload(asks(questions(kTwo)));
  STRCMP_CONTAINS("(1 of 2): **Which colour?**", first.c_str());
  STRCMP_CONTAINS("\"label\":\"Blue\"", first.c_str());
  arrives(0, 9000);
  typing_shown();
  Effects one = tell(AnswerQuestion{MessageId{1}, 0, 0, "Blue", kBob, "Bob"});
  CHECK(acts(one).find("answer") == std::string::npos);
  STRCMP_CONTAINS("(2 of 2): **Sizes?**", payload(one).c_str());
  STRCMP_CONTAINS("\"max_values\":3", payload(one).c_str());
  arrives(0, 9000);
  Effects again = tell(AnswerQuestion{MessageId{1}, 0, 0, "Red", kBob, "Bob"});
  CHECK_TRUE(again.writes.empty() && again.acts.empty());
  Effects two = tell(AnswerQuestion{MessageId{1}, 0, 1, "S, L", kBob, "Bob"});
  STRCMP_CONTAINS(R"("answers":{"Which colour?":"Blue","Sizes?":"S, L"})", acts(two).c_str());
  std::string shown = acts(two);
  shown += waits(2s);
  STRCMP_CONTAINS("has answered:", shown.c_str());
}

TEST(EngineApprovals, APlanIsShownAndSentBack) {
  agent::PermissionRequest plan{"p", "tool-p", "ExitPlanMode", "", R"({"plan":"1. **Look**\n2. Mend"})"};
  plan.question = true;
  std::string body = payload(asks(plan));
  STRCMP_CONTAINS("1. **Look**", body.c_str());
  STRCMP_CONTAINS("Approve", body.c_str());
  arrives(0, 9000);
  typing_shown();
  std::string back = acts(decides(0, ApprovalState::denied, "mend first"));
  STRCMP_CONTAINS("answer(p no: Bob wants another plan: mend first)", back.c_str());
}

TEST(EngineApprovals, APlanThatTheRequestDoesNotRepeatIsShown) {
  hears(
      agent::ToolUse{"w", "Write", "", R"({"file_path":"/home/a/.claude/plans/x.md","content":"1. Look"})"});
  agent::PermissionRequest plan{"p", "tool-p", "ExitPlanMode", "", "{}"};
  plan.question = true;
  STRCMP_CONTAINS("1. Look", payload(asks(plan)).c_str());
}

TEST(EngineApprovals, APlanThatIsTooLongGoesAlongAsAFile) {
  std::string text = "# Plan\n\n";
  for (int i = 0; i < 300; ++i) text += "Step number " + std::to_string(i) + "\n\n";
  agent::PermissionRequest plan{"p", "tool-p", "ExitPlanMode", "", Json::object().set("plan", text).dump()};
  plan.question = true;
  Effects effects = asks(plan);
  const auto* entry = last_written<store::Outbox>(effects);
  CHECK(entry && entry->files.size() == 1);
  STRCMP_EQUAL("plan.md", entry->files.at(0).name.c_str());
}

TEST(EngineApprovals, WhatWasShownGoesOnBelow) {
  EngineSettings live = settings();
  for (Project& project : live.projects) project.stream = Stream::live;
  tell(Reconfigured{live});
  tell(Reported{turn_id, agent::Event(agent::TextDelta{"Hello"})});
  STRCMP_EQUAL("post(1/0 Hello)", waits(1500ms).c_str());
  arrives(0, 9000);
  typing_shown();
  asks(bash("r1"));
  arrives(1, 9001);
  typing_shown();
  std::string decided = acts(decides(1, ApprovalState::allowed));
  decided += waits(1200ms);
  decided += arrives(1, 9001);
  decided += waits(1200ms);
  STRCMP_CONTAINS("edit(9001 ✅", decided.c_str());
  STRCMP_CONTAINS("delete(9000)", decided.c_str());
  std::string below = arrives(0, 9000);
  below += waits(1500ms);
  STRCMP_CONTAINS("post(1/2 Hello)", below.c_str());
}

// As a daemon that is killed leaves it.
TEST_GROUP_BASE(EngineApprovalsRestart, EngineStage) {
  store::Snapshot snapshot;
  void setup() override {
    EngineStage::setup();
    Effects began = mention(1);
    typing_shown();
    keep(began);
    keep(tell(Reported{turn_id, agent::Event(bash("r1"))}));
  }
  // Later records take the place of earlier ones.
  void keep(const Effects& effects) {
    for (const store::Write& write : effects.writes) {
      if (const auto* r = std::get_if<store::Inbox>(&write)) snapshot.inbox = {*r};
      if (const auto* r = std::get_if<store::Turn>(&write)) snapshot.turns = {*r};
      if (const auto* r = std::get_if<store::Session>(&write)) snapshot.sessions = {*r};
      if (const auto* r = std::get_if<store::Outbox>(&write)) snapshot.outbox = {*r};
      if (const auto* r = std::get_if<store::Approval>(&write)) snapshot.approvals = {*r};
    }
  }
  std::string restart(Engine & next) {
    next.handle(Connected{kSelf}, now);
    return acts(next.restore(snapshot, now));
  }
};

TEST(EngineApprovalsRestart, APendingOneIsNotPostedTwiceAndCanBeDecided) {
  keep(tell(Posted{ChannelId{100}, MessageId{1}, 0, MessageId{9000}}));
  Engine next{settings(), 2};
  CHECK(restart(next).find("post") == std::string::npos);
  CHECK(next.approval(MessageId{1}, 0) != nullptr);
  Effects pressed = next.handle(DecideApproval{MessageId{1}, 0, {ApprovalState::allowed, kBob, "Bob"}}, now);
  STRCMP_CONTAINS("answer(r1 yes)", acts(pressed).c_str());
  // The turn is told from its first line then.
  STRCMP_EQUAL("answer(r1 yes)", acts(next.handle(Reported{turn_id, agent::Event(bash("r1"))}, now)).c_str());
}

TEST(EngineApprovalsRestart, OneThatWasNotPostedYetIsLookedForOnce) {
  Engine next{settings(), 2};
  std::string acts_of = restart(next);
  next.handle(TypingShown{ChannelId{100}}, now);
  Effects again = next.handle(Reported{turn_id, agent::Event(bash("r1"))}, now);
  CHECK(last_written<store::Outbox>(again) == nullptr);
}

TEST(EngineApprovalsRestart, AnAnswerThatWasNotDeliveredIsDeliveredAgain) {
  keep(tell(Posted{ChannelId{100}, MessageId{1}, 0, MessageId{9000}}));
  keep(tell(DecideApproval{MessageId{1}, 0, {ApprovalState::denied, kBob, "Bob", "no"}}));
  Engine next{settings(), 2};
  restart(next);
  STRCMP_CONTAINS("answer(r1 no: Bash was denied by Bob",
                  acts(next.handle(Reported{turn_id, agent::Event(bash("r1"))}, now)).c_str());
}

TEST(EngineApprovalsRestart, TimeRunsOnMeanwhile) {
  keep(tell(Posted{ChannelId{100}, MessageId{1}, 0, MessageId{9000}}));
  now.wall += 50min;
  Engine next{settings(), 2};
  restart(next);
  next.handle(TypingShown{ChannelId{100}}, now);
  now.instant += 10min;
  STRCMP_CONTAINS("answer(r1 no: Nobody answered", acts(next.handle(Ticked{}, now)).c_str());
}

TEST(EngineApprovalsRestart, WhereTheTurnIsGoneItIsWithdrawn) {
  keep(tell(Posted{ChannelId{100}, MessageId{1}, 0, MessageId{9000}}));
  snapshot.inbox[0].turn_id = "ffffffffffffffff";  // nobody knows of that one
  Engine next{settings(), 2};
  next.handle(Connected{kSelf}, now);
  Effects effects = next.restore(snapshot, now);
  const auto* record = last_written<store::Approval>(effects);
  CHECK(record && record->state == ApprovalState::withdrawn);
}
