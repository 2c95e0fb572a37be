// Tests of the publisher: what is the same is not written, what differs is, within Discord's limits.
#include "command/publisher.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "command/canonical.h"
#include "command/desk_trace.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;
using namespace coordinator::command::testing;

namespace {

Json parsed(const std::string& text) { return Json::parse(text).value(); }

// As the descriptor's reader makes them.
Json wanted(const std::string& name, const std::string& description = "d") {
  return parsed(fmt::format(R"({{"type":1,"name":"{}","description":"{}","options":[],
    "default_member_permissions":null,"contexts":[0],"integration_types":[0]}})",
                            name, description));
}

// As Discord gives them back.
std::string known(const std::string& name, const std::string& description = "d", int id = 70) {
  return fmt::format(R"({{"id":"{}","application_id":"6","version":"9","default_member_permissions":null,
    "type":1,"name":"{}","name_localizations":null,"description":"{}","description_localizations":null,
    "nsfw":false,"dm_permission":false,"integration_types":[0],"contexts":[0]}})",
                     id, name, description);
}

std::vector<Json> set(std::initializer_list<Json*> commands) {
  std::vector<Json> out;
  for (Json* command : commands) out.push_back(command->clone());
  return out;
}

std::vector<Json> many(int count, const std::string& prefix) {
  std::vector<Json> out;
  for (int i = 0; i < count; ++i) out.push_back(wanted(prefix + std::to_string(i)));
  return out;
}

discord::RestError error(discord::RestError::Kind kind) {
  discord::RestError out;
  out.kind = kind;
  out.message = "no";
  return out;
}

bool same(const std::string& ours, const std::string& theirs) {
  return same_command(parsed(ours).view(), parsed(theirs).view());
}

}  // namespace

TEST_GROUP(Publisher) {
  Publisher publisher{1};
  Now now{Instant(1h), WallTime(1'700'000'000s)};
  Json ping = wanted("ping"), reset = wanted("reset");
  std::string last_log;
  std::string last_note;

  std::string show(const Effects& effects) {
    last_log = logged(effects);
    for (const store::Write& write : effects.writes)
      if (const auto* note = std::get_if<store::Note>(&write)) last_note = note->value;
    return told(effects);
  }
  std::string connect() { return show(publisher.connected(ApplicationId{6}, now)); }
  std::string offer(std::vector<Json> commands) { return show(publisher.offer(std::move(commands), now)); }
  std::string listed(const std::string& commands) { return show(publisher.listed({parsed(commands)}, now)); }
  std::string published(const std::string& commands) {
    return show(publisher.published({parsed(commands)}, now));
  }
  std::string later(Millis by) {
    now.instant += by;
    now.wall += by;
    return show(publisher.tick(now));
  }
};

TEST(Publisher, AStoredListThatIsTheSameIsNotWritten) {
  STRCMP_EQUAL("list", connect().c_str());
  offer(set({&ping, &reset}));
  STRCMP_EQUAL("", listed("[" + known("reset") + "," + known("ping") + "]").c_str());
  STRCMP_EQUAL("", later(1s).c_str());
  CHECK(!publisher.next_deadline());
  STRCMP_EQUAL("", later(24h).c_str());
}

TEST(Publisher, ADifferenceIsWrittenOnceTheSetIsCalm) {
  connect();
  listed("[]");
  STRCMP_EQUAL("", offer(set({&ping})).c_str());
  CHECK(publisher.next_deadline() == now.instant + Publisher::kCalm);
  later(Publisher::kCalm - 1ms);
  STRCMP_EQUAL("", offer(set({&ping, &reset})).c_str());
  STRCMP_EQUAL("", later(Publisher::kCalm - 1ms).c_str());
  STRCMP_EQUAL("put(ping,reset)", later(1ms).c_str());
  STRCMP_EQUAL("", published("[" + known("ping", "d", 71) + "," + known("reset", "d", 72) + "]").c_str());
  CHECK(!publisher.next_deadline());
  LONGS_EQUAL(72, publisher.command_id("reset"));
  LONGS_EQUAL(0, publisher.command_id("other"));
}

TEST(Publisher, NothingIsComparedBeforeTheSetIsKnown) {
  connect();
  STRCMP_EQUAL("", listed("[" + known("old") + "]").c_str());
  STRCMP_EQUAL("", later(1h).c_str());
}

TEST(Publisher, ARemovedPluginsCommandGoes) {
  connect();
  offer(set({&ping}));
  listed("[" + known("ping") + "," + known("gone") + "]");
  STRCMP_EQUAL("put(ping)", later(1s).c_str());
  STRCMP_EQUAL("", last_note.c_str());  // nothing is created
}

TEST(Publisher, EachReadyAsksAnew) {
  connect();
  offer(set({&ping}));
  listed("[" + known("ping") + "]");
  later(1s);
  STRCMP_EQUAL("list", connect().c_str());
  STRCMP_EQUAL("put(ping)", listed("[]").c_str());
}

TEST(Publisher, AnAnswerFromBeforeTheReadyIsNotBelieved) {
  connect();
  STRCMP_EQUAL("", connect().c_str());
  offer(set({&ping}));
  later(1s);
  STRCMP_EQUAL("list", listed("[]").c_str());
  STRCMP_EQUAL("", listed("[" + known("ping") + "]").c_str());
}

TEST(Publisher, AChangeDuringAWriteIsWrittenAfterIt) {
  connect();
  listed("[]");
  offer(set({&ping}));
  STRCMP_EQUAL("put(ping)", later(1s).c_str());
  STRCMP_EQUAL("", offer(set({&ping, &reset})).c_str());
  now.instant += 1s;
  STRCMP_EQUAL("put(ping,reset)", published("[" + known("ping") + "]").c_str());
}

TEST(Publisher, WhatDiscordMakesOtherwiseIsNotWrittenForEver) {
  connect();
  listed("[]");
  offer(set({&ping}));
  later(1s);
  STRCMP_EQUAL("", published("[" + known("ping", "trimmed") + "]").c_str());
  CHECK(!publisher.next_deadline());
  STRCMP_EQUAL("", offer(set({&ping})).c_str());
  STRCMP_EQUAL("", later(1s).c_str());
}

TEST(Publisher, AFailureIsTriedAgainLater) {
  connect();
  offer(set({&ping}));
  show(publisher.listed({tl::unexpected(error(discord::RestError::Kind::exhausted))}, now));
  STRCMP_CONTAINS("trying again in", last_log.c_str());
  CHECK(*publisher.next_deadline() <= now.instant + 5s);
  STRCMP_EQUAL("list", later(5s).c_str());
  STRCMP_EQUAL("put(ping)", listed("[]").c_str());
  show(publisher.published({tl::unexpected(error(discord::RestError::Kind::exhausted))}, now));
  STRCMP_EQUAL("list", later(10s).c_str());  // it may have been done: only Discord knows
  STRCMP_EQUAL("", listed("[" + known("ping") + "]").c_str());
}

TEST(Publisher, ARefusedSetWaitsForAnHourOrAnotherSet) {
  connect();
  listed("[]");
  offer(set({&ping}));
  later(1s);
  show(publisher.published({tl::unexpected(error(discord::RestError::Kind::refused))}, now));
  STRCMP_EQUAL("", later(59min).c_str());
  STRCMP_EQUAL("list", later(1min).c_str());
  listed("[]");
  show(publisher.published({tl::unexpected(error(discord::RestError::Kind::refused))}, now));
  STRCMP_EQUAL("", offer(set({&ping})).c_str());
  STRCMP_EQUAL("list", offer(set({&reset})).c_str());
}

TEST(Publisher, WhatIsRefusedHasCreatedNothing) {
  connect();
  offer(many(90, "a"));
  later(1s);
  listed("[]");
  for (int time = 0; time < 10; ++time) {
    show(publisher.published({tl::unexpected(error(discord::RestError::Kind::refused))}, now));
    STRCMP_EQUAL("[]", last_note.c_str());
    STRCMP_EQUAL("list", later(Publisher::kRefusedPause).c_str());
    STRCMP_CONTAINS("put(", listed("[]").c_str());
  }
}

TEST(Publisher, MoreThanAHundredAreCutAndNamed) {
  connect();
  listed("[]");
  offer(many(101, "c"));
  STRCMP_CONTAINS("the command /c99 is not published", last_log.c_str());
  LONGS_EQUAL(100, std::count(last_log.begin(), last_log.end(), '\n') + 99);
}

TEST(Publisher, ADaysCreationsAreCountedAndTheRestWaits) {
  connect();
  listed("[]");
  offer(many(100, "a"));
  later(1s);
  STRCMP_EQUAL("[[1700000001000,100]]", last_note.c_str());
  published("[]");
  later(1h);
  offer(many(100, "b"));
  later(1s);
  published("[]");
  offer(many(100, "c"));
  STRCMP_EQUAL("", later(1s).c_str());
  STRCMP_CONTAINS("100 new commands would exceed the 200", last_log.c_str());
  STRCMP_EQUAL("", later(22h).c_str());
  STRCMP_CONTAINS("put(c0,", later(1h).c_str());
}

TEST(Publisher, CreationsAreRememberedOverARestart) {
  publisher.restore("[[1700000000000,150]]");
  connect();
  listed("[]");
  offer(many(51, "a"));
  STRCMP_EQUAL("", later(1s).c_str());
  offer(many(50, "a"));
  STRCMP_CONTAINS("put(", later(1s).c_str());
}

TEST(Publisher, ADamagedNoteIsNoMatter) {
  publisher.restore("not json");
  publisher.restore(R"({"a":[1]})");
  connect();
  listed("[]");
  offer(set({&ping}));
  STRCMP_EQUAL("put(ping)", later(1s).c_str());
}

TEST(Publisher, DiscordsOwnEntryPointStays) {
  std::string entry = R"({"id":"99","type":4,"name":"launch","description":"","handler":2,"version":"1"})";
  connect();
  offer(set({&ping}));
  listed("[" + known("ping") + "," + entry + "]");
  STRCMP_EQUAL("", later(1s).c_str());
  offer(set({&ping, &reset}));
  STRCMP_EQUAL("put(ping,reset,launch)", later(1s).c_str());
}

TEST_GROUP(SameCommand){};

TEST(SameCommand, WhatDiscordAddsDoesNotCount) {
  std::string theirs = R"({"id":"1","application_id":"6","version":"2","type":1,"name":"x","description":"d",
    "name_localizations":null,"nsfw":false,"contexts":null,"integration_types":[0],"default_member_permissions":null,
    "options":[{"type":3,"name":"o","description":"d","required":false,"choices":[]}]})";
  CHECK(
      same(R"({"name":"x","description":"d","options":[{"type":3,"name":"o","description":"d"}]})", theirs));
}

TEST(SameCommand, RealDifferencesDo) {
  std::string base = R"({"name":"x","description":"d","options":[{"type":3,"name":"a","description":"d"},
    {"type":3,"name":"b","description":"d"}],"default_member_permissions":"8","contexts":[0]})";
  CHECK(same(base, base));
  CHECK(!same(base, R"({"name":"x","description":"e"})"));
  auto without = [&](const std::string& from, const std::string& to) {
    std::string other = base;
    other.replace(other.find(from), from.size(), to);
    return same(base, other);
  };
  CHECK(!without(R"("name":"b")", R"("name":"c")"));
  CHECK(!without(R"(permissions":"8")", R"(permissions":"0")"));
  CHECK(!without(R"("contexts":[0])", R"("contexts":[0,1])"));
  CHECK(!without(R"("type":3,"name":"a")", R"("type":4,"name":"a")"));
  CHECK(!without(R"("name":"a","description":"d")", R"("name":"a","description":"d","required":true)"));
  CHECK(!without(R"("description":"d","options")",
                 R"("description":"d","name_localizations":{"de":"y"},"options")"));
}

TEST(SameCommand, SetsHaveNoOrderListsHave) {
  CHECK(same(R"({"name":"x","contexts":[0,1]})", R"({"name":"x","contexts":[1,0]})"));
  CHECK(!same(R"({"name":"x","options":[{"name":"a"},{"name":"b"}]})",
              R"({"name":"x","options":[{"name":"b"},{"name":"a"}]})"));
}

TEST(SameCommand, PermissionsMayBeANumberOrText) {
  CHECK(same(R"({"name":"x","default_member_permissions":"8192"})",
             R"({"name":"x","default_member_permissions":8192})"));
}
