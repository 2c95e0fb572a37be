// A playground on a real port and the clients of core/io that meet it, on one loop: what the tests of the
// whole share.
#pragma once

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

namespace whole {

using namespace coordinator;
using namespace coordinator::playground;

inline constexpr const char* kTesting = "1100000000000000011";
inline constexpr const char* kBot = "1100000000000000900";

struct Answer {
  bool failed = false;
  int status = 0;
  Json body;
  std::string text;
  io::HttpHeaders headers;

  std::int64_t code() const { return body["code"].integer().value_or(0); }
};

struct PlaygroundFixture : public Utest {
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

}  // namespace whole
