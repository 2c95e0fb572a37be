// Tests of what plugins may ask of the chat engine: who may, what is done, in which words, and when it is
// told.
#include "app/chat_services.h"

#include <string>
#include <vector>

#include "app/chat_approvals.h"
#include "coordinator/plugin.h"
#include "io/temporary.h"
#include "store/sqlite_store.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

namespace {

constexpr ChannelId kChannel{100};
constexpr UserId kAlice{7}, kStranger{666};
constexpr GuildId kGuild{1};

chat::EngineSettings settings() {
  chat::EngineSettings settings;
  chat::Project one, two;
  one.name = "one";
  one.channels = {kChannel};
  one.allow.users = {kAlice};
  one.approvers.users = {UserId{8}};
  one.model = "sonnet";
  two = one;
  two.name = "two";
  two.channels = {ChannelId{200}};
  settings.projects = {one, two};
  return settings;
}

chat::Person person(UserId user, std::uint64_t permissions = 0, ChannelId channel = kChannel,
                    GuildId guild = kGuild) {
  chat::Person by;
  by.user = user;
  by.channel = channel;
  by.guild = guild;
  by.permissions = permissions;
  return by;
}

}  // namespace

TEST_GROUP(ChatServices) {
  TemporaryDirectory directory;
  std::unique_ptr<store::SqliteStore> store = std::move(*store::SqliteStore::open(directory.path));
  chat::Engine engine{settings(), 1};
  Now now{Instant(1h), WallTime(1000h)};
  std::vector<std::function<void()>> waiting;  // until the commit
  std::vector<chat::Act> acts;
  std::uint64_t last_message = 0;
  ChatLinks links{engine, *store, [this](const chat::Event& event) { tell(event); },
                  [this](std::function<void()> task) { waiting.push_back(std::move(task)); }};
  ChatSessions sessions{links};
  ChatQueue queue{links};
  ChatModels models{links};
  ChatUsage usage{links};
  std::string said;
  int result = 1;

  void setup() override {
    tell(chat::Connected{UserId{42}});
    tell(chat::ChannelSeen{kChannel, kGuild, std::nullopt, false, "general"});
  }
  void tell(const chat::Event& event) {
    chat::Effects effects = engine.handle(event, now);
    for (store::Write& record : effects.writes) store->write(std::move(record));
    for (chat::Act& act : effects.acts) acts.push_back(std::move(act));
  }
  // Commits, and runs what waited for that, until nothing waits any more.
  void settle() {
    while (!waiting.empty()) {
      store->commit([](const Status& status) { CHECK_TRUE(status.has_value()); });
      for (auto& task : std::exchange(waiting, {})) task();
    }
  }
  command::Done done() {
    said = "not told";
    result = 1;
    return [this](const tl::expected<std::string, command::Refusal>& how) {
      LONGS_EQUAL(1, result);  // once
      result = how ? COORDINATOR_OK : how.error().result;
      said = how ? *how : how.error().words;
    };
  }
  // Whatever was asked for is told after the commit, and not before.
  void check(int expected, const char* words) {
    STRCMP_EQUAL("not told", said.c_str());
    settle();
    LONGS_EQUAL_TEXT(expected, result, said.c_str());
    STRCMP_CONTAINS(words, said.c_str());
  }
  std::uint64_t mention(std::uint64_t channel = kChannel.value) {
    discord::Message message;
    message.id = MessageId{++last_message};
    message.channel = ChannelId{channel};
    message.author = {kAlice, "alice", "Alice", false};
    message.content = "<@42> hello";
    message.mentions = {UserId{42}};
    tell(chat::Arrived{message});
    return last_message;
  }
  void finish(std::uint64_t message, double cost) {
    std::string turn = engine.mention(MessageId{message})->mention.turn_id;
    tell(chat::Reported{turn, agent::Event(agent::Started{engine.session_of(kChannel)->session_id, "m"})});
    agent::TurnEnded end;
    end.result.cost_usd = cost;
    end.result.input_tokens = 100;
    tell(chat::Reported{turn, end});
    tell(chat::FilesCollected{turn, {}});
  }
  std::vector<command::SessionView> history() {
    std::vector<command::SessionView> views;
    sessions.history(kChannel, [&](Result<std::vector<command::SessionView>> told) { views = *told; });
    LONGS_EQUAL(0, views.size());
    settle();
    return views;
  }
};

TEST(ChatServices, AResetIsToldWhenItIsDurable) {
  finish(mention(), 0.5);
  sessions.reset(person(kAlice), kChannel, false, done());
  check(COORDINATOR_OK, "The session of <#100> is reset: the next mention begins a new one.");
  LONGS_EQUAL(0, sessions.sessions(kChannel).at(0).session.messages);
  LONGS_EQUAL(2, history().size());
}

TEST(ChatServices, AResetNamesTheRunningTurnAndWhatBecomesOfIt) {
  mention();
  sessions.reset(person(kAlice), kChannel, false, done());
  check(COORDINATOR_OK, "goes on in the old one");
  sessions.reset(person(kAlice), kChannel, true, done());
  check(COORDINATOR_OK, "is being cancelled");
  CHECK_TRUE(std::holds_alternative<chat::CancelTurn>(acts.back()));
}

TEST(ChatServices, WhoMayNotIsToldWhatToDo) {
  finish(mention(), 0.5);
  sessions.reset(person(kStranger), kChannel, false, done());
  check(COORDINATOR_REFUSED, "`allow`");
  sessions.reset(person(kStranger, chat::kManageMessages), kChannel, false, done());
  check(COORDINATOR_OK, "is reset");
  sessions.reset(person(kStranger, chat::kAdministrator, ChannelId{300}, GuildId{2}), kChannel, false,
                 done());
  check(COORDINATOR_REFUSED, "You may not");  // an administrator of another server
  sessions.reset(person(kStranger, chat::kManageMessages, ChannelId{300}), kChannel, false, done());
  check(COORDINATOR_REFUSED, "use the command there");  // a moderator of another channel
  finish(mention(), 0.5);
  sessions.reset(person(kStranger, chat::kAdministrator, ChannelId{300}), kChannel, false, done());
  check(COORDINATOR_OK, "is reset");
  sessions.fork(person(kStranger, chat::kManageMessages), kChannel, "x", done());
  check(COORDINATOR_REFUSED, "You may not");
  models.set_model(person(kStranger, chat::kAdministrator), kChannel, "opus", done());
  check(COORDINATOR_OK, "opus");
  sessions.reset(person(kAlice), ChannelId{999}, false, done());
  check(COORDINATOR_NOT_FOUND, "`/project set`");
  sessions.reset(person(kAlice), ChannelId{200}, false, done());
  check(COORDINATOR_NOT_FOUND, "no session to reset");
}

TEST(ChatServices, AnEarlierSessionIsResumed) {
  finish(mention(), 0.5);
  std::string first = sessions.sessions(kChannel).at(0).session.session_id;
  sessions.reset(person(kAlice), kChannel, false, done());
  settle();
  finish(mention(), 0.25);
  sessions.resume(person(kAlice), kChannel, first, done());
  check(COORDINATOR_OK, "goes on in that session");
  auto now_current = sessions.sessions(kChannel).at(0).session;
  STRCMP_EQUAL(first.c_str(), now_current.session_id.c_str());
  DOUBLES_EQUAL(0.5, now_current.cost_usd, 1e-9);
  auto all = history();
  LONGS_EQUAL(2, all.size());
  STRCMP_EQUAL(first.c_str(), all[0].session.session_id.c_str());
  sessions.resume(person(kAlice), kChannel, first, done());
  check(COORDINATOR_OK, "already");
  sessions.resume(person(kAlice), kChannel, "no such", done());
  check(COORDINATOR_NOT_FOUND, "`/sessions`");
}

// A turn of it may end between the commit and what waits for that: its cost is counted once.
TEST(ChatServices, ASessionIsResumedAsItIsByThen) {
  std::uint64_t running = mention();
  std::string first = sessions.sessions(kChannel).at(0).session.session_id;
  std::string turn = engine.mention(MessageId{running})->mention.turn_id;
  tell(chat::Reported{turn, agent::Event(agent::Started{first, "m"})});
  sessions.reset(person(kAlice), kChannel, false, done());
  settle();
  sessions.resume(person(kAlice), kChannel, first, done());
  store->commit([](const Status& status) { CHECK_TRUE(status.has_value()); });
  agent::TurnEnded end;
  end.result.cost_usd = 0.5;
  tell(chat::Reported{turn, end});
  tell(chat::FilesCollected{turn, {}});
  for (auto& task : std::exchange(waiting, {})) task();
  settle();
  LONGS_EQUAL(COORDINATOR_OK, result);
  DOUBLES_EQUAL(0.5, sessions.sessions(kChannel).at(0).session.cost_usd, 1e-9);
  DOUBLES_EQUAL(0.5, history().at(0).session.cost_usd, 1e-9);
}

TEST(ChatServices, ASessionIsForkedOnceItHasBegun) {
  models.set_model(person(kAlice), kChannel, "opus", done());
  settle();
  std::string id = sessions.sessions(kChannel).at(0).session.session_id;
  sessions.fork(person(kAlice), kChannel, id, done());
  check(COORDINATOR_INVALID, "nothing to copy");
  finish(mention(), 0.5);
  sessions.fork(person(kAlice), kChannel, id, done());
  check(COORDINATOR_OK, "a copy");
  STRCMP_EQUAL(id.c_str(), sessions.sessions(kChannel).at(0).session.fork_of.c_str());
}

TEST(ChatServices, ASessionOfAnotherProjectStaysWithThatProject) {
  finish(mention(), 0.5);
  std::string id = sessions.sessions(kChannel).at(0).session.session_id;
  chat::EngineSettings moved = settings();
  std::swap(moved.projects[0].channels, moved.projects[1].channels);
  tell(chat::Reconfigured{moved});
  sessions.resume(person(kAlice), kChannel, id, done());
  check(COORDINATOR_INVALID, "belongs to the project **one**");
}

TEST(ChatServices, TheAuthorAnApproverOrAModeratorCancels) {
  std::uint64_t running = mention(), second = mention(), third = mention();
  LONGS_EQUAL(3, queue.mentions(kChannel).size());
  CHECK_TRUE(queue.mentions(std::nullopt).at(0).running);
  queue.cancel(person(kStranger), MessageId{second}, done());
  check(COORDINATOR_REFUSED, "You may not cancel this");
  queue.cancel(person(kStranger, chat::kManageMessages, ChannelId{300}), MessageId{second}, done());
  check(COORDINATOR_REFUSED, "You may not cancel this");
  queue.cancel(person(UserId{8}), MessageId{second}, done());
  check(COORDINATOR_OK, "was taken out of the queue of <#100>");
  queue.cancel(person(kStranger, chat::kManageMessages), MessageId{third}, done());
  check(COORDINATOR_OK, "was taken out");
  queue.cancel(person(kAlice), MessageId{running}, done());
  check(COORDINATOR_OK, "is being stopped");
  CHECK_TRUE(std::holds_alternative<chat::CancelTurn>(acts.back()));
  queue.cancel(person(kAlice), MessageId{second}, done());
  check(COORDINATOR_NOT_FOUND, "neither waits nor runs");
}

TEST(ChatServices, AModelIsChosenByItsAlias) {
  STRCMP_EQUAL("sonnet", models.current_model(kChannel)->c_str());
  CHECK_FALSE(models.current_model(ChannelId{999}).has_value());
  CHECK_TRUE(models.models(kChannel).size() >= 3);
  LONGS_EQUAL(0, models.models(ChannelId{999}).size());
  models.set_model(person(kAlice), kChannel, "Opus", done());
  check(COORDINATOR_OK, "was **sonnet** and is **opus**");
  STRCMP_EQUAL("opus", models.current_model(kChannel)->c_str());
  models.set_model(person(kAlice), kChannel, "my-gateway.model_2[1m]", done());
  check(COORDINATOR_OK, "none of those that I know");
  models.set_model(person(kAlice), kChannel, "default", done());
  check(COORDINATOR_OK, "is **sonnet**");
  models.set_model(person(kAlice), kChannel, "default", done());
  check(COORDINATOR_OK, "stays **sonnet**");
}

TEST(ChatServices, ANameThatIsNoAliasIsRefused) {
  struct Case {
    const char* typed;
    int result;
    const char* words;
  };
  for (const Case& each :
       {Case{"", COORDINATOR_INVALID, "`opus`"}, Case{"so net", COORDINATOR_INVALID, "letters, digits"},
        Case{"sonnet`", COORDINATOR_INVALID, "letters, digits"},
        Case{"claude-sonnet-5-5", COORDINATOR_INVALID, "Choose an alias"},
        Case{"sonnet-20261101", COORDINATOR_INVALID, "Choose an alias"},
        Case{"sonet", COORDINATOR_NOT_FOUND, "Did you mean `sonnet`?"},
        Case{"defualt", COORDINATOR_NOT_FOUND, "Did you mean `default`?"}}) {
    models.set_model(person(kAlice), kChannel, each.typed, done());
    check(each.result, each.words);
  }
  models.set_model(person(kAlice), kChannel, std::string(65, 'a'), done());
  check(COORDINATOR_INVALID, "up to 64");
  LONGS_EQUAL(0, sessions.sessions(std::nullopt).size());
}

TEST(ChatServices, UsageIsTold) {
  finish(mention(), 0.5);
  finish(mention(), 0.75);
  std::vector<command::UsageRow> rows;
  usage.usage(WallTime(0h), [&](Result<std::vector<command::UsageRow>> told) { rows = *told; });
  LONGS_EQUAL(0, rows.size());
  settle();
  LONGS_EQUAL(1, rows.size());
  LONGS_EQUAL(2, rows[0].turns);
  LONGS_EQUAL(200, rows[0].input_tokens);
  DOUBLES_EQUAL(0.75, rows[0].cost_usd, 1e-9);
  STRCMP_EQUAL("Alice", rows[0].user_name.c_str());
  CHECK_TRUE(rows[0].user == kAlice);
}

// ---- What agents ask people

namespace {

using What = chat::ApprovalButton::What;

agent::PermissionRequest bash() {
  return {"r1", "tool-1", "Bash", "ls", R"({"command":"ls"})", {"Bash(ls)"}};
}

}  // namespace

TEST(ChatServices, ApprovalsAreForTheRequesterAndForApprovers) {
  ChatApprovals approvals{links};
  std::uint64_t message = mention();
  tell(chat::Reported{engine.mention(MessageId{message})->mention.turn_id, agent::Event(bash())});
  tl::expected<command::ApprovalView, command::Refusal> told;
  auto press = [&](UserId user, What what, std::optional<std::string> words = {}) {
    told = tl::unexpected(command::Refusal{1, "not told"});
    chat::Person by = person(user, chat::kManageMessages);
    by.name = "Somebody";
    approvals.press(by, {what, MessageId{message}, 0}, {}, words, [&](const auto& view) { told = view; });
    STRCMP_EQUAL("not told", told.error().words.c_str());
    settle();
  };
  press(kStranger, What::allow);
  STRCMP_CONTAINS("You may not decide this", told.error().words.c_str());
  press(kAlice, What::why);
  STRCMP_CONTAINS("What should the agent know?", told->form.c_str());
  CHECK(engine.approval(MessageId{message}, 0)->state == store::ApprovalState::pending);
  press(UserId{8}, What::why, "use make");
  STRCMP_CONTAINS("denied by <@8>: use make", told->message.c_str());
  CHECK(std::holds_alternative<chat::AnswerTurn>(acts.at(acts.size() - 2)) ||
        std::holds_alternative<chat::AnswerTurn>(acts.back()));
  press(kAlice, What::allow);
  STRCMP_CONTAINS("<@8> has decided this already", told.error().words.c_str());
  CHECK(engine.approval(MessageId{message}, 0)->state == store::ApprovalState::denied);

  ChatAudit audit{links};
  command::AuditService::Rows rows;
  audit.audit(person(kAlice), kChannel, [&](auto found) { rows = std::move(found); });
  settle();
  LONGS_EQUAL(1, rows->size());
  audit.audit(person(kStranger), kChannel, [&](auto found) { rows = std::move(found); });
  settle();
  CHECK_FALSE(rows.has_value());
  audit.audit(person(kStranger), std::nullopt, [&](auto found) { rows = std::move(found); });
  settle();
  LONGS_EQUAL(0, rows->size());
}
