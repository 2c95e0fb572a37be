// The whole playground on a real port, met by the HTTP and websocket clients of core/io on the same loop.
#include "playground.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/http_client.h"
#include "io/inflate.h"
#include "io/loop.h"
#include "io/lws_context.h"
#include "io/websocket.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::playground;

namespace {

constexpr const char* kTesting = "1100000000000000011";
constexpr const char* kBot = "1100000000000000900";

struct Answer {
  bool failed = false;
  int status = 0;
  Json body;
  std::string text;
  io::HttpHeaders headers;

  std::int64_t code() const { return body["code"].integer().value_or(0); }
};

}  // namespace

TEST_GROUP(Playground) {
  std::unique_ptr<io::Loop> loop = std::make_unique<io::Loop>();
  std::unique_ptr<io::LwsContext> context = std::make_unique<io::LwsContext>(*loop);
  std::unique_ptr<io::HttpClient> http = std::make_unique<io::HttpClient>(*loop);
  std::unique_ptr<io::Timer> tick = std::make_unique<io::Timer>(*loop, [] {});
  std::unique_ptr<Playground> playground;
  std::unique_ptr<io::WebSocket> socket;
  std::unique_ptr<io::Inflate> inflate;
  std::vector<Json> heard;  // gateway payloads, or the stream's
  std::optional<int> closed;
  bool gone = false;

  void setup() override { start({}); }
  void start(PlaygroundOptions options) {
    playground.reset();
    options.gateway.identify_window = Millis(0);
    playground = std::make_unique<Playground>(*context, std::move(options));
    CHECK(playground->status().has_value());
    tick->repeat(5ms);
  }
  void teardown() override {
    socket.reset();
    playground.reset();
    http.reset();
    tick.reset();
    context.reset();
    loop.reset();
  }

  bool until(const std::function<bool()>& done, Millis patience = 5s) {
    auto end = system_now().instant + patience;
    while (!done()) {
      if (system_now().instant > end) return false;
      loop->run_once(true);
    }
    return true;
  }

  // ---- REST and control

  void send(io::HttpRequest request, std::shared_ptr<std::optional<Answer>> into) {
    http->send(std::move(request), [into](io::HttpResult result) {
      Answer answer;
      answer.failed = !result;
      if (result) {
        answer.status = result->status;
        answer.text = result->body;
        answer.headers = result->headers;
        if (auto json = Json::parse(result->body)) answer.body = std::move(*json);
      }
      *into = std::move(answer);
    });
  }
  io::HttpRequest request(std::string method, std::string path, std::string body) {
    io::HttpRequest request;
    request.method = std::move(method);
    request.url = playground->url() + path;
    request.headers = {{"Authorization", "Bot playground"},
                       {"User-Agent", "DiscordBot (https://example.invalid, 1)"}};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = std::move(body);
    request.timeout = 5s;
    return request;
  }
  std::shared_ptr<std::optional<Answer>> begin(std::string method, std::string path, std::string body = "") {
    auto into = std::make_shared<std::optional<Answer>>();
    send(request(std::move(method), std::move(path), std::move(body)), into);
    return into;
  }
  Answer wait(std::shared_ptr<std::optional<Answer>> answer) {
    CHECK(until([&] { return answer->has_value(); }, 10s));
    return std::move(**answer);
  }
  Answer ask(std::string method, std::string path, std::string body = "") {
    return wait(begin(std::move(method), "/api/v10" + path, std::move(body)));
  }
  Answer control(std::string method, std::string path, std::string body = "") {
    return wait(begin(std::move(method), "/control" + path, std::move(body)));
  }
  std::string messages_route() { return std::string("/channels/") + kTesting + "/messages"; }
  Answer post(std::string body) { return ask("POST", messages_route(), std::move(body)); }

  // ---- websockets

  void connect(std::string path, std::optional<io::Inflate::Format> compression = std::nullopt) {
    heard.clear();
    closed.reset();
    gone = false;
    inflate = compression ? std::make_unique<io::Inflate>(*compression) : nullptr;
    std::string url = "ws" + playground->url().substr(4) + path;
    socket = std::make_unique<io::WebSocket>(
        *context, url,
        io::WebSocketListener{
            [] {}, [this](std::string_view bytes, bool binary) { on_message(bytes, binary); },
            [this](std::optional<int> code, const std::string&) { closed = code, gone = true; }});
  }
  void on_message(std::string_view bytes, bool) {
    Result<std::optional<std::string_view>> payload = bytes;
    if (inflate) payload = inflate->feed(bytes);
    CHECK(payload.has_value());
    if (!*payload) return;
    if (auto json = Json::parse(**payload)) heard.push_back(std::move(*json));
  }
  const Json* event(std::string_view name) {
    for (auto it = heard.rbegin(); it != heard.rend(); ++it)
      if ((*it)["t"].text() == name || (*it)["type"].text() == name) return &*it;
    return nullptr;
  }
  bool until_event(std::string_view name) {
    return until([&] { return event(name) != nullptr; });
  }
  void log_in(std::uint32_t intents = 1 | 512 | 1024 | 2048 | 4096, std::string query = "") {
    using Format = io::Inflate::Format;
    std::optional<Format> format;
    if (query.find("zlib") != std::string::npos) format = Format::zlib;
    if (query.find("zstd") != std::string::npos) format = Format::zstd;
    connect("/?v=10&encoding=json" + query, format);
    CHECK(until([&] { return !heard.empty(); }));
    socket->send(fmt::format(
        R"({{"op":2,"d":{{"token":"playground","intents":{},"properties":{{"os":"linux"}}}}}})", intents));
    CHECK(until_event("READY"));
  }
};

TEST(Playground, KnowsItsBotAndRefusesOthers) {
  STRCMP_EQUAL(kBot, ask("GET", "/users/@me").body["id"].text_or("").c_str());
  auto stranger = request("GET", "/api/v10/users/@me", "");
  stranger.headers[0].second = "Bot nobody";
  auto into = std::make_shared<std::optional<Answer>>();
  send(std::move(stranger), into);
  Answer refused = wait(into);
  LONGS_EQUAL(401, refused.status);
  STRCMP_EQUAL("401: Unauthorized", refused.body["message"].text_or("").c_str());
}

TEST(Playground, LogsInUnderEveryCompression) {
  for (const char* query : {"", "&compress=zlib-stream", "&compress=zstd-stream"}) {
    log_in(513, query);
    CHECK(until_event("GUILD_CREATE"));
    playground->inject_message({.content = "hello"});
    CHECK_TEXT(until_event("MESSAGE_CREATE"), query);
    STRCMP_EQUAL((std::string("<@") + kBot + "> hello").c_str(),
                 (*event("MESSAGE_CREATE"))["d"]["content"].text_or("").c_str());
    socket->close(1000);
    CHECK(until([&] { return !playground->connected(); }));
  }
}

TEST(Playground, ClosesWithFourThousandAndFourForAWrongToken) {
  connect("/?v=10&encoding=json");
  CHECK(until([&] { return !heard.empty(); }));
  socket->send(R"({"op":2,"d":{"token":"wrong","intents":1,"properties":{}}})");
  CHECK(until([&] { return gone; }));
  LONGS_EQUAL(4004, closed.value_or(0));
}

TEST(Playground, ReplaysWhatADroppedSocketMissed) {
  log_in();
  std::string session = (*event("READY"))["d"]["session_id"].text_or("");
  std::string resume_url = (*event("READY"))["d"]["resume_gateway_url"].text_or("");
  STRCMP_EQUAL(("ws" + playground->url().substr(4) + "/resume").c_str(), resume_url.c_str());
  auto sequence = heard.back()["s"].integer().value_or(0);
  playground->drop_sockets();
  CHECK(until([&] { return gone; }));
  CHECK(!closed);
  auto missed = playground->inject_message({.content = "while away"});
  connect("/resume/?v=10&encoding=json");
  CHECK(until([&] { return !heard.empty(); }));
  socket->send(fmt::format(R"({{"op":6,"d":{{"token":"playground","session_id":"{}","seq":{}}}}})", session,
                           sequence));
  CHECK(until_event("RESUMED"));
  STRCMP_EQUAL(missed.text().c_str(), (*event("MESSAGE_CREATE"))["d"]["id"].text_or("").c_str());
  LONGS_EQUAL(1, playground->resumes());
}

TEST(Playground, DuplicatesMutesAndDelaysDispatches) {
  log_in();
  CHECK(playground->fault(R"({"fault":"mute","event":"MESSAGE_CREATE"})").has_value());
  CHECK(playground->fault(R"({"fault":"duplicate","event":"MESSAGE_CREATE"})").has_value());
  playground->inject_message({.content = "muted"});
  playground->inject_message({.content = "twice"});
  auto count = [&](std::string_view text) {
    int found = 0;
    for (const auto& payload : heard)
      found += payload["d"]["content"].text().value_or("").find(text) != std::string_view::npos;
    return found;
  };
  CHECK(until([&] { return count("twice") == 2; }));
  LONGS_EQUAL(0, count("muted"));
  CHECK(playground->fault(R"({"fault":"delay","event":"MESSAGE_CREATE","ms":3600000})").has_value());
  playground->inject_message({.content = "late"});
  playground->inject_message({.content = "behind"});
  for (int i = 0; i < 20; ++i) loop->run_once(true);
  LONGS_EQUAL(0, count("late") + count("behind"));
  playground->advance(1h);
  CHECK(until([&] { return count("behind") == 1; }));
  STRCMP_CONTAINS("behind", heard.back()["d"]["content"].text_or("").c_str());
  LONGS_EQUAL(1, count("late"));
}

TEST(Playground, PostsEditsAndDeletesMessages) {
  Answer made = post(R"({"content":"one","allowed_mentions":{"parse":[]}})");
  LONGS_EQUAL(200, made.status);
  STRCMP_EQUAL("4", std::string(made.headers.get("x-ratelimit-remaining").value_or("")).c_str());
  std::string id = made.body["id"].text_or("");
  STRCMP_EQUAL(
      "two",
      ask("PATCH", messages_route() + "/" + id, R"({"content":"two"})").body["content"].text_or("").c_str());
  STRCMP_EQUAL("two", playground->messages("testing")[0]->content.c_str());
  LONGS_EQUAL(204, ask("DELETE", messages_route() + "/" + id).status);
  LONGS_EQUAL(10008, ask("GET", messages_route() + "/" + id).code());
  LONGS_EQUAL(10003, ask("GET", "/channels/1").code());
  LONGS_EQUAL(50035, ask("GET", "/channels/one").code());
}

TEST(Playground, RefusesWhatTheBotMayNot) {
  playground->may_send("testing", false);
  LONGS_EQUAL(50013, post(R"({"content":"x"})").code());
  playground->may_send("testing", true);
  std::string said = messages_route() + "/" + playground->inject_message({.content = "mine"}).text();
  LONGS_EQUAL(50005, ask("PATCH", said, R"({"content":"x"})").code());
  LONGS_EQUAL(50109, post("{").code());
  auto into = std::make_shared<std::optional<Answer>>();
  auto bare = request("POST", "/api/v10" + messages_route(), R"({"content":"x"})");
  bare.headers.back().second = "text/plain";
  send(std::move(bare), into);
  LONGS_EQUAL(50035, wait(into).code());
  LONGS_EQUAL(405, ask("PUT", messages_route(), "{}").status);
  LONGS_EQUAL(404, ask("GET", "/nothing/here").status);
}

TEST(Playground, GivesTheFirstMessageForANonceAgain) {
  const char* body = R"({"content":"once","nonce":"n-1","enforce_nonce":true})";
  std::string first = post(body).body["id"].text_or("");
  STRCMP_EQUAL(first.c_str(), post(body).body["id"].text_or("").c_str());
  LONGS_EQUAL(1, playground->bot_messages("testing").size());
  CHECK(!ask("GET", messages_route() + "/" + first, "").body["nonce"]);  // Discord keeps none
  playground->delete_message("testing", *MessageId::parse(first));
  LONGS_EQUAL(10008, post(body).code());
  playground->advance(6min);
  LONGS_EQUAL(200, post(body).status);
}

TEST(Playground, DegradesAReplyToADeletedMessage) {
  auto reply = [](MessageId to, bool fails) {
    return fmt::format(
        R"({{"content":"x","message_reference":{{"message_id":"{}","fail_if_not_exists":{}}}}})", to.text(),
        fails);
  };
  auto said = playground->inject_message({.content = "hello"});
  LONGS_EQUAL(19, *post(reply(said, false)).body["type"].integer());
  LONGS_EQUAL(1, playground->replies_to(said).size());
  playground->delete_message("testing", said);
  LONGS_EQUAL(0, *post(reply(said, false)).body["type"].integer());
  LONGS_EQUAL(50035, post(reply(said, true)).code());
}

TEST(Playground, LimitsAndLetsGoWithTheClock) {
  for (int i = 0; i < 5; ++i) LONGS_EQUAL(200, post(R"({"content":"x"})").status);
  Answer refused = post(R"({"content":"x"})");
  LONGS_EQUAL(429, refused.status);
  STRCMP_EQUAL("user", std::string(refused.headers.get("x-ratelimit-scope").value_or("")).c_str());
  CHECK(*refused.body["retry_after"].number() > 0);
  playground->advance(5s);
  LONGS_EQUAL(200, post(R"({"content":"x"})").status);
}

TEST(Playground, ListsArchivedThreadsTheLastFirst) {
  for (const char* name : {"first", "alive", "last"}) playground->start_thread("testing", name);
  for (const char* name : {"first", "last"}) playground->advance(1s), playground->archive_thread(name);
  const std::string path = std::string("/channels/") + kTesting + "/threads/archived/public?limit=1";
  Json page = ask("GET", path).body;
  CHECK(page["threads"][0]["name"].text() == "last" && page["has_more"].truthy());
  std::string before = page["threads"][0]["thread_metadata"]["archive_timestamp"].text_or("");
  Json rest = ask("GET", path + "&before=" + before.substr(0, 26) + "%2B00%3A00").body;
  CHECK(rest["threads"][0]["name"].text() == "first" && !rest["has_more"].truthy());
}

TEST(Playground, MakesRequestsFailAsToldTo) {
  playground->fault(R"({"fault":"rest","route":"/channels/*/messages","action":"status","status":503})");
  LONGS_EQUAL(503, post(R"({"content":"x"})").status);
  playground->fault(R"({"fault":"rest","action":"rate_limit","scope":"shared","retry_after_ms":1500})");
  Answer shared = post(R"({"content":"x"})");
  LONGS_EQUAL(429, shared.status);
  STRCMP_EQUAL("shared", std::string(shared.headers.get("x-ratelimit-scope").value_or("")).c_str());
  STRCMP_EQUAL("2", std::string(shared.headers.get("retry-after").value_or("")).c_str());
  playground->fault(R"({"fault":"rest","action":"cloudflare"})");
  Answer cloudflare = post(R"({"content":"x"})");
  LONGS_EQUAL(429, cloudflare.status);
  STRCMP_CONTAINS("1015", cloudflare.text.c_str());
  CHECK(!cloudflare.headers.get("retry-after"));
  playground->fault(R"({"fault":"rest","action":"refuse"})");
  CHECK(post(R"({"content":"x"})").failed);
  LONGS_EQUAL(0, playground->messages("testing").size());
  playground->fault(R"({"fault":"rest","action":"cut"})");
  CHECK(post(R"({"content":"kept"})").failed);
  LONGS_EQUAL(1, playground->messages("testing").size());
  playground->fault(R"({"fault":"rest","action":"delay","ms":60000})");
  auto late = begin("POST", "/api/v10" + messages_route(), R"({"content":"late"})");
  CHECK(until([&] { return playground->messages("testing").size() == 2; }));
  CHECK(!late->has_value());
  playground->advance(1min);
  LONGS_EQUAL(200, wait(late).status);
  CHECK(!playground->fault(R"({"fault":"rain"})").has_value());
}

TEST(Playground, TakesFilesAndServesThem) {
  auto upload = request("POST", "/api/v10" + messages_route(), "");
  upload.parts = {{"payload_json", "", "application/json",
                   R"({"content":"see","attachments":[{"id":0,"description":"d"}]})"},
                  {"files[0]", "a b.txt", "text/plain", "the bytes"}};
  auto into = std::make_shared<std::optional<Answer>>();
  send(std::move(upload), into);
  Answer made = wait(into);
  LONGS_EQUAL(200, made.status);
  JsonView file = made.body["attachments"][0];
  STRCMP_EQUAL("d", file["description"].text_or("").c_str());
  LONGS_EQUAL(9, *file["size"].integer());
  std::string path = file["url"].text_or("").substr(playground->url().size());
  for (auto space = path.find(' '); space != std::string::npos; space = path.find(' '))
    path.replace(space, 1, "%20");
  Answer got = wait(begin("GET", path));
  STRCMP_EQUAL("the bytes", got.text.c_str());
}

TEST(Playground, CarriesACommandFromThePersonToTheBotAndBack) {
  log_in();
  std::string commands = std::string("/applications/") + kBot + "/commands";
  LONGS_EQUAL(
      200,
      ask("PUT", commands,
          R"([{"name":"echo","description":"x","options":[{"type":3,"name":"words","description":"x"}]}])")
          .status);
  auto result = begin("POST", "/control/commands/run",
                      R"({"channel":"testing","name":"echo","options":{"words":"hi"}})");
  CHECK(until_event("INTERACTION_CREATE"));
  JsonView d = (*event("INTERACTION_CREATE"))["d"];
  STRCMP_EQUAL("hi", d["data"]["options"][0]["value"].text_or("").c_str());
  std::string id = d["id"].text_or(""), token = d["token"].text_or("");
  std::string callback = "/interactions/" + id + "/" + token + "/callback";
  LONGS_EQUAL(204, ask("POST", callback, R"({"type":5,"data":{"flags":64}})").status);
  Answer answer = wait(result);
  STRCMP_EQUAL("deferred", answer.body["response"]["kind"].text_or("").c_str());
  STRCMP_EQUAL("1100000000000000101",
               answer.body["response"]["message"]["ephemeral_for"].text_or("").c_str());
  LONGS_EQUAL(40060, ask("POST", callback, R"({"type":4,"data":{"content":"x"}})").code());
  std::string original = std::string("/webhooks/") + kBot + "/" + token + "/messages/@original";
  LONGS_EQUAL(200, ask("PATCH", original, R"({"content":"done"})").status);
  STRCMP_EQUAL("done", playground->messages("testing")[0]->content.c_str());
  playground->advance(16min);
  LONGS_EQUAL(50027, ask("PATCH", original, R"({"content":"too late"})").code());
}

TEST(Playground, SaysThatABotDidNotRespond) {
  log_in();
  ask("POST", std::string("/applications/") + kBot + "/commands", R"({"name":"mute","description":"x"})");
  auto id = playground->run_command("testing", "mute");
  CHECK(until_event("INTERACTION_CREATE"));
  CHECK(!playground->response(id));
  playground->advance(3s + 1ms);
  STRCMP_EQUAL("failed", (*playground->response(id))["kind"].text_or("").c_str());
  JsonView d = (*event("INTERACTION_CREATE"))["d"];
  LONGS_EQUAL(10062,
              ask("POST", "/interactions/" + d["id"].text_or("") + "/" + d["token"].text_or("") + "/callback",
                  R"({"type":4,"data":{"content":"x"}})")
                  .code());
}

TEST(Playground, PressesButtonsAndSubmitsModals) {
  log_in();
  Answer made = post(
      R"({"content":"?","components":[{"type":1,"components":[{"type":2,"style":1,"label":"Go","custom_id":"go"}]}]})");
  auto message = made.body["id"].id<MessageId>();
  auto pressed = playground->press("testing", *message, "go");
  CHECK(until_event("INTERACTION_CREATE"));
  auto route = [&] {
    JsonView d = (*event("INTERACTION_CREATE"))["d"];
    return "/interactions/" + d["id"].text_or("") + "/" + d["token"].text_or("") + "/callback";
  };
  LONGS_EQUAL(204, ask("POST", route(), R"({"type":9,"data":{"title":"Why","custom_id":"why","components":[
      {"type":18,"label":"Reason","component":{"type":4,"custom_id":"reason","style":1}}]}})")
                       .status);
  STRCMP_EQUAL("modal", (*playground->response(pressed))["kind"].text_or("").c_str());
  auto submitted = playground->submit_modal(pressed, R"({"reason":"because"})");
  CHECK(until([&] { return (*event("INTERACTION_CREATE"))["d"]["type"].integer() == 5; }));
  STRCMP_EQUAL(
      "because",
      (*event("INTERACTION_CREATE"))["d"]["data"]["components"][0]["component"]["value"].text_or("").c_str());
  LONGS_EQUAL(204, ask("POST", route(), R"({"type":7,"data":{"content":"pressed","components":[]}})").status);
  STRCMP_EQUAL("update", (*playground->response(submitted))["kind"].text_or("").c_str());
  STRCMP_EQUAL("pressed", playground->message("testing", *message)->content.c_str());
}

TEST(Playground, WaitsForACompleteAnswer) {
  log_in();
  ask("GET", "/users/@me");  // curl opens no second connection before it has got an answer on the first
  auto answer = begin("POST", "/control/say", R"({"channel":"#testing","content":"hello","quiet_ms":30})");
  CHECK(until_event("MESSAGE_CREATE"));
  std::string id = (*event("MESSAGE_CREATE"))["d"]["id"].text_or("");
  ask("POST", std::string("/channels/") + kTesting + "/typing");
  CHECK(playground->typing("testing"));
  post(R"({"content":"first","message_reference":{"message_id":")" + id + "\"}}");
  CHECK(!playground->typing("testing"));
  post(R"({"content":"second"})");
  Answer done = wait(answer);
  LONGS_EQUAL(200, done.status);
  LONGS_EQUAL(2, done.body["answers"].size());
  STRCMP_EQUAL("second", done.body["answers"][1]["content"].text_or("").c_str());
}

TEST(Playground, GivesUpOnAnAnswerThatDoesNotCome) {
  Answer late = control("POST", "/say", R"({"channel":"testing","content":"hello","timeout_ms":30})");
  LONGS_EQUAL(504, late.status);
  LONGS_EQUAL(404, control("POST", "/say", R"({"channel":"nowhere","content":"x"})").status);
}

TEST(Playground, StreamsTheWorldAndEveryChange) {
  connect("/control/stream");
  CHECK(until_event("hello"));
  LONGS_EQUAL(2, (*event("hello"))["channels"].size());
  auto said = playground->inject_message({.content = "hi @alice", .author = "bob", .mention_bot = false});
  playground->react("testing", said, "👀");
  playground->edit_message("testing", said, "changed");
  auto thread = playground->start_thread("testing", "side talk");
  playground->advance(1s);
  playground->delete_message("testing", said);
  CHECK(until_event("message_deleted"));
  std::string order;
  for (const auto& change : heard) order += change["type"].text_or("") + " ";
  STRCMP_EQUAL("hello message_created reaction_added message_updated channel_created clock message_deleted ",
               order.c_str());
  STRCMP_EQUAL("hi <@1100000000000000101>",
               (*event("message_created"))["message"]["content"].text_or("").c_str());
  STRCMP_EQUAL(thread.text().c_str(), (*event("channel_created"))["channel"]["id"].text_or("").c_str());
}

TEST(Playground, RecordsWithoutTheToken) {
  post(R"({"content":"x"})");
  LONGS_EQUAL(1, playground->requests("POST", "/channels/*/messages"));
  std::string record = playground->recorded().back().dump();
  STRCMP_CONTAINS(R"("path":"/api/v10/channels/1100000000000000011/messages")", record.c_str());
  STRCMP_CONTAINS("Bot redacted", record.c_str());
  CHECK(record.find("Bot playground") == std::string::npos);
}

TEST(Playground, ReadsAnotherWorld) {
  PlaygroundOptions options;
  options.world =
      R"({"users":[{"name":"carol"}],"guilds":[{"name":"G","channels":[{"name":"one"},{"name":"two"}],
      "roles":[{"name":"r","users":["carol"]}]}]})";
  start(std::move(options));
  CHECK(playground->inject_message({.channel = "two", .content = "x", .author = "carol"}).value != 0);
  PlaygroundOptions broken;
  broken.world = R"({"guilds":[{"name":"G","channels":[{"id":"5"}]}]})";
  Playground other(*context, std::move(broken));
  CHECK(!other.status().has_value());
  STRCMP_CONTAINS("channels: name is missing", other.status().error().what.c_str());
}

TEST(Playground, ServesThePage) {
  Answer page = wait(begin("GET", "/"));
  LONGS_EQUAL(200, page.status);
  STRCMP_CONTAINS("<html", page.text.c_str());
}
