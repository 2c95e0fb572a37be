// The HTTP and websocket server, met by raw sockets: polite ones, slow ones and ones that send garbage.
#include "io/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "io/loop.h"
#include "io/lws_context.h"
#include "io/timer.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;

namespace {

// A peer that says exactly what the test wants, byte by byte.
struct Peer {
  int fd = -1;
  std::string heard;
  bool ended = false;
  int error = 0;

  explicit Peer(int port) {
    fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  explicit Peer(const std::string& path) {
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  ~Peer() { close(fd); }
  Peer(const Peer&) = delete;

  // What the socket does not take at once is dropped: enough for these tests, which say how much they send.
  std::size_t say(std::string_view text) {
    ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  void listen() {
    char buffer[65536];
    for (;;) {
      ssize_t got = recv(fd, buffer, sizeof buffer, 0);
      if (got > 0) heard.append(buffer, static_cast<std::size_t>(got));
      if (got == 0) ended = true;
      if (got < 0 && errno != EAGAIN) ended = true, error = errno;
      if (got <= 0) return;
    }
  }
  bool has(std::string_view text) const { return heard.find(text) != std::string::npos; }
};

// A client's frame: masked with zeroes, which is a mask like any other.
std::string frame(int opcode, std::string_view payload, bool final = true) {
  std::string out;
  out += static_cast<char>((final ? 0x80 : 0) | opcode);
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 255);
  }
  return out + std::string(4, '\0') + std::string(payload);
}

constexpr const char* kUpgrade =
    "GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

}  // namespace

TEST_GROUP(HttpServer) {
  std::unique_ptr<Loop> loop = std::make_unique<Loop>();
  std::unique_ptr<LwsContext> context = std::make_unique<LwsContext>(*loop);
  std::unique_ptr<Timer> tick = std::make_unique<Timer>(*loop, [] {});
  std::unique_ptr<HttpServer> server;
  std::vector<ServerRequest> requests;
  std::list<Responder> held;
  bool hold = false;
  ServerResponse reply{200, {{"x-made-by", "test"}}, "hello"};
  ServerSocket* open = nullptr;
  std::vector<std::pair<std::string, bool>> messages;
  std::vector<int> closed;

  void start(HttpServerOptions options = {}) {
    options.headers.push_back("x-audit-log-reason");
    server = std::make_unique<HttpServer>(*context, options);
    server->on_request([this](ServerRequest request, Responder responder) {
      requests.push_back(std::move(request));
      if (hold)
        held.push_back(std::move(responder));
      else
        responder.send(reply);
    });
    server->on_upgrade(
        [](const ServerRequest& request) -> std::optional<ServerResponse> {
          if (request.path == "/socket") return std::nullopt;
          return ServerResponse{403, {}, ""};
        },
        [this](const ServerRequest&, ServerSocket& socket) {
          open = &socket;
          socket.on_message = [this](std::string_view text, bool binary) {
            messages.emplace_back(text, binary);
          };
          socket.on_closed = [this](int code) {
            closed.push_back(code);
            open = nullptr;
          };
        });
    auto status = server->listen();
    CHECK_TEXT(status, status ? "" : status.error().what.c_str());
    tick->repeat(2ms);
  }

  void teardown() override {
    held.clear();
    server.reset();
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
  bool until_heard(Peer & peer, std::string_view text) {
    return until([&] { return peer.listen(), peer.has(text); });
  }
  bool until_ended(Peer & peer) {
    return until([&] { return peer.listen(), peer.ended; });
  }
};

TEST(HttpServer, AnswersAndKeepsTheConnection) {
  start();
  Peer peer(server->port());
  peer.say(
      "GET /a%20b/%F0%9F%94%A5?x=1&y=a%26b HTTP/1.1\r\nHost: x\r\nUser-Agent: me\r\n"
      "X-Audit-Log-Reason: why%20not\r\n\r\n");
  CHECK(until_heard(peer, "hello"));
  CHECK(peer.has("200"));
  CHECK(peer.has("x-made-by: test"));
  STRCMP_EQUAL("GET", requests[0].method.c_str());
  STRCMP_EQUAL("/a b/\xF0\x9F\x94\xA5", requests[0].path.c_str());
  STRCMP_EQUAL("/a%20b/%F0%9F%94%A5?x=1&y=a%26b", requests[0].target().c_str());
  STRCMP_EQUAL("me", std::string(requests[0].header("user-agent").value_or("")).c_str());
  STRCMP_EQUAL("why%20not", std::string(requests[0].header("x-audit-log-reason").value_or("")).c_str());
  CHECK(requests[0].from_this_machine());
  peer.heard.clear();
  peer.say("GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until_heard(peer, "hello"));
}

TEST(HttpServer, TakesBodiesOfEveryMethodThatHasOne) {
  start();
  for (std::string method : {"POST", "PUT", "PATCH", "DELETE"}) {
    Peer peer(server->port());
    requests.clear();
    peer.say(method +
             " /b HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n01234");
    until([] { return true; });
    loop->run_once(true);
    peer.say("56789");
    CHECK_TEXT(until_heard(peer, "hello"), method.c_str());
    STRCMP_EQUAL("0123456789", requests[0].body.c_str());
    peer.heard.clear();
    peer.say(method + " /c HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    CHECK_TEXT(until_heard(peer, "hello"), method.c_str());
    STRCMP_EQUAL("/c", requests[1].path.c_str());
    peer.heard.clear();
    peer.say(method + " /d HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_TEXT(until_heard(peer, "hello"), method.c_str());
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  start();
  Peer peer(server->port());
  peer.say("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until([&] { return requests.size() == 2; }));
  STRCMP_EQUAL("/1", requests[0].path.c_str());
  STRCMP_EQUAL("/2", requests[1].path.c_str());
}

// libwebsockets would spin over what came behind the first body.
TEST(HttpServer, AnswersTheFirstOfPipelinedBodiesAndHangsUp) {
  start();
  Peer peer(server->port());
  std::string post =
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n0123456789";
  peer.say(post + post + post);
  CHECK(until_heard(peer, "hello"));
  CHECK(until_ended(peer));
  STRCMP_EQUAL("0123456789", requests[0].body.c_str());
  Peer next(server->port());
  next.say(post);
  CHECK(until_heard(next, "hello"));
}

TEST(HttpServer, LetsTheHandlerAnswerLater) {
  start();
  hold = true;
  Peer slow(server->port()), quick(server->port());
  slow.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until([&] { return held.size() == 1; }));
  hold = false;
  quick.say("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until_heard(quick, "hello"));
  CHECK(held.front().waiting());
  held.front().send({201, {}, "late"});
  CHECK(until_heard(slow, "late"));
  CHECK(slow.has("201"));
}

TEST(HttpServer, NoticesThatALongPollerHasGone) {
  start();
  hold = true;
  auto peer = std::make_unique<Peer>(server->port());
  peer->say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until([&] { return held.size() == 1; }));
  peer.reset();
  CHECK(until([&] { return !held.front().waiting(); }));
  held.front().send({200, {}, "nobody"});
}

TEST(HttpServer, AnswersForAForgottenResponder) {
  start();
  hold = true;
  Peer peer(server->port());
  peer.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until([&] { return held.size() == 1; }));
  held.clear();
  CHECK(until_heard(peer, "500"));
}

TEST(HttpServer, CutsAConnectionWithoutAnAnswer) {
  start();
  hold = true;
  Peer peer(server->port());
  peer.say("GET /cut HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until([&] { return held.size() == 1; }));
  held.front().drop();
  CHECK(until_ended(peer));
  STRCMP_EQUAL("", peer.heard.c_str());
  LONGS_EQUAL(ECONNRESET, peer.error);
}

TEST(HttpServer, SendsALongBody) {
  reply.body.assign(3'000'000, 'z');
  reply.body += "end";
  start();
  Peer peer(server->port());
  peer.say("GET /long HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until([&] { return peer.listen(), peer.heard.size() > 3'000'003; }));
  CHECK(until_heard(peer, "zend"));
  CHECK(peer.has("content-length: 3000003"));
}

TEST(HttpServer, RefusesABodyThatIsTooLong) {
  HttpServerOptions options;
  options.body_limit = 1000;
  start(options);
  Peer peer(server->port());
  peer.say("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'));
  CHECK(until_heard(peer, "413"));
  CHECK(until_ended(peer));
  LONGS_EQUAL(0, requests.size());
}

TEST(HttpServer, SendsNoBodyWith204AndHead) {
  start();
  reply = {204, {}, ""};
  Peer peer(server->port());
  peer.say("DELETE /x HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until_heard(peer, "204"));
  CHECK(until_heard(peer, "\r\n\r\n"));
  CHECK(!peer.has("content-length"));
  peer.heard.clear();
  reply = {200, {}, "never"};
  peer.say("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until_heard(peer, "\r\n\r\n"));
  CHECK(!peer.has("never"));
}

TEST(HttpServer, OutlivesGarbage) {
  start();
  std::string noise;
  for (int i = 0; i < 9000; ++i) noise += static_cast<char>(i * 7919 >> 3);
  for (std::string bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00", 7), noise, std::string("\r\n\r\n"),
        std::string("GET\r\n\r\n"), std::string("GET / HTTP/9.9\r\n\r\n"),
        "GET /" + std::string(20000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nA: " + std::string(20000, 'a') + "\r\n\r\n",
        std::string("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\nabc"),
        std::string("POST / HTTP/1.1\r\nContent-Length: zz\r\n\r\nabc"),
        std::string("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"),
        std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}) {
    Peer peer(server->port());
    peer.say(bytes);
    for (int i = 0; i < 5; ++i) loop->run_once(true);
  }
  Peer polite(server->port());
  polite.say("GET /after HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until_heard(polite, "hello"));
}

TEST(HttpServer, HangsUpOnARequestThatDoesNotArrive) {
  HttpServerOptions options;
  options.stall_seconds = 1;
  start(options);
  Peer head(server->port()), body(server->port()), nothing(server->port());
  head.say("GET /slow HT");
  body.say("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n012");
  CHECK(until_ended(head));
  CHECK(until_ended(body));
  CHECK(until_ended(nothing));
  LONGS_EQUAL(0, requests.size());
}

TEST(HttpServer, ServesAUnixSocket) {
  HttpServerOptions options;
  options.unix_path = "/tmp/http_server_test." + std::to_string(getpid());
  start(options);
  Peer peer(options.unix_path);
  peer.say("GET /local HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(until_heard(peer, "hello"));
  CHECK(requests[0].from_this_machine());
  server.reset();
  CHECK(!std::filesystem::exists(options.unix_path));
}

TEST(HttpServer, SaysThatAPortIsTaken) {
  int taken = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  LONGS_EQUAL(0, bind(taken, reinterpret_cast<sockaddr*>(&address), size));
  LONGS_EQUAL(0, ::listen(taken, 1));
  getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size);
  HttpServerOptions options;
  options.port = ntohs(address.sin_port);
  HttpServer second(*context, options);
  auto status = second.listen();
  CHECK(!status);
  STRCMP_CONTAINS("in use", status.error().what.c_str());
  close(taken);
}

TEST(HttpServer, ExchangesWebsocketMessages) {
  start();
  Peer peer(server->port());
  peer.say(kUpgrade);
  CHECK(until_heard(peer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));  // RFC 6455, section 1.3
  CHECK(until([&] { return open != nullptr; }));
  peer.heard.clear();
  open->send_text("first");
  open->send_binary(std::string("\0\1", 2));
  CHECK(until_heard(peer, std::string("\x81\x05"
                                      "first\x82\x02\0\1",
                                      11)));
  peer.say(frame(1, "whole") + frame(1, "ha", false) + frame(0, "lf") + frame(2, "bin"));
  CHECK(until([&] { return messages.size() == 3; }));
  STRCMP_EQUAL("whole", messages[0].first.c_str());
  STRCMP_EQUAL("half", messages[1].first.c_str());
  CHECK(messages[2].second);
  peer.say(frame(9, "ping"));
  CHECK(until_heard(peer, "\x8A\x04ping"));
}

TEST(HttpServer, RefusesAnUpgradeElsewhere) {
  start();
  Peer peer(server->port());
  std::string elsewhere = kUpgrade;
  peer.say(elsewhere.replace(elsewhere.find("/socket"), 7, "/nowhere"));
  CHECK(until_heard(peer, "403"));
  POINTERS_EQUAL(nullptr, open);
}

TEST(HttpServer, ClosesAWebsocketWithCodeAndReason) {
  start();
  Peer peer(server->port());
  peer.say(kUpgrade);
  CHECK(until([&] { return open != nullptr; }));
  open->send_text("last words");
  open->close(4004, "no token");
  CHECK(until_heard(peer, "\x88\x0A\x0F\xA4no token"));
  CHECK(peer.has("last words"));
  peer.say(frame(8, "\x0F\xA4"));
  CHECK(until([&] { return closed.size() == 1; }));
  LONGS_EQUAL(4004, closed[0]);
}

TEST(HttpServer, HearsThePeersCloseCode) {
  start();
  Peer peer(server->port());
  peer.say(kUpgrade);
  CHECK(until([&] { return open != nullptr; }));
  peer.say(frame(8,
                 "\x0F\xA0"
                 "bye"));
  CHECK(until([&] { return closed.size() == 1; }));
  LONGS_EQUAL(4000, closed[0]);
}

TEST(HttpServer, HearsThatAPeerVanished) {
  start();
  auto peer = std::make_unique<Peer>(server->port());
  peer->say(kUpgrade);
  CHECK(until([&] { return open != nullptr; }));
  peer.reset();
  CHECK(until([&] { return closed.size() == 1; }));
  LONGS_EQUAL(1006, closed[0]);
}

TEST(HttpServer, DropsAWebsocketWithoutACloseFrame) {
  start();
  Peer peer(server->port());
  peer.say(kUpgrade);
  CHECK(until([&] { return open != nullptr; }));
  peer.listen();
  peer.heard.clear();
  open->drop();
  CHECK(until_ended(peer));
  LONGS_EQUAL(ECONNRESET, peer.error);
  STRCMP_EQUAL("", peer.heard.c_str());
  CHECK(until([&] { return closed.size() == 1; }));
}

TEST(HttpServer, ClosesAWebsocketThatSaysTooMuch) {
  HttpServerOptions options;
  options.message_limit = 100;
  start(options);
  Peer peer(server->port());
  peer.say(kUpgrade);
  CHECK(until([&] { return open != nullptr; }));
  peer.say(frame(1, std::string(60, 'a'), false) + frame(0, std::string(60, 'b')));
  CHECK(until_heard(peer, "\x03\xF1"));  // 1009
  LONGS_EQUAL(0, messages.size());
}

TEST(HttpServer, DropsAWebsocketThatDoesNotRead) {
  HttpServerOptions options;
  options.backlog_limit = 100'000;
  start(options);
  Peer peer(server->port());
  peer.say(kUpgrade);
  CHECK(until([&] { return open != nullptr; }));
  CHECK(until([&] {
    for (int i = 0; open && i < 100; ++i) open->send_text(std::string(1000, 'x'));
    return open == nullptr;
  }));
  LONGS_EQUAL(1, closed.size());
}

TEST(HttpServer, EndsWithOpenConnections) {
  start();
  hold = true;
  Peer waiting(server->port()), socket(server->port()), idle(server->port());
  waiting.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  socket.say(kUpgrade);
  CHECK(until([&] { return held.size() == 1 && open; }));
  server.reset();
  CHECK(until_ended(waiting));
  CHECK(until_ended(socket));
  CHECK(!held.front().waiting());
  LONGS_EQUAL(0, closed.size());
}
