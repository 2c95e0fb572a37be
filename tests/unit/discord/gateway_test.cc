// The gateway against real sockets: a small Discord that greets, compresses, breaks off and replays.
#include "discord/gateway.h"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "discord/rest.h"
#include "io/compressing.h"
#include "io/http_peer.h"
#include "io/loop.h"
#include "io/lws_context.h"
#include "io/websocket_peer.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;
using namespace coordinator::test;

namespace {

const char* kReady =
    R"("v":10,"user":{"id":"900000000000000009","username":"bot"},"application":{"id":"8"},"guilds":[{"id":"1"}],"session_id":"s1")";

}  // namespace

TEST_GROUP(GatewayDriver) {
  io::Loop loop;
  std::unique_ptr<io::LwsContext> context = std::make_unique<io::LwsContext>(loop);
  std::unique_ptr<HttpPeer> api = std::make_unique<HttpPeer>(loop);
  std::unique_ptr<WebSocketServer> server = std::make_unique<WebSocketServer>(loop);
  std::unique_ptr<Rest> rest;
  std::unique_ptr<Gateway> gateway;
  std::vector<Event> events;
  std::vector<gateway::Report> reports;
  std::vector<Json> got;  // what the bot sent, heartbeats apart
  int beats = 0;
  int close_code = 0;
  std::function<std::string(const std::string&)> encode;
  bool as_binary = false;
  int interval = 100;
  std::function<void(RawServer::Peer&, const Json&)> on_payload = [this](auto& peer, const Json& payload) {
    if (payload["op"].integer() == 2) send(peer, ready());
  };

  void setup() override {
    api->on_request = [this](auto& peer, const HttpSeen&) {
      peer.send(HttpPeer::answer(
          200, Json::object()
                   .set("url", server->url(""))
                   .set("shards", 1)
                   .set("session_start_limit", Json::object().set("remaining", 5).set("reset_after", 0))
                   .dump()));
    };
    server->on_open = [this](auto& peer) {
      if (as_binary) encode = fresh_encoder();
      send(peer, fmt::format(R"({{"t":null,"s":null,"op":10,"d":{{"heartbeat_interval":{}}}}})", interval));
    };
    server->on_frame = [this](auto& peer, int opcode, const std::string& payload) {
      if (opcode == close_frame)
        close_code = static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
      if (opcode != text) return;
      auto json = Json::parse(payload);
      CHECK(json.has_value());
      if ((*json)["op"].integer() == 1) {
        ++beats;
        return send(peer, R"({"op":11,"d":null})");
      }
      on_payload(peer, *json);
      got.push_back(std::move(*json));
    };
    RestOptions options;
    options.base_url = api->url("/api");
    rest = std::make_unique<Rest>(loop, Token("SECRET"), options);
  }
  void teardown() override {
    gateway.reset();
    rest.reset();
    server.reset();
    api.reset();
    context.reset();
    for (int i = 0; i < 3; ++i) loop.run_once(false);
  }

  std::function<std::function<std::string(const std::string&)>()> fresh_encoder;
  std::string ready() {
    return fmt::format(R"({{"t":"READY","s":1,"op":0,"d":{{{},"resume_gateway_url":"{}"}}}})", kReady,
                       server->url("/resume"));
  }
  std::string event(int seq, const char* type, const char* data) {
    return fmt::format(R"({{"t":"{}","s":{},"op":0,"d":{}}})", type, seq, data);
  }
  void send(RawServer::Peer & peer, const std::string& payload) {
    peer.send(as_binary ? frame(binary, encode(payload)) : frame(text, payload));
  }
  RawServer::Peer& peer() { return *server->tcp().peers.back(); }

  void start(GatewayOptions options = {}) {
    options.machine.first_pause = 20ms;
    gateway = std::make_unique<Gateway>(
        *context, *rest, Token("SECRET"), std::move(options),
        GatewayListener{[this](const Event& event) { keep(event); },
                        [this](const gateway::Report& report) { reports.push_back(report); }});
    gateway->start();
  }
  void keep(const Event& event) {
    std::visit(
        [this](const auto& what) {
          using What = std::decay_t<decltype(what)>;
          if constexpr (std::is_same_v<What, InteractionCreated>)
            events.push_back(InteractionCreated{what.interaction.clone()});
          else
            events.push_back(what);
        },
        event);
  }
  template <class T>
  std::size_t count() {
    std::size_t number = 0;
    for (const auto& event : events) number += std::holds_alternative<T>(event);
    return number;
  }
  bool is_ready(std::size_t times = 1) {
    return run_until(loop, [&] {
      std::size_t ready = 0;
      for (const auto& report : reports) ready += report.condition == gateway::Condition::ready;
      return ready >= times;
    });
  }
  bool has_events(std::size_t number) {
    return run_until(loop, [&] { return events.size() >= number; });
  }
};

TEST(GatewayDriver, identifies_and_beats) {
  start({.compression = Compression::none});
  CHECK(is_ready());
  STRCMP_CONTAINS("GET /?v=10&encoding=json HTTP/1.1", server->last_request.c_str());
  LONGS_EQUAL(2, got[0]["op"].integer().value_or(0));
  STRCMP_EQUAL("SECRET", got[0]["d"]["token"].text_or("").c_str());
  LONGS_EQUAL(5633, got[0]["d"]["intents"].integer().value_or(0));
  STRCMP_EQUAL("coordinator", got[0]["d"]["properties"]["browser"].text_or("").c_str());
  CHECK(std::get<Ready>(events.at(0)).user == UserId{900000000000000009});
  CHECK(run_until(loop, [&] { return beats >= 3; }));
  CHECK(gateway->stats().latency.has_value());
  CHECK(gateway->ready());
  LONGS_EQUAL(1, gateway->stats().connections);
}

TEST(GatewayDriver, reads_a_zlib_stream) {
  as_binary = true;
  fresh_encoder = [] {
    return [deflate = std::make_shared<Deflate>()](const std::string& text) { return (*deflate)(text); };
  };
  start();
  CHECK(is_ready());
  STRCMP_CONTAINS("compress=zlib-stream", server->last_request.c_str());
  for (int i = 2; i < 50; ++i) send(peer(), event(i, "TYPING_START", R"({"channel_id":"10","user_id":"5"})"));
  CHECK(has_events(49));
  LONGS_EQUAL(49, gateway->session()->seq);
}

TEST(GatewayDriver, reads_a_zstd_stream) {
  as_binary = true;
  fresh_encoder = [] {
    return [squeeze = std::make_shared<Zstd>()](const std::string& text) { return (*squeeze)(text); };
  };
  start({.compression = Compression::zstd_stream});
  CHECK(is_ready());
  STRCMP_CONTAINS("compress=zstd-stream", server->last_request.c_str());
  send(peer(), event(2, "GUILD_CREATE", R"({"id":"1","channels":[{"id":"10","type":0,"name":"a"}]})"));
  CHECK(has_events(2));
  CHECK(std::get<ChannelSeen>(events[1]).guild == GuildId{1});
}

TEST(GatewayDriver, drops_what_concerns_nobody_but_remembers_its_number) {
  start({.compression = Compression::none});
  CHECK(is_ready());
  send(peer(), event(2, "PRESENCE_UPDATE", "{}"));
  for (int n = 0; n < 200; ++n)
    send(peer(), event(3, "MESSAGE_CREATE",
                       R"({"id":"1","channel_id":"2","guild_id":"3","author":{"id":"5"},"content":"chat"})"));
  send(peer(), event(4, "MESSAGE_CREATE",
                     R"({"id":"1","channel_id":"2","author":{"id":"5"},"content":"in private"})"));
  send(
      peer(),
      event(
          5, "MESSAGE_CREATE",
          R"({"id":"1","channel_id":"2","guild_id":"3","author":{"id":"5"},"mentions":[{"id":"900000000000000009"}]})"));
  CHECK(run_until(loop, [&] { return gateway->session() && gateway->session()->seq == 5; }));
  // One a second is told, so that it is known how far the talk has come.
  auto told = count<MessageCreated>() - 2;
  CHECK(told >= 1 && told < 200);
  LONGS_EQUAL(201 - told, gateway->stats().ignored);
  LONGS_EQUAL(5, gateway->session()->seq);
}

TEST(GatewayDriver, resumes_after_a_dropped_connection) {
  on_payload = [this](auto& to, const Json& payload) {
    if (payload["op"].integer() == 2) send(to, ready());
    if (payload["op"].integer() != 6) return;
    send(to, event(3, "MESSAGE_DELETE", R"({"id":"1","channel_id":"2"})"));
    send(to, event(4, "RESUMED", "{}"));
  };
  start({.compression = Compression::none});
  CHECK(is_ready());
  send(peer(), event(2, "TYPING_START", R"({"channel_id":"10","user_id":"5"})"));
  CHECK(has_events(2));
  peer().drop();
  CHECK(is_ready(2));
  STRCMP_CONTAINS("GET /resume/?v=10", server->last_request.c_str());
  LONGS_EQUAL(6, got.back()["op"].integer().value_or(0));
  STRCMP_EQUAL("s1", got.back()["d"]["session_id"].text_or("").c_str());
  LONGS_EQUAL(2, got.back()["d"]["seq"].integer().value_or(0));
  LONGS_EQUAL(1, count<MessageDeleted>());
  LONGS_EQUAL(1, count<Ready>());
  LONGS_EQUAL(1, gateway->stats().resumes);
}

TEST(GatewayDriver, resumes_the_session_of_an_earlier_process_and_knows_who_it_is) {
  on_payload = [this](auto& to, const Json&) {
    send(to, event(42, "MESSAGE_DELETE", R"({"id":"1","channel_id":"2"})"));
    send(to, event(43, "RESUMED", "{}"));
  };
  GatewayOptions options{.compression = Compression::none};
  options.session = GatewaySession{"old", server->url("/resume"), 41, {UserId{9}, ApplicationId{8}, "bot"}};
  start(std::move(options));
  CHECK(is_ready());
  LONGS_EQUAL(0, api->seen.size());
  STRCMP_EQUAL("old", got[0]["d"]["session_id"].text_or("").c_str());
  CHECK(std::get<Ready>(events.at(0)).user == UserId{9});  // before what was missed
  CHECK(std::holds_alternative<MessageDeleted>(events.at(1)));
  CHECK(std::holds_alternative<Resumed>(events.at(2)));
  LONGS_EQUAL(43, gateway->session()->seq);
}

TEST(GatewayDriver, obeys_reconnect_and_takes_a_broken_stream_for_a_reason_to) {
  int said = 0;
  on_payload = [&](auto& to, const Json& payload) {
    if (payload["op"].integer() == 2) send(to, ready());
    if (payload["op"].integer() == 6) send(to, event(++said + 1, "RESUMED", "{}"));
  };
  start({.compression = Compression::none});
  CHECK(is_ready());
  send(peer(), R"({"op":7,"d":null})");
  CHECK(is_ready(2));
  send(peer(), R"({"op":0,"s":9,"t":"MESSAGE_CREATE","d":{)");
  CHECK(is_ready(3));
  LONGS_EQUAL(3, gateway->stats().connections);
}

TEST(GatewayDriver, answers_a_heartbeat_that_is_asked_for_and_ignores_strange_opcodes) {
  interval = 60'000;
  start({.compression = Compression::none});
  CHECK(is_ready());
  send(peer(), R"({"op":4711,"d":{}})");
  send(peer(), R"({"op":1,"d":null})");
  CHECK(run_until(loop, [&] { return beats == 1; }));
}

TEST(GatewayDriver, gives_up_with_a_sentence_when_the_token_is_refused) {
  on_payload = [this](auto& to, const Json&) {
    to.send(frame(close_frame, close_payload(4004, "Authentication failed.")));
  };
  start({.compression = Compression::none});
  CHECK(run_until(
      loop, [&] { return !reports.empty() && reports.back().condition == gateway::Condition::failed; }));
  STRCMP_CONTAINS("Reset Token", reports.back().text.c_str());
  for (const auto& report : reports) CHECK(report.text.find("SECRET") == std::string::npos);
}

TEST(GatewayDriver, gives_up_when_REST_says_that_the_token_is_wrong) {
  api->on_request = [](auto& to, const HttpSeen&) {
    to.send(HttpPeer::answer(401, R"({"message":"401: Unauthorized"})"));
  };
  start();
  CHECK(run_until(
      loop, [&] { return !reports.empty() && reports.back().condition == gateway::Condition::failed; }));
}

TEST(GatewayDriver, leaves_so_that_the_session_lives_on_or_not) {
  start({.compression = Compression::none});
  CHECK(is_ready());
  gateway->stop(true);
  CHECK(run_until(loop, [&] { return close_code != 0; }));
  LONGS_EQUAL(4000, close_code);
  CHECK(gateway->session().has_value());
}

TEST(GatewayDriver, may_be_stopped_and_buried_inside_its_own_event) {
  gateway = std::make_unique<Gateway>(*context, *rest, Token("SECRET"),
                                      GatewayOptions{.compression = Compression::none},
                                      GatewayListener{[this](const Event& event) {
                                                        keep(event);
                                                        gateway->stop(false);
                                                        loop.bury(std::move(gateway));
                                                      },
                                                      {}});
  gateway->start();
  CHECK(has_events(1));
  CHECK(run_until(loop, [&] { return close_code != 0; }));
  LONGS_EQUAL(1000, close_code);
  CHECK(!gateway);
}

TEST(GatewayDriver, sends_a_payload_of_ones_own) {
  start({.compression = Compression::none});
  gateway->send(Json::object().set("op", 3));
  CHECK(is_ready());
  CHECK(run_until(loop, [&] { return got.size() == 2; }));
  LONGS_EQUAL(3, got[1]["op"].integer().value_or(0));
}
