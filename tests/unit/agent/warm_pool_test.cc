// Which agents stand by: time moved by hand.
#include "agent/warm_pool.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::agent;

TEST_GROUP(WarmPool) {
  Instant now{Millis(1'000'000)};
  WarmPool pool;

  std::string add(const std::string& name, std::uint64_t memory = 100, Millis warm_for = 180s,
                  bool prepared = false) {
    now += 1ms;
    return fmt::format(
        "{}", fmt::join(pool.add(now, {name, "session-" + name, "key", memory, prepared}, warm_for), " "));
  }
  std::string expire() { return fmt::format("{}", fmt::join(pool.expire(now), " ")); }
  std::string limit(std::size_t most, std::uint64_t memory) {
    return fmt::format("{}", fmt::join(pool.configure(now, {most, memory}), " "));
  }
};

TEST(WarmPool, HoldsAnAgentForItsTime) {
  add("a");
  CHECK_TRUE(pool.next_deadline() == now + 180s);
  now += 179999ms;
  STRCMP_EQUAL("", expire().c_str());
  now += 1ms;
  STRCMP_EQUAL("a", expire().c_str());
  CHECK_FALSE(pool.next_deadline().has_value());
}

TEST(WarmPool, HandsASessionsAgentOutOnce) {
  add("a");
  CHECK_FALSE(pool.take("session-b").has_value());
  STRCMP_EQUAL("a", pool.take("session-a")->process.c_str());
  CHECK_FALSE(pool.take("session-a").has_value());
}

TEST(WarmPool, LetsTheLeastRecentlyUsedGoFirst) {
  limit(2, 1000);
  add("a");
  add("b");
  pool.take("session-a");
  add("a");
  STRCMP_EQUAL("b", add("c").c_str());
  STRCMP_EQUAL("a", limit(1, 1000).c_str());
}

TEST(WarmPool, HoldsNoMoreMemoryThanItMay) {
  limit(10, 250);
  add("a");
  add("b");
  STRCMP_EQUAL("a", add("c").c_str());
  STRCMP_EQUAL("b c d", add("d", 300).c_str());
}

TEST(WarmPool, WeighsWhatWasStartedAhead) {
  limit(10, 250);
  add("a");
  add("b", 0);
  STRCMP_EQUAL("a", fmt::format("{}", fmt::join(pool.weigh("b", 200), " ")).c_str());
  CHECK_TRUE(pool.weigh("unknown", 1000).empty());
}

TEST(WarmPool, HoldsNoneWhereNoneIsWanted) {
  limit(0, 1000);
  STRCMP_EQUAL("a", add("a").c_str());
  CHECK_FALSE(pool.may_prepare());
}

TEST(WarmPool, GivesHalfOfItsPlacesToWhatIsStartedAhead) {
  limit(4, 1000);
  add("a", 1, 180s, true);
  CHECK_TRUE(pool.may_prepare());
  add("b", 1, 180s, true);
  CHECK_FALSE(pool.may_prepare());
  pool.remove("a");
  CHECK_TRUE(pool.may_prepare());
}

TEST(WarmPool, KnowsAnAgentByAllThatItWasStartedWith) {
  TurnSpec spec;
  spec.directory = "/srv";
  spec.session_id = "s";
  std::string key = warm_key(spec);
  auto differs = [&](auto change) {
    TurnSpec other = spec;
    change(other);
    return warm_key(other) != key;
  };
  CHECK_TRUE(differs([](TurnSpec& it) { it.directory = "/srv2"; }));
  CHECK_TRUE(differs([](TurnSpec& it) { it.model = "opus"; }));
  CHECK_TRUE(differs([](TurnSpec& it) { it.allowed_tools = {"Bash"}; }));
  CHECK_TRUE(differs([](TurnSpec& it) { it.system_prompt = "x"; }));
  CHECK_TRUE(differs([](TurnSpec& it) { it.agent.environment["A"] = "1"; }));
  CHECK_TRUE(differs([](TurnSpec& it) { it.agent.command.push_back("--x"); }));
  CHECK_TRUE(differs([](TurnSpec& it) { it.limits.memory_bytes = 1; }));
  CHECK_TRUE(differs([](TurnSpec& it) { it.limits.wall_clock = 1s; }));
  CHECK_TRUE(differs([](TurnSpec& it) { it.ask_permissions = true; }));
  CHECK_FALSE(differs([](TurnSpec& it) {
    it.turn_id = "t";
    it.prompt = "p";
    it.message_uuid = "u";
    it.resume = true;
    it.agent.warm_for = 1s;
  }));
}
