// Tests of a plugin's host: how long a call and what it lends live, what is refused, and how it is stopped.
#include "command/host.h"

#include <stdexcept>
#include <string>

#include "command/extension_names.h"
#include "command/host_base.h"

using namespace coordinator;
using namespace coordinator::command;
using namespace coordinator::command::testing;

TEST_GROUP_BASE(Host, HostBase){};

TEST(Host, SaysWhichContractItHas) {
  LONGS_EQUAL(sizeof(coordinator_host), plugin.host->size);
  LONGS_EQUAL(COORDINATOR_MAJOR, plugin.host->major);
  POINTERS_EQUAL(nullptr, plugin.host->extension(plugin.host, "coordinator.tea/1"));
  POINTERS_EQUAL(nullptr, plugin.host->extension(plugin.host, nullptr));
}

TEST(Host, ACallIsOverWhenItsFunctionReturns) {
  coordinator_call late = 0;
  in_run([&](coordinator_call call) {
    late = call;
    plugin.reply(call, "done");
  });
  LONGS_EQUAL(COORDINATOR_GONE, plugin.reply(late, "more"));
  LONGS_EQUAL(COORDINATOR_GONE, plugin.respond(late, "{}"));
  LONGS_EQUAL(COORDINATOR_GONE, plugin.host->hold(plugin.host, late));
  STRCMP_EQUAL("absent", text_of(plugin.host->argument(plugin.host, late, COORDINATOR_STRING("x"))).c_str());
  LONGS_EQUAL(COORDINATOR_GONE, plugin.reply(777, "never its own"));
}

TEST(Host, AnothersCallIsNotItsOwn) {
  FakeInstance other("other");
  house->load(other);
  coordinator_call number = held();
  LONGS_EQUAL(COORDINATOR_GONE, other.reply(number, "mine"));
  house->plugins.serving.clear();
  other.side.reset();
}

TEST(Host, AHeldCallStaysUntilItIsReleased) {
  coordinator_call call = held();
  house->spin();
  LONGS_EQUAL(0, plugin.told_idle);
  CHECK(!plugin.side->idle());
  LONGS_EQUAL(0, plugin.reply(call, "now"));
  plugin.host->release(plugin.host, call);
  LONGS_EQUAL(COORDINATOR_GONE, plugin.reply(call, "too late"));
  STRCMP_EQUAL("write callback(4 \"now\")", house->done().c_str());
  CHECK(plugin.side->idle());
  house->spin();
  LONGS_EQUAL(1, plugin.told_idle);
}

// As an exception that unwinds a C++ function does, which was about to hold its call.
TEST(Host, ReleasedInItsOwnFunctionItEndsWithThatFunction) {
  in_run([&](coordinator_call call) {
    plugin.host->hold(plugin.host, call);
    plugin.host->release(plugin.host, call);
    LONGS_EQUAL(0, plugin.reply(call, "still there"));
  });
  STRCMP_EQUAL("write callback(4 \"still there\")", house->done().c_str());
  house->arrived(house->says.back().interaction);
  LONGS_EQUAL(0, house->desk.calls());
  in_run([&](coordinator_call call) {
    plugin.host->hold(plugin.host, call);
    plugin.host->release(plugin.host, call);
    throw std::runtime_error("broken");
  });
  STRCMP_CONTAINS("the plugin `reset` broke off", house->done().c_str());
}

TEST(Host, WhatIsHeldTwiceWantsTwoReleases) {
  coordinator_call call = held();
  plugin.host->hold(plugin.host, call);
  plugin.host->release(plugin.host, call);
  LONGS_EQUAL(0, plugin.reply(call, "still there"));
  plugin.host->release(plugin.host, call);
  LONGS_EQUAL(COORDINATOR_GONE, plugin.reply(call, "over"));
}

TEST(Host, OfTwoTimersThatAreDueTheFirstMayCancelTheSecond) {
  static FakeInstance* self;
  static std::uint64_t second;
  self = &plugin;
  auto first = [](void* context, int) {
    Told::fire(context, 1);
    self->extension<coordinator_timers>(COORDINATOR_TIMERS).cancel(self->host, second);
  };
  timers().start(plugin.host, 1, first, &told);
  second = timers().start(plugin.host, 1, Told::fire, &told);
  house->spin_until([&] { return told.lines.size() == 2; });
  STRCMP_EQUAL("fired 1, fired -7", told.all().c_str());
}

TEST(Host, TheHoldsOfAnOldVersionCountToo) {
  FakeInstance young("reset");
  for (int i = 0; i < 100; ++i) held();
  house->plugins.serving.clear();
  house->load(young);
  int result = 0;
  young.on_run = [&](coordinator_call call) { result = young.host->hold(young.host, call); };
  house->use("reset");
  LONGS_EQUAL(COORDINATOR_LIMIT, result);
  young.side.reset();
}

TEST(Host, AnEphemeralEditAsTheFirstAnswerIsWhispered) {
  in_run([&](coordinator_call call) {
    std::string json = R"({"content":"secret"})";
    coordinator_message message{sizeof message, COORDINATOR_EPHEMERAL, borrowed(json), 0};
    LONGS_EQUAL(0, plugin.io().edit(plugin.host, call, &message));
  });
  STRCMP_CONTAINS("\"flags\":64", house->says.back().body.c_str());
}

TEST(Host, HasEveryExtensionThatAPluginMayNeed) {
  for (std::string_view name : kExtensions)
    CHECK_TRUE(plugin.host->extension(plugin.host, std::string(name).c_str()) != nullptr);
}

TEST(Host, StringsOfACallLiveUntilTheFunctionReturnsEvenWhenItIsReleased) {
  plugin.on_run = [&](coordinator_call call) {
    coordinator_string value = plugin.host->argument(plugin.host, call, COORDINATOR_STRING("n"));
    plugin.reply(call, "x");
    plugin.host->release(plugin.host, call);
    house->arrived(house->says.back().interaction);
    STRCMP_EQUAL("some longer value than fits in place", text_of(value).c_str());
  };
  house->use("reset", R"([{"name":"n","type":3,"value":"some longer value than fits in place"}])");
}

TEST(Host, ArgumentsAndTheSubcommand) {
  plugin.on_run = [&](coordinator_call call) {
    auto argument = [&](const char* name) {
      return text_of(plugin.host->argument(plugin.host, call, borrowed(name)));
    };
    STRCMP_EQUAL("add", argument("").c_str());
    STRCMP_EQUAL("7", argument("n").c_str());
    STRCMP_EQUAL("absent", argument("m").c_str());
  };
  house->use("reset", R"([{"name":"add","type":1,"options":[{"name":"n","type":4,"value":7}]}])");
}

TEST(Host, ALongReplyGoesOnInFurtherMessages) {
  in_run([&](coordinator_call call) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += "a line of some words, number " + std::to_string(i) + "\n";
    LONGS_EQUAL(0, plugin.reply(call, text));
  });
  auto id = house->says.back().interaction;
  std::size_t messages = 1;
  while (house->desk.calls() > 0 && messages < 20) {
    std::size_t before = house->says.size();
    house->arrived(id);
    messages += house->says.size() - before;
  }
  LONGS_EQUAL(5, messages);
}

TEST(Host, AReplyWithNothingInItIsInvalid) {
  in_run([&](coordinator_call call) { LONGS_EQUAL(COORDINATOR_INVALID, plugin.reply(call, " \n ")); });
}

TEST(Host, DescribesACallInAsMuchRoomAsThereIs) {
  in_run([&](coordinator_call call) {
    coordinator_interaction about{};
    about.size = sizeof about;
    LONGS_EQUAL(0, plugin.io().describe(plugin.host, call, &about));
    LONGS_EQUAL(COORDINATOR_RUN, about.kind);
    STRCMP_EQUAL("reset", text_of(about.command).c_str());
    LONGS_EQUAL(101, about.user);
    LONGS_EQUAL(10, about.channel);
    LONGS_EQUAL(3, about.guild);
    STRCMP_EQUAL("alice", text_of(about.user_name).c_str());
    STRCMP_EQUAL("absent", text_of(about.custom_id).c_str());

    coordinator_interaction older{};
    older.size = offsetof(coordinator_interaction, focused);
    older.user = 5;
    LONGS_EQUAL(0, plugin.io().describe(plugin.host, call, &older));
    STRCMP_EQUAL("reset", text_of(older.command).c_str());
    LONGS_EQUAL(5, older.user);

    coordinator_interaction unset{};
    LONGS_EQUAL(COORDINATOR_INVALID, plugin.io().describe(plugin.host, call, &unset));
  });
}

TEST(Host, AMessageOfAnOlderPluginIsShorter) {
  in_run([&](coordinator_call call) {
    std::string json = R"({"content":"x","components":[{"type":1,"components":[
      {"type":2,"style":1,"label":"x","custom_id":"a"}]}]})";
    coordinator_message message{offsetof(coordinator_message, components_ms), COORDINATOR_EPHEMERAL,
                                borrowed(json), 1};
    LONGS_EQUAL(0, plugin.io().respond(plugin.host, call, &message));
  });
  STRCMP_CONTAINS("whispered", house->done().c_str());
  auto body = Json::parse(house->says[0].body).value();
  auto id = CustomId::parse(body["data"]["components"][0]["components"][0]["custom_id"].text_or(""));
  STRCMP_EQUAL("reset", id->owner.c_str());
  CHECK(id->expires > house->loop.now().wall + 23h);  // not the millisecond beyond its size
}

TEST(Host, WhatBreaksDiscordsRulesIsInvalid) {
  in_run([&](coordinator_call call) {
    LONGS_EQUAL(COORDINATOR_INVALID, plugin.respond(call, "{}"));
    LONGS_EQUAL(COORDINATOR_INVALID, plugin.respond(call, "{"));
    LONGS_EQUAL(COORDINATOR_INVALID, plugin.io().respond(plugin.host, call, nullptr));
    LONGS_EQUAL(COORDINATOR_INVALID, plugin.io().choices(plugin.host, call, COORDINATOR_STRING("[]")));
    LONGS_EQUAL(COORDINATOR_OK, plugin.respond(call, R"({"content":"x"})"));
    LONGS_EQUAL(COORDINATOR_INVALID, plugin.respond(call, R"({"content":"y"})"));
  });
}

TEST(Host, StoppingTellsEverythingThatIsLeft) {
  coordinator_call call = held();
  house->done();
  timers().start(plugin.host, 3'600'000, Told::fire, &told);
  sessions().reset(plugin.host, call, 10, 0, Told::done, &told);
  plugin.side->stopping();
  STRCMP_EQUAL("-7 absent, fired -7", told.all().c_str());
  STRCMP_CONTAINS("replaced or switched off while it was at work", house->done().c_str());
  CHECK(plugin.side->idle());
  house->sessions.waiting[0](std::string("too late"));
  house->spin();
  LONGS_EQUAL(2, told.lines.size());
}

TEST(Host, WhatHasItsAnswerAlreadyIsToldThatWhenItIsStopped) {
  coordinator_call call = held();
  sessions().reset(plugin.host, call, 10, 0, Told::done, &told);
  house->sessions.waiting[0](std::string("new"));
  plugin.side->stopping();
  STRCMP_EQUAL("0 new", told.all().c_str());
}

TEST(Host, ItMayStillAnswerWhileItIsStopped) {
  static coordinator_call call;
  static FakeInstance* self;
  call = held();
  self = &plugin;
  house->done();
  timers().start(
      plugin.host, 3'600'000, [](void*, int) { self->reply(call, "cut short"); }, nullptr);
  plugin.side->stopping();
  STRCMP_EQUAL("callback(4 \"cut short\")", house->done().c_str());
}

TEST(Host, APluginThatAsksForMoreEachTimeIsStoppedAllTheSame) {
  static FakeInstance* self;
  static int times;
  self = &plugin;
  times = 0;
  struct Again {
    static void fire(void*, int) {
      ++times;
      self->extension<coordinator_timers>(COORDINATOR_TIMERS).start(self->host, 3'600'000, fire, nullptr);
    }
  };
  timers().start(plugin.host, 3'600'000, Again::fire, nullptr);
  plugin.side->stopping();
  LONGS_EQUAL(10, times);
}

TEST(Host, AStoppedOnesTableDoesNothing) {
  coordinator_call call = held();
  plugin.side->stopping();
  house->done();
  LONGS_EQUAL(COORDINATOR_CANCELLED, plugin.reply(call, "x"));
  LONGS_EQUAL(COORDINATOR_CANCELLED, plugin.respond(call, R"({"content":"x"})"));
  LONGS_EQUAL(COORDINATOR_CANCELLED,
              storage().set(plugin.host, COORDINATOR_STRING("a"), COORDINATOR_STRING("b")));
  LONGS_EQUAL(0, timers().start(plugin.host, 1, Told::fire, &told));
  sessions().reset(plugin.host, call, 10, 0, Told::done, &told);
  house->spin();
  STRCMP_EQUAL("", told.all().c_str());
  STRCMP_EQUAL("", house->done().c_str());
}

TEST(Host, OneThatWouldNotStartLeavesNothingBehind) {
  timers().start(plugin.host, 1, Told::fire, &told);
  house->plugins.serving.clear();
  plugin.side.reset();
  house->spin();
  STRCMP_EQUAL("", told.all().c_str());
}
