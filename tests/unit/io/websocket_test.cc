// The websocket client against a real socket: frames whole and broken, every way to end, and who may be
// trusted.
#include "io/websocket.h"

#include <libwebsockets.h>

#include <memory>
#include <string>
#include <vector>

#include "io/loop.h"
#include "io/lws_context.h"
#include "io/tls_server.h"
#include "io/websocket_peer.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::test;

namespace {

struct Record {
  bool opened = false, closed = false;
  std::vector<std::string> messages;
  std::optional<int> code;
  std::string reason;
  int closings = 0;

  io::WebSocketListener listener() {
    return {[this] { opened = true; }, [this](std::string_view bytes, bool) { messages.emplace_back(bytes); },
            [this](std::optional<int> with, const std::string& why) {
              closed = true, code = with, reason = why, ++closings;
            }};
  }
};

}  // namespace

TEST_GROUP(WebSocket) {
  io::Loop loop;
  std::unique_ptr<io::LwsContext> context = std::make_unique<io::LwsContext>(loop);
  std::unique_ptr<WebSocketServer> server = std::make_unique<WebSocketServer>(loop);
  Record record;
  std::unique_ptr<io::WebSocket> socket;

  void connect(io::WebSocketOptions options = {}) {
    socket = std::make_unique<io::WebSocket>(*context, server->url("/gate?v=10"), record.listener(), options);
  }
  WebSocketServer::Peer& peer() { return *server->tcp().peers.back(); }
  void open(io::WebSocketOptions options = {}) {
    connect(options);
    CHECK(run_until(loop, [&] { return record.opened; }));
  }
  bool closed() {
    return run_until(loop, [&] { return record.closed; });
  }
  bool messages(std::size_t count) {
    return run_until(loop, [&] { return record.messages.size() >= count; });
  }
  void teardown() override {
    socket.reset();
    server.reset();
    context.reset();
    for (int i = 0; i < 3; ++i) loop.run_once(false);
  }
};

TEST(WebSocket, opens_with_the_path_and_the_name_that_it_was_given) {
  io::WebSocketOptions options;
  options.user_agent = "DiscordBot (test, 1)";
  open(options);
  STRCMP_CONTAINS("GET /gate?v=10 HTTP/1.1", server->last_request.c_str());
  STRCMP_CONTAINS("DiscordBot (test, 1)", server->last_request.c_str());
  STRCMP_CONTAINS(("127.0.0.1:" + std::to_string(server->tcp().port())).c_str(),
                  server->last_request.c_str());
}

TEST(WebSocket, hands_over_messages_of_every_length_and_shape) {
  std::string large(200'000, 'x');
  server->on_open = [&](auto& at) {
    at.send(frame(text, "one") + frame(text, "two"));
    at.send(frame(text, "frag", false) + frame(continuation, "men", false) + frame(continuation, "ted"));
    at.send(frame(ping, "still there?") + frame(binary, large));
    at.send(frame(text, ""));
    at.send(frame(text, "last"));
  };
  connect();
  CHECK(messages(5));
  run_until(loop, [&] { return record.messages.back() == "last"; });
  STRCMP_EQUAL("one", record.messages[0].c_str());
  STRCMP_EQUAL("two", record.messages[1].c_str());
  STRCMP_EQUAL("fragmented", record.messages[2].c_str());
  CHECK(record.messages[3] == large);
  STRCMP_EQUAL("last", record.messages.back().c_str());
}

TEST(WebSocket, sends_in_order) {
  std::vector<std::string> got;
  server->on_frame = [&](auto&, int, const std::string& payload) { got.push_back(payload); };
  open();
  for (int i = 0; i < 20; ++i) socket->send("message " + std::to_string(i) + std::string(1000, '.'));
  CHECK(run_until(loop, [&] { return got.size() == 20; }));
  STRCMP_CONTAINS("message 0.", got.front().c_str());
  STRCMP_CONTAINS("message 19.", got.back().c_str());
}

TEST(WebSocket, tells_the_code_and_the_reason_of_the_peer) {
  server->on_open = [](auto& at) {
    at.send(frame(close_frame, close_payload(4004, "Authentication failed.")));
  };
  connect();
  CHECK(closed());
  CHECK(record.code == 4004);
  STRCMP_EQUAL("Authentication failed.", record.reason.c_str());
}

TEST(WebSocket, tells_a_close_without_a_code_from_a_dropped_connection) {
  server->on_open = [](auto& at) { at.send(frame(close_frame, "")); };
  connect();
  CHECK(closed());
  CHECK(record.code == 1005);

  record = {};
  server->on_open = [](auto& at) { at.drop(); };
  connect();
  CHECK(closed());
  CHECK(record.opened);
  CHECK(!record.code);
}

TEST(WebSocket, sends_its_own_close_code_after_what_waited) {
  std::vector<std::string> got;
  int close_code = 0;
  server->on_frame = [&](auto& at, int opcode, const std::string& payload) {
    if (opcode != close_frame) return got.push_back(payload);
    close_code = static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
    at.send(frame(close_frame, payload));
  };
  open();
  socket->send("first this");
  socket->close(4000, "zombie");
  CHECK(closed());
  LONGS_EQUAL(4000, close_code);
  LONGS_EQUAL(1, got.size());
  CHECK(!record.code);
  LONGS_EQUAL(1, record.closings);
}

TEST(WebSocket, says_its_farewell_even_when_it_dies_first) {
  int close_code = 0;
  server->on_frame = [&](auto&, int, const std::string& payload) {
    close_code = static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
  };
  open();
  socket->close(4123);
  socket.reset();
  CHECK(run_until(loop, [&] { return close_code != 0; }));
  LONGS_EQUAL(4123, close_code);
  CHECK(!record.closed);
}

TEST(WebSocket, refuses_a_message_over_the_cap) {
  io::WebSocketOptions options;
  options.max_message = 1000;
  server->on_open = [](auto& at) { at.send(frame(text, std::string(2000, 'x'))); };
  connect(options);
  CHECK(closed());
  CHECK(!record.code);
  STRCMP_CONTAINS("longer than 1000 bytes", record.reason.c_str());
  CHECK(record.messages.empty());
}

TEST(WebSocket, gives_up_on_a_server_that_does_not_read) {
  io::WebSocketOptions options;
  options.max_unsent = 10'000;
  open(options);
  for (int i = 0; i < 20; ++i) socket->send(std::string(1000, 'x'));
  CHECK(closed());
  STRCMP_CONTAINS("does not read", record.reason.c_str());
}

TEST(WebSocket, gives_up_when_the_server_never_answers) {
  RawServer silent(loop);
  io::WebSocketOptions options;
  options.connect_timeout = 100ms;
  socket = std::make_unique<io::WebSocket>(*context, "ws://127.0.0.1:" + std::to_string(silent.port()),
                                           record.listener(), options);
  CHECK(closed());
  STRCMP_CONTAINS("in time", record.reason.c_str());
}

TEST(WebSocket, tells_a_refused_upgrade_and_tries_no_other_address) {
  server->refuse_with = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n";
  connect();
  CHECK(closed());
  CHECK(!record.opened);
  LONGS_EQUAL(1, server->tcp().peers.size());
}

TEST(WebSocket, tries_every_address_of_a_name) {
  // localhost is ::1 and 127.0.0.1 on most machines, and the server listens on the second only.
  socket = std::make_unique<io::WebSocket>(*context, "ws://localhost:" + std::to_string(server->tcp().port()),
                                           record.listener());
  CHECK(run_until(loop, [&] { return record.opened || record.closed; }));
  CHECK(record.opened);
}

TEST(WebSocket, tells_that_nobody_listens) {
  std::string url = server->url();
  server.reset();
  socket = std::make_unique<io::WebSocket>(*context, url, record.listener());
  CHECK(!record.closed);
  CHECK(closed());
  CHECK(!record.code);
  STRCMP_CONTAINS("cannot connect to 127.0.0.1", record.reason.c_str());
}

TEST(WebSocket, refuses_plain_connections_to_other_machines) {
  for (const char* url : {"ws://gateway.discord.gg/", "ws://127.0.0.1.example.org", "ws://0177.0.0.1/",
                          "http://127.0.0.1/", "nonsense"}) {
    record = {};
    socket = std::make_unique<io::WebSocket>(*context, url, record.listener());
    CHECK(closed());
    CHECK(!record.opened);
  }
  STRCMP_CONTAINS("not a URL", record.reason.c_str());
}

TEST(WebSocket, trusts_an_authority_that_it_was_given) {
  io::WebSocketOptions options;
  options.ca_file = TEST_DATA "/tls/ca.pem";
  std::string url = "wss://localhost:" + std::to_string(start_tls_server(*context));
  socket = std::make_unique<io::WebSocket>(*context, url, record.listener(), options);
  CHECK(messages(1));
  STRCMP_EQUAL("hello", record.messages[0].c_str());
}

TEST(WebSocket, refuses_a_certificate_that_nobody_trusts) {
  std::string url = "wss://localhost:" + std::to_string(start_tls_server(*context));
  socket = std::make_unique<io::WebSocket>(*context, url, record.listener());
  CHECK(closed());
  CHECK(!record.opened);
  STRCMP_CONTAINS("cannot connect to localhost", record.reason.c_str());
}

TEST(WebSocket, refuses_a_certificate_for_another_name) {
  io::WebSocketOptions options;
  options.ca_file = TEST_DATA "/tls/ca.pem";
  std::string url = "wss://127.0.0.1:" + std::to_string(start_tls_server(*context));
  socket = std::make_unique<io::WebSocket>(*context, url, record.listener(), options);
  CHECK(closed());
  CHECK(!record.opened);
}

TEST(WebSocket, may_be_buried_inside_its_own_callback) {
  server->on_open = [](auto& at) { at.send(frame(text, "die") + frame(text, "unheard")); };
  io::WebSocketListener listener = record.listener();
  listener.message = [&](std::string_view bytes, bool) {
    record.messages.emplace_back(bytes);
    socket->mute();
    loop.bury(std::move(socket));
  };
  socket = std::make_unique<io::WebSocket>(*context, server->url(), listener);
  CHECK(messages(1));
  CHECK(run_until(loop, [&] { return peer().gone; }));
  LONGS_EQUAL(1, record.messages.size());
  CHECK(!record.closed);
}

TEST(WebSocket, may_be_destroyed_while_it_connects) {
  connect();
  socket.reset();
  connect();
  loop.run_once(false);
  socket.reset();
  for (int i = 0; i < 5; ++i) loop.run_once(false);
  CHECK(!record.closed);
}
