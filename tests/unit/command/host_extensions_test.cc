// Tests of the extensions: each table against the service behind it, with its caps, and a `done` told once.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "command/host_base.h"
#include "io/http_server.h"
#include "io/lws_context.h"

using namespace coordinator;
using namespace coordinator::command;
using namespace coordinator::command::testing;

TEST_GROUP_BASE(HostExtensions, HostBase){};

TEST(HostExtensions, AllExtensionsAreThere) {
  for (const char* name : {COORDINATOR_INTERACTIONS, COORDINATOR_SESSIONS, COORDINATOR_QUEUE,
                           COORDINATOR_PROJECTS, COORDINATOR_MODELS, COORDINATOR_STORAGE, COORDINATOR_TIMERS,
                           COORDINATOR_HTTP, COORDINATOR_METRICS, COORDINATOR_USAGE, COORDINATOR_PLUGINS}) {
    const auto* table = static_cast<const std::uint32_t*>(plugin.host->extension(plugin.host, name));
    CHECK(table != nullptr && *table > sizeof(void*));
  }
}

TEST(HostExtensions, WhatAPersonAsksForIsToldOnceFromTheLoop) {
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

TEST(HostExtensions, ARefusalHasItsWords) {
  coordinator_call call = held();
  sessions().fork(plugin.host, call, 10, COORDINATOR_STRING("abc"), Told::done, &told);
  STRCMP_EQUAL("alice forks 10 abc", house->sessions.asked.back().c_str());
  house->sessions.waiting[0](tl::unexpected(Refusal{COORDINATOR_REFUSED, "not you"}));
  sessions().resume(plugin.host, call, 10, COORDINATOR_STRING("abc"), Told::done, &told);
  house->sessions.waiting[1](std::string());
  house->spin();
  STRCMP_EQUAL("-3 not you, 0 absent", told.all().c_str());
}

TEST(HostExtensions, WithoutACallNothingIsAskedForAPerson) {
  sessions().reset(plugin.host, 777, 10, 0, Told::done, &told);
  plugin.extension<coordinator_queue>(COORDINATOR_QUEUE).cancel(plugin.host, 777, 5, Told::done, &told);
  LONGS_EQUAL(0, house->sessions.asked.size());
  STRCMP_EQUAL("", told.all().c_str());
  house->spin();
  STRCMP_EQUAL("-1 This command is over. Use it again., -1 This command is over. Use it again.",
               told.all().c_str());
}

TEST(HostExtensions, VisitsSessionsAndTheirHistory) {
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

TEST(HostExtensions, VisitsUsageAndMentionsAndModels) {
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

TEST(HostExtensions, ProjectsAreChangedWithProgress) {
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

TEST(HostExtensions, TimersFireInTheirOrder) {
  timers().start(plugin.host, 200, Told::fire, &told);
  timers().start(
      plugin.host, 1, [](void* context, int) { static_cast<Told*>(context)->lines.emplace_back("first"); },
      &told);
  CHECK(plugin.side->idle());
  house->spin_until([&] { return told.lines.size() == 2; });
  STRCMP_EQUAL("first, fired 0", told.all().c_str());
}

TEST(HostExtensions, ACancelledTimerIsToldLater) {
  auto timer = timers().start(plugin.host, 3'600'000, Told::fire, &told);
  timers().cancel(plugin.host, timer);
  timers().cancel(plugin.host, timer);
  STRCMP_EQUAL("", told.all().c_str());
  house->spin();
  STRCMP_EQUAL("fired -7", told.all().c_str());
}

TEST(HostExtensions, AHundredTimersAreTheMost) {
  for (int i = 0; i < 100; ++i) CHECK(timers().start(plugin.host, 3'600'000, Told::fire, &told) != 0);
  LONGS_EQUAL(0, timers().start(plugin.host, 1, Told::fire, &told));
}

TEST(HostExtensions, StorageKeepsAndErases) {
  auto get = [&](const char* key) { return text_of(storage().get(plugin.host, borrowed(key))); };
  LONGS_EQUAL(0, storage().set(plugin.host, COORDINATOR_STRING("a"), COORDINATOR_STRING("1")));
  LONGS_EQUAL(0, storage().set(plugin.host, COORDINATOR_STRING("b"), COORDINATOR_STRING("")));
  STRCMP_EQUAL("1", get("a").c_str());
  STRCMP_EQUAL("", get("b").c_str());
  LONGS_EQUAL(0, storage().set(plugin.host, COORDINATOR_STRING("a"), coordinator_string{}));
  STRCMP_EQUAL("absent", get("a").c_str());
  STRCMP_EQUAL("", house->storage.all["reset"]["b"].c_str());
}

TEST(HostExtensions, StorageHasItsCaps) {
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

TEST(HostExtensions, StorageIsVisitedInOrderWhileItChanges) {
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

TEST(HostExtensions, MetricsAreThePluginsOwnAndARefusalIsToldAndLogged) {
  LONGS_EQUAL(0, metrics().count(plugin.host, COORDINATOR_STRING("uses"), 1));
  LONGS_EQUAL(0, metrics().count(plugin.host, COORDINATOR_STRING("uses"), 2));
  LONGS_EQUAL(0, metrics().gauge(plugin.host, COORDINATOR_STRING("depth"), 7));
  DOUBLES_EQUAL(3, house->metrics.numbers["reset.uses"], 0);
  DOUBLES_EQUAL(7, house->metrics.numbers["reset.depth"], 0);
  house->metrics.outcome = tl::unexpected(Refusal{COORDINATOR_LIMIT, "it has 50 names already"});
  LONGS_EQUAL(COORDINATOR_LIMIT, metrics().gauge(plugin.host, COORDINATOR_STRING("more"), 1));
}

TEST(HostExtensions, OnlyAdministratorsChangePlugins) {
  coordinator_call call = held();
  plugins().reload(plugin.host, call, COORDINATOR_STRING("reset"), Told::done, &told);
  house->spin();
  STRCMP_EQUAL("-3 Not you.", told.all().c_str());
  LONGS_EQUAL(0, house->plugins.asked.size());
}

TEST(HostExtensions, AnAdministratorsReloadIsAnswered) {
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

TEST(HostExtensions, PluginsAreListedWithTheirCommands) {
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

TEST(HostExtensions, HttpIsForHttpsAndThisMachineOnly) {
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

TEST(HostExtensions, HttpAnswersAndHasTenAtOnce) {
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
