// The playground's small machines: rate limits, nonces, interactions, faults, threads that fall asleep, and
// when an answer is complete.
#include <string>

#include "chat.h"
#include "faults.h"
#include "interactions.h"
#include "nonces.h"
#include "rate_limits.h"
#include "say.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::playground;

namespace {

const WallTime kStart{Millis(1'700'000'000'000)};

std::string value(const io::HeaderList& headers, std::string_view name) {
  for (const auto& [key, text] : headers)
    if (key == name) return text;
  return "(absent)";
}

}  // namespace

TEST_GROUP(RateLimits) {
  RateLimits limits{RateLimitOptions{}};
  WallTime now = kStart;

  RateLimits::Verdict create(const char* channel) {
    return limits.take("bot", "POST /channels/{}/messages", channel, false, now);
  }
};

TEST(RateLimits, CountDownAndSayWhenTheWindowEnds) {
  auto first = create("1");
  CHECK(first.allowed);
  STRCMP_EQUAL("5", value(first.headers, "X-RateLimit-Limit").c_str());
  STRCMP_EQUAL("4", value(first.headers, "X-RateLimit-Remaining").c_str());
  STRCMP_EQUAL("5.000", value(first.headers, "X-RateLimit-Reset-After").c_str());
  STRCMP_EQUAL("1700000005.000", value(first.headers, "X-RateLimit-Reset").c_str());
  now += 1500ms;
  STRCMP_EQUAL("3.500", value(create("1").headers, "X-RateLimit-Reset-After").c_str());
}

TEST(RateLimits, RefuseTheSixthAndTakeItInTheNextWindow) {
  for (int i = 0; i < 5; ++i) CHECK(create("1").allowed);
  now += 2s;
  auto sixth = create("1");
  CHECK(!sixth.allowed);
  CHECK(!sixth.global);
  LONGS_EQUAL(3000, sixth.retry_after.count());
  STRCMP_EQUAL("user", value(sixth.headers, "X-RateLimit-Scope").c_str());
  STRCMP_EQUAL("3", value(sixth.headers, "Retry-After").c_str());
  now += 3s;
  CHECK(create("1").allowed);
}

TEST(RateLimits, AreSeparateForEachChannel) {
  for (int i = 0; i < 5; ++i) create("1");
  CHECK(!create("1").allowed);
  auto other = create("2");
  CHECK(other.allowed);
  STRCMP_EQUAL(value(create("1").headers, "X-RateLimit-Bucket").c_str(),
               value(other.headers, "X-RateLimit-Bucket").c_str());
}

TEST(RateLimits, AreSharedByRoutesWithOneHash) {
  auto put = limits.take("bot", "PUT /channels/{}/messages/{}/reactions/{}/@me", "1", false, now);
  auto del = limits.take("bot", "DELETE /channels/{}/messages/{}/reactions/{}/@me", "1", false, now);
  CHECK(put.allowed);
  CHECK(!del.allowed);
  LONGS_EQUAL(250, del.retry_after.count());
}

TEST(RateLimits, HoldTheWholeBotToFiftyASecond) {
  for (int channel = 0; channel < 50; ++channel) CHECK(create(std::to_string(channel).c_str()).allowed);
  auto next = create("50");
  CHECK(!next.allowed);
  CHECK(next.global);
  STRCMP_EQUAL("global", value(next.headers, "X-RateLimit-Scope").c_str());
  STRCMP_EQUAL("true", value(next.headers, "X-RateLimit-Global").c_str());
  STRCMP_EQUAL("(absent)", value(next.headers, "X-RateLimit-Bucket").c_str());
  CHECK(limits.take("bot", "POST /interactions/{}/{}/callback", "1/t", true, now).allowed);
  CHECK(limits.take("other bot", "POST /channels/{}/messages", "50", false, now).allowed);
  now += 1s;
  CHECK(create("50").allowed);
}

TEST(RateLimits, CanBeOpen) {
  RateLimitOptions open;
  open.open = true;
  RateLimits none(open);
  for (int i = 0; i < 1000; ++i)
    CHECK(none.take("bot", "POST /channels/{}/messages", "1", false, now).allowed);
}

TEST_GROUP(Nonces) {
  Nonces nonces{5min};
  UserId bot{7}, other{8};
};

TEST(Nonces, FindTheFirstMessageWithinTheWindow) {
  nonces.remember(bot, "a", {100}, kStart);
  CHECK(nonces.find(bot, "a", kStart + 5min) == MessageId{100});
  CHECK(!nonces.find(bot, "a", kStart + 5min + 1ms));
}

TEST(Nonces, BelongToOneAuthor) {
  nonces.remember(bot, "a", {100}, kStart);
  CHECK(!nonces.find(other, "a", kStart));
  CHECK(!nonces.find(bot, "b", kStart));
}

TEST_GROUP(Interactions) {
  Interactions interactions;
  Random random{1};
  WallTime now = kStart;

  Interaction& start(int type = Interaction::kCommand) {
    Interaction interaction;
    interaction.id = {42};
    interaction.type = type;
    interaction.application = {9};
    interaction.created = now;
    return interactions.add(std::move(interaction), random);
  }
  std::int64_t code(const Checked<Interaction*>& result) {
    return result ? 0 : (*result.error().body)["code"].integer().value_or(-1);
  }
};

TEST(Interactions, AreAnsweredOnce) {
  auto& interaction = start();
  LONGS_EQUAL(0, code(interactions.answer({42}, interaction.token, 4, now + 3s)));
  LONGS_EQUAL(40060, code(interactions.answer({42}, interaction.token, 4, now)));
}

TEST(Interactions, AreUnknownAfterThreeSeconds) {
  auto& interaction = start();
  LONGS_EQUAL(10062, code(interactions.answer({42}, interaction.token, 4, now + 3s + 1ms)));
  CHECK(interactions.expire({42}));
  CHECK(!interactions.expire({42}));
  LONGS_EQUAL(10062, code(interactions.answer({42}, interaction.token, 4, now)));
}

TEST(Interactions, AreUnknownWithAnotherToken) {
  start();
  LONGS_EQUAL(10062, code(interactions.answer({42}, "guess", 4, now)));
  LONGS_EQUAL(10062, code(interactions.answer({43}, "guess", 4, now)));
}

TEST(Interactions, TakeOnlyCallbacksThatFit) {
  auto& interaction = start(Interaction::kAutocomplete);
  LONGS_EQUAL(50035, code(interactions.answer({42}, interaction.token, 4, now)));
  LONGS_EQUAL(0, code(interactions.answer({42}, interaction.token, 8, now)));
  auto& modal = start(Interaction::kModal);
  LONGS_EQUAL(50035, code(interactions.answer({42}, modal.token, 9, now)));
  auto& command = start(Interaction::kCommand);
  LONGS_EQUAL(50035, code(interactions.answer({42}, command.token, 7, now)));
}

TEST(Interactions, HaveATokenForFifteenMinutesOnceAnswered) {
  auto& interaction = start();
  LONGS_EQUAL(10015, code(interactions.by_token({9}, interaction.token, now)));
  LONGS_EQUAL(0, code(interactions.answer({42}, interaction.token, 5, now)));
  LONGS_EQUAL(0, code(interactions.by_token({9}, interaction.token, now + 15min)));
  LONGS_EQUAL(50027, code(interactions.by_token({9}, interaction.token, now + 15min + 1ms)));
  LONGS_EQUAL(10015, code(interactions.by_token({8}, interaction.token, now)));
}

TEST_GROUP(Faults) { Faults faults; };

TEST(Faults, WaitForTheRequestsThatMatch) {
  RestFault fault;
  fault.method = "POST";
  fault.route = "/channels/*/messages";
  fault.count = 2;
  faults.add(fault);
  CHECK(!faults.take("GET", "/channels/1/messages"));
  CHECK(!faults.take("POST", "/channels/1/messages/2"));
  CHECK(!faults.take("POST", "/channels/1"));
  CHECK(faults.take("POST", "/channels/1/messages").has_value());
  LONGS_EQUAL(1, faults.list().view().size());
  CHECK(faults.take("POST", "/channels/2/messages").has_value());
  CHECK(!faults.take("POST", "/channels/1/messages"));
}

TEST(Faults, WaitForTheDispatchesThatMatch) {
  faults.add(DispatchFault{DispatchFault::Action::mute, "MESSAGE_CREATE", 1, Millis(0)});
  CHECK(!faults.take_dispatch("TYPING_START"));
  CHECK(faults.take_dispatch("MESSAGE_CREATE").has_value());
  CHECK(!faults.take_dispatch("MESSAGE_CREATE"));
}

TEST_GROUP(Threads){};

TEST(Threads, AreArchivedWhenTheirTimeHasComeAndOpenedAgainByAMessage) {
  World world = World::standard();
  Clock clock;
  Chat chat(world, clock);
  Channel& thread = chat.start_thread(*world.find_channel("testing"), "idle", Channel::kThread, {}, nullptr);
  thread.auto_archive_minutes = 60;
  clock.advance(59min);
  chat.archive_idle_threads();
  CHECK_FALSE(thread.archived);
  clock.advance(2h);
  int changes = 0;
  chat.watch(
      [&](const Change& change) { changes += std::holds_alternative<change::ChannelUpdated>(change); });
  chat.archive_idle_threads();
  CHECK_TRUE(thread.archived);
  CHECK_TRUE(thread.archive_changed < clock.now().wall - 1h);  // when it was due, not when it was noticed
  Draft draft;
  draft.author = {1100000000000000101};
  draft.channel = thread.id;
  chat.post(std::move(draft));
  CHECK_FALSE(thread.archived);
  LONGS_EQUAL(2, changes);
}

TEST_GROUP(SayWatch) {
  SayWatch watch{{100}, 1500ms};
  WallTime now = kStart;
};

TEST(SayWatch, IsCompleteWhenTheAnswerHasBeenQuietForAWhile) {
  CHECK(!watch.complete(now + 1h));
  CHECK(!watch.next());
  watch.created({101}, MessageId{100}, now);
  CHECK(!watch.complete(now + 1499ms));
  CHECK(watch.complete(now + 1500ms));
  CHECK(watch.next() == now + 1500ms);
}

TEST(SayWatch, StartsItsWhileAnewWithEachMessageAndEdit) {
  watch.created({101}, MessageId{100}, now);
  watch.created({102}, std::nullopt, now + 1s);
  watch.changed({101}, false, now + 2s);
  CHECK(!watch.complete(now + 3s));
  CHECK(watch.complete(now + 3500ms));
  LONGS_EQUAL(2, watch.answers().size());
}

TEST(SayWatch, WaitsWhileTheBotTypes) {
  watch.created({101}, MessageId{100}, now);
  watch.typing(now + 10s);
  CHECK(!watch.complete(now + 9s));
  CHECK(watch.complete(now + 10s));
  watch.created({102}, MessageId{100}, now + 9s);
  CHECK(watch.complete(now + 10500ms));
}

TEST(SayWatch, TakesNoAnswerToSomebodyElse) {
  watch.created({101}, MessageId{99}, now);
  CHECK(!watch.complete(now + 1h));
  LONGS_EQUAL(0, watch.answers().size());
}

TEST(SayWatch, ForgetsADeletedAnswer) {
  watch.created({101}, MessageId{100}, now);
  watch.changed({101}, true, now + 1s);
  CHECK(!watch.complete(now + 1h));
}
