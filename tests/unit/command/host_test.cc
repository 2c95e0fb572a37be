// Tests of a plugin's host: what it may ask, until when, and that everything it waits for is told once.
#include "command/host.h"

#include <string>
#include <vector>

#include "command/desk_house.h"
#include "io/http_server.h"
#include "io/lws_context.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::command;
using namespace coordinator::command::testing;

namespace {

// What a `done` was told: "0 words".
struct Told {
  std::vector<std::string> lines;
  static void done(void* context, int result, coordinator_string words) {
    static_cast<Told*>(context)->lines.push_back(std::to_string(result) + " " + text_of(words));
  }
  static void fire(void* context, int result) {
    static_cast<Told*>(context)->lines.push_back("fired " + std::to_string(result));
  }
  static void answered(void* context, const coordinator_http_response* response) {
    static_cast<Told*>(context)->lines.push_back(std::to_string(response->status) + " " +
                                                 text_of(response->body));
  }
  std::string all() const {
    std::string out;
    for (const std::string& line : lines) out += (out.empty() ? "" : ", ") + line;
    return out;
  }
};

}  // namespace

TEST_GROUP(Host) {
  FakeInstance plugin{"reset"};
  std::unique_ptr<House> house = std::make_unique<House>();
  Told told;

  void setup() override { house->load(plugin); }
  void teardown() override {
    house->plugins.serving.clear();
    plugin.side.reset();
    house.reset();
  }
  // Runs it in the plugin's function of a command.
  void in_run(const std::function<void(coordinator_call)>& what) {
    plugin.on_run = what;
    house->use("reset");
  }
  // A call that stays.
  coordinator_call held() {
    coordinator_call number = 0;
    in_run([&](coordinator_call call) {
      number = call;
      plugin.host->hold(plugin.host, call);
    });
    return number;
  }
  const coordinator_sessions& sessions() {
    return plugin.extension<coordinator_sessions>(COORDINATOR_SESSIONS);
  }
  const coordinator_timers& timers() { return plugin.extension<coordinator_timers>(COORDINATOR_TIMERS); }
  const coordinator_storage& storage() { return plugin.extension<coordinator_storage>(COORDINATOR_STORAGE); }
  const coordinator_metrics& metrics() { return plugin.extension<coordinator_metrics>(COORDINATOR_METRICS); }
  const coordinator_plugins& plugins() { return plugin.extension<coordinator_plugins>(COORDINATOR_PLUGINS); }
};

TEST(Host, SaysWhichContractItHas) {
  LONGS_EQUAL(sizeof(coordinator_host), plugin.host->size);
  LONGS_EQUAL(COORDINATOR_MAJOR, plugin.host->major);
  POINTERS_EQUAL(nullptr, plugin.host->extension(plugin.host, "coordinator.tea/1"));
  POINTERS_EQUAL(nullptr, plugin.host->extension(plugin.host, nullptr));
}

TEST(Host, AllExtensionsAreThere) {
  for (const char* name : {COORDINATOR_INTERACTIONS, COORDINATOR_SESSIONS, COORDINATOR_QUEUE,
                           COORDINATOR_PROJECTS, COORDINATOR_MODELS, COORDINATOR_STORAGE, COORDINATOR_TIMERS,
                           COORDINATOR_HTTP, COORDINATOR_METRICS, COORDINATOR_USAGE, COORDINATOR_PLUGINS}) {
    const auto* table = static_cast<const std::uint32_t*>(plugin.host->extension(plugin.host, name));
    CHECK(table != nullptr && *table > sizeof(void*));
  }
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
  STRCMP_EQUAL("reset", id->plugin.c_str());
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

TEST(Host, WhatAPersonAsksForIsToldOnceFromTheLoop) {
  coordinator_call call = held();
  sessions().reset(plugin.host, call, 10, COORDINATOR_CANCEL_RUNNING, Told::done, &told);
  STRCMP_EQUAL("alice resets 10 at once", house->sessions.asked.back().c_str());
  CHECK(!plugin.side->idle());
  house->sessions.waiting[0](std::string("a new session"));
  STRCMP_EQUAL("", told.all().c_str());
  house->spin();
  STRCMP_EQUAL("0 a new session", told.all().c_str());
  house->sessions.waiting[0](std::string("again"));
  house->spin();
  STRCMP_EQUAL("0 a new session", told.all().c_str());
}

TEST(Host, ARefusalHasItsWords) {
  coordinator_call call = held();
  sessions().fork(plugin.host, call, 10, COORDINATOR_STRING("abc"), Told::done, &told);
  STRCMP_EQUAL("alice forks 10 abc", house->sessions.asked.back().c_str());
  house->sessions.waiting[0](tl::unexpected(Refusal{COORDINATOR_REFUSED, "not you"}));
  sessions().resume(plugin.host, call, 10, COORDINATOR_STRING("abc"), Told::done, &told);
  house->sessions.waiting[1](std::string());
  house->spin();
  STRCMP_EQUAL("-3 not you, 0 absent", told.all().c_str());
}

TEST(Host, WithoutACallNothingIsAskedForAPerson) {
  sessions().reset(plugin.host, 777, 10, 0, Told::done, &told);
  plugin.extension<coordinator_queue>(COORDINATOR_QUEUE).cancel(plugin.host, 777, 5, Told::done, &told);
  LONGS_EQUAL(0, house->sessions.asked.size());
  STRCMP_EQUAL("", told.all().c_str());
  house->spin();
  STRCMP_EQUAL("-1 This command is over. Use it again., -1 This command is over. Use it again.",
               told.all().c_str());
}

TEST(Host, VisitsSessionsAndTheirHistory) {
  SessionView view;
  view.session.channel = ChannelId{10};
  view.session.session_id = "abc";
  view.running = 1;
  house->sessions.there = {view};
  std::string seen;
  auto visit = [](void* context, const coordinator_session* session) {
    *static_cast<std::string*>(context) += text_of(session->id) + std::to_string(session->running);
  };
  sessions().each(plugin.host, 0, visit, &seen);
  STRCMP_EQUAL("abc1", seen.c_str());
  static std::string order;
  order.clear();
  sessions().history(
      plugin.host, 10, [](void*, const coordinator_session* s) { order += text_of(s->id) + " "; },
      [](void*, int result, coordinator_string) { order += "done " + std::to_string(result); }, nullptr);
  house->sessions.history_waits(std::vector<SessionView>{view, view});
  house->spin();
  STRCMP_EQUAL("abc abc done 0", order.c_str());
}

TEST(Host, VisitsUsageAndMentionsAndModels) {
  static std::string seen;
  seen.clear();
  plugin.extension<coordinator_usage>(COORDINATOR_USAGE)
      .since(
          plugin.host, 0, [](void*, const coordinator_usage_row* row) { seen += std::to_string(row->turns); },
          [](void*, int result, coordinator_string words) {
            seen += " " + std::to_string(result) + text_of(words);
          },
          nullptr);
  house->usage.waits(fail("the disk is full"));
  house->spin();
  STRCMP_EQUAL(" -6the disk is full", seen.c_str());

  MentionView mention;
  mention.mention.prompt = "do it";
  mention.running = true;
  house->queue.there = {mention};
  const auto& queue = plugin.extension<coordinator_queue>(COORDINATOR_QUEUE);
  queue.each(
      plugin.host, 0,
      [](void*, const coordinator_mention* m) { seen = text_of(m->prompt) + std::to_string(m->running); },
      nullptr);
  STRCMP_EQUAL("do it1", seen.c_str());

  const auto& models = plugin.extension<coordinator_models>(COORDINATOR_MODELS);
  STRCMP_EQUAL("absent", text_of(models.current(plugin.host, 10)).c_str());
  house->models.now = "";
  STRCMP_EQUAL("", text_of(models.current(plugin.host, 10)).c_str());
  seen.clear();
  models.each(
      plugin.host, 10,
      [](void*, coordinator_string alias, coordinator_string) { seen += text_of(alias) + " "; }, nullptr);
  STRCMP_EQUAL("opus haiku ", seen.c_str());
}

TEST(Host, ProjectsAreChangedWithProgress) {
  coordinator_call call = held();
  const auto& projects = plugin.extension<coordinator_projects>(COORDINATOR_PROJECTS);
  coordinator_project_change change{};
  change.size = sizeof change;
  change.name = COORDINATOR_STRING("web");
  change.repository = COORDINATOR_STRING("https://e.org/web");
  auto progress = [](void* context, coordinator_string words) {
    static_cast<Told*>(context)->lines.push_back(text_of(words));
  };
  projects.add(plugin.host, call, &change, progress, Told::done, &told);
  STRCMP_EQUAL("https://e.org/web", house->projects.asked[0].repository->c_str());
  CHECK(!house->projects.asked[0].directory);
  CHECK(!house->projects.asked[0].channel);
  house->projects.progress_("10%");
  house->projects.done_(std::string("there"));
  house->spin();
  STRCMP_EQUAL("10%, 0 there", told.all().c_str());
  LONGS_EQUAL(COORDINATOR_NOT_FOUND, projects.of_channel(plugin.host, 10, nullptr, nullptr));
}

TEST(Host, TimersFireInTheirOrder) {
  timers().start(plugin.host, 2, Told::fire, &told);
  timers().start(
      plugin.host, 1, [](void* context, int) { static_cast<Told*>(context)->lines.emplace_back("first"); },
      &told);
  CHECK(plugin.side->idle());
  house->spin_until([&] { return told.lines.size() == 2; });
  STRCMP_EQUAL("first, fired 0", told.all().c_str());
}

TEST(Host, ACancelledTimerIsToldLater) {
  auto timer = timers().start(plugin.host, 3'600'000, Told::fire, &told);
  timers().cancel(plugin.host, timer);
  timers().cancel(plugin.host, timer);
  STRCMP_EQUAL("", told.all().c_str());
  house->spin();
  STRCMP_EQUAL("fired -7", told.all().c_str());
}

TEST(Host, AHundredTimersAreTheMost) {
  for (int i = 0; i < 100; ++i) CHECK(timers().start(plugin.host, 3'600'000, Told::fire, &told) != 0);
  LONGS_EQUAL(0, timers().start(plugin.host, 1, Told::fire, &told));
}

TEST(Host, StorageKeepsAndErases) {
  auto get = [&](const char* key) { return text_of(storage().get(plugin.host, borrowed(key))); };
  LONGS_EQUAL(0, storage().set(plugin.host, COORDINATOR_STRING("a"), COORDINATOR_STRING("1")));
  LONGS_EQUAL(0, storage().set(plugin.host, COORDINATOR_STRING("b"), COORDINATOR_STRING("")));
  STRCMP_EQUAL("1", get("a").c_str());
  STRCMP_EQUAL("", get("b").c_str());
  LONGS_EQUAL(0, storage().set(plugin.host, COORDINATOR_STRING("a"), coordinator_string{}));
  STRCMP_EQUAL("absent", get("a").c_str());
  STRCMP_EQUAL("", house->storage.all["reset"]["b"].c_str());
}

TEST(Host, StorageHasItsCaps) {
  std::string key(129, 'k'), value(64 * 1024 + 1, 'v');
  LONGS_EQUAL(COORDINATOR_LIMIT, storage().set(plugin.host, borrowed(key), COORDINATOR_STRING("1")));
  LONGS_EQUAL(COORDINATOR_LIMIT, storage().set(plugin.host, COORDINATOR_STRING("a"), borrowed(value)));
  LONGS_EQUAL(COORDINATOR_INVALID,
              storage().set(plugin.host, COORDINATOR_STRING(""), COORDINATOR_STRING("1")));
  LONGS_EQUAL(COORDINATOR_INVALID,
              storage().set(plugin.host, COORDINATOR_STRING("a"), COORDINATOR_STRING("\xff")));
  for (int i = 0; i < 1000; ++i)
    LONGS_EQUAL(0, storage().set(plugin.host, borrowed(std::to_string(i)), COORDINATOR_STRING("1")));
  LONGS_EQUAL(COORDINATOR_LIMIT,
              storage().set(plugin.host, COORDINATOR_STRING("more"), COORDINATOR_STRING("1")));
  LONGS_EQUAL(0, storage().set(plugin.host, COORDINATOR_STRING("7"), COORDINATOR_STRING("2")));
}

TEST(Host, StorageIsVisitedInOrderWhileItChanges) {
  for (const char* key : {"b2", "a", "b1", "c"})
    storage().set(plugin.host, borrowed(key), COORDINATOR_STRING("1"));
  static std::string seen;
  static FakeInstance* self = nullptr;
  seen.clear();
  self = &plugin;
  storage().each(
      plugin.host, COORDINATOR_STRING("b"),
      [](void*, coordinator_string key, coordinator_string) {
        seen += text_of(key) + " ";
        const auto& store = self->extension<coordinator_storage>(COORDINATOR_STORAGE);
        store.set(self->host, key, coordinator_string{});
      },
      nullptr);
  STRCMP_EQUAL("b1 b2 ", seen.c_str());
}

TEST(Host, MetricsHaveNamesThatAreCappedOverReloads) {
  LONGS_EQUAL(0, metrics().count(plugin.host, COORDINATOR_STRING("uses"), 1));
  LONGS_EQUAL(0, metrics().count(plugin.host, COORDINATOR_STRING("uses"), 2));
  DOUBLES_EQUAL(3, house->metrics.numbers["reset.uses"], 0);
  LONGS_EQUAL(COORDINATOR_INVALID, metrics().count(plugin.host, COORDINATOR_STRING("uses"), -1));
  LONGS_EQUAL(COORDINATOR_INVALID, metrics().gauge(plugin.host, COORDINATOR_STRING("Uses"), 1));
  for (int i = 1; i < 50; ++i) {
    std::string name = "g" + std::to_string(i);
    LONGS_EQUAL(0, metrics().gauge(plugin.host, borrowed(name), i));
  }
  LONGS_EQUAL(COORDINATOR_LIMIT, metrics().gauge(plugin.host, COORDINATOR_STRING("more"), 1));
  plugin.side.reset();
  plugin.attach(house->desk.host_sides());
  LONGS_EQUAL(COORDINATOR_LIMIT, metrics().gauge(plugin.host, COORDINATOR_STRING("more"), 1));
}

TEST(Host, OnlyAdministratorsChangePlugins) {
  coordinator_call call = held();
  plugins().reload(plugin.host, call, COORDINATOR_STRING("reset"), Told::done, &told);
  house->spin();
  STRCMP_EQUAL("-3 Only the server's administrators may change plugins.", told.all().c_str());
  LONGS_EQUAL(0, house->plugins.asked.size());
}

TEST(Host, AnAdministratorsReloadIsAnswered) {
  coordinator_call call = 0;
  plugin.on_run = [&](coordinator_call number) {
    call = number;
    plugin.host->hold(plugin.host, call);
  };
  Json json =
      Json::parse(R"({"application_id":"6","token":"t","channel_id":"10","type":2,"data":{"name":"reset"},
    "guild_id":"3","member":{"permissions":"8","roles":[],"user":{"id":"101","username":"alice"}}})")
          .value();
  json.set("id", house->fresh_id());
  house->desk.hear(discord::InteractionCreated{std::move(json)});
  plugins().reload(plugin.host, call, COORDINATOR_STRING("reset"), Told::done, &told);
  plugins().disable(plugin.host, call, COORDINATOR_STRING("x"), Told::done, &told);
  STRCMP_EQUAL("reload reset", house->plugins.asked[0].c_str());
  house->plugins.waiting[0](std::string("reset 1.1 serves"));
  house->plugins.waiting[1](fail("there is no plugin x"));
  house->spin();
  STRCMP_EQUAL("0 reset 1.1 serves, -6 there is no plugin x", told.all().c_str());
}

TEST(Host, PluginsAreListedWithTheirCommands) {
  static std::string seen;
  seen.clear();
  plugins().each(
      plugin.host,
      [](void*, const coordinator_plugin_info* info) {
        seen += text_of(info->name) + std::to_string(info->state) + std::to_string(info->command_count) +
                text_of(info->detail);
      },
      nullptr);
  STRCMP_EQUAL("reset11absent", seen.c_str());
}

TEST(Host, HttpIsForHttpsAndThisMachineOnly) {
  const auto& http = plugin.extension<coordinator_http>(COORDINATOR_HTTP);
  coordinator_http_request request{};
  request.size = sizeof request;
  request.url = COORDINATOR_STRING("http://example.org/");
  http.send(plugin.host, &request, Told::answered, &told);
  request.url = COORDINATOR_STRING("https://example.org/");
  request.method = COORDINATOR_STRING("BREW");
  http.send(plugin.host, &request, Told::answered, &told);
  coordinator_header header{COORDINATOR_STRING("x"), COORDINATOR_STRING("a\r\nb: c")};
  request.method = COORDINATOR_STRING("GET");
  request.headers = &header;
  request.header_count = 1;
  http.send(plugin.host, &request, Told::answered, &told);
  STRCMP_EQUAL("", told.all().c_str());
  house->spin_until([&] { return told.lines.size() == 3; });
  for (const std::string& line : told.lines) STRCMP_CONTAINS("0 ", line.substr(0, 2).c_str());
}

TEST(Host, HttpAnswersAndHasTenAtOnce) {
  {
    io::LwsContext lws(house->loop);
    std::vector<io::Responder> waiting;
    io::HttpServer server(lws, {});
    server.on_request([&](const io::ServerRequest& request, io::Responder responder) {
      if (request.path == "/wait") return waiting.push_back(std::move(responder));
      responder.send({418, {{"x-pot", "tea"}}, request.method + " " + request.body});
    });
    CHECK(server.listen().has_value());
    std::string url = "http://127.0.0.1:" + std::to_string(server.port());
    const auto& http = plugin.extension<coordinator_http>(COORDINATOR_HTTP);
    coordinator_http_request request{};
    request.size = sizeof request;
    std::string pot = url + "/pot", wait = url + "/wait";
    request.method = COORDINATOR_STRING("POST");
    request.url = borrowed(pot);
    request.body = COORDINATOR_STRING("milk");
    http.send(plugin.host, &request, Told::answered, &told);
    CHECK(!plugin.side->idle());
    house->spin_until([&] { return !told.lines.empty(); });
    STRCMP_EQUAL("418 POST milk", told.all().c_str());
    told.lines.clear();
    request.url = borrowed(wait);
    for (int i = 0; i < 11; ++i) http.send(plugin.host, &request, Told::answered, &told);
    house->spin_until([&] { return !told.lines.empty(); });
    STRCMP_EQUAL("0 10 requests are on their way already", told.all().c_str());
    told.lines.clear();
    plugin.side->stopping();
    LONGS_EQUAL(10, told.lines.size());
    STRCMP_EQUAL("0 the plugin is being stopped", told.lines[0].c_str());
  }
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
