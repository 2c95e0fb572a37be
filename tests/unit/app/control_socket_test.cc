// The control socket: requests and answers of one line, caps, silence; and the command that asks.
#include "app/control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "app/control_client.h"
#include "io/file.h"
#include "io/loop.h"
#include "io/temporary.h"
#include "io/timer.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;

namespace {

// A client of plain system calls.
struct Peer {
  explicit Peer(const std::string& path) : fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    connected = ::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
  }
  bool send(std::string_view bytes) {
    return ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  // False once the other side has closed.
  bool read() {
    char bytes[65536];
    ssize_t size = ::read(fd.get(), bytes, sizeof bytes);
    if (size > 0) heard.append(bytes, static_cast<std::size_t>(size));
    return size > 0 || (size < 0 && errno == EAGAIN);
  }
  io::Descriptor fd;
  bool connected = false;
  std::string heard;
};

}  // namespace

TEST_GROUP(ControlSocket) {
  TemporaryDirectory directory;
  std::string path = control_path(directory.path);
  io::Loop loop;
  io::Timer patience{loop, [] {}}, look{loop, [] {}};
  std::unique_ptr<ControlSocket> socket;
  std::vector<ControlSocket::Answer> later;

  void setup() override {
    std::signal(SIGPIPE, SIG_IGN);  // as in the daemon
    open(10s);
  }
  void teardown() override { std::signal(SIGPIPE, SIG_DFL); }
  void open(Millis silence) {
    socket.reset();
    socket = std::move(*ControlSocket::open(loop, path, silence));
    socket->handle("echo", [](JsonView request, const ControlSocket::Answer& answer) {
      answer(Json::clone(request["value"]));
    });
    socket->handle("fail",
                   [](JsonView, const ControlSocket::Answer& answer) { answer(fail("no, \"never\"\n")); });
    socket->handle("later",
                   [this](JsonView, ControlSocket::Answer answer) { later.push_back(std::move(answer)); });
  }
  void until(const std::function<bool()>& condition) {
    patience.start(10s);
    look.repeat(5ms);
    while (!condition() && patience.active()) loop.run_once(true);
    CHECK_TRUE(condition());
    patience.stop();
    look.stop();
  }
  void hears(Peer & peer, const std::string& expected) {
    until([&] { return peer.read(), peer.heard.size() >= expected.size(); });
    STRCMP_EQUAL(expected.c_str(), peer.heard.c_str());
    peer.heard.clear();
  }
  void closed(Peer & peer) {
    until([&] { return !peer.read(); });
  }
};

TEST(ControlSocket, AnswersEachLineInItsOrder) {
  Peer peer(path);
  peer.send(
      "{\"request\":\"echo\",\"value\":{\"a\":[1,\"é\"]}}\n{\"request\":\"fail\"}\r\n{\"request\":\"echo\","
      "\"va");
  hears(peer, "{\"answer\":{\"a\":[1,\"é\"]}}\n{\"error\":\"no, \\\"never\\\"\\n\"}\n");
  peer.send("lue\":7}\n");
  hears(peer, "{\"answer\":7}\n");
}

TEST(ControlSocket, IsForItsUserOnly) {
  struct stat info;
  CHECK_EQUAL(0, ::stat(path.c_str(), &info));
  LONGS_EQUAL(0600, info.st_mode & 07777);
  CHECK_FALSE(ControlSocket::open(loop, path).has_value());
}

TEST(ControlSocket, AnAnswerMayComeLater) {
  Peer peer(path), other(path);
  peer.send("{\"request\":\"later\"}\n{\"request\":\"echo\",\"value\":1}\n");
  until([&] { return later.size() == 1; });
  other.send("{\"request\":\"echo\",\"value\":2}\n");  // nobody waits for somebody else
  hears(other, "{\"answer\":2}\n");
  CHECK_TRUE(peer.read() && peer.heard.empty());
  later[0](Json("now"));
  later[0](Json("twice"));
  hears(peer, "{\"answer\":\"now\"}\n{\"answer\":1}\n");
}

TEST(ControlSocket, AnAnswerToNobodyDoesNothing) {
  {
    Peer peer(path);
    peer.send("{\"request\":\"later\"}\n");
    until([&] { return later.size() == 1; });
  }
  later[0](Json("gone"));
  for (int i = 0; i < 10; ++i) loop.run_once(false);
  Peer peer(path);
  peer.send("{\"request\":\"later\"}\n");
  until([&] { return later.size() == 2; });
  socket.reset();
  later[1](Json("gone"));
  CHECK_FALSE(io::read_file(path, 1).has_value());
}

TEST(ControlSocket, WhatIsNoRequestIsSaid) {
  Peer peer(path);
  peer.send("hello\n");
  until([&] { return peer.read(), peer.heard.ends_with('\n'); });
  CHECK_TEXT(peer.heard.starts_with("{\"error\":\"the request is not JSON: "), peer.heard.c_str());
  peer.heard.clear();
  peer.send("[]\n");
  hears(peer, "{\"error\":\"there is no request \\\"\\\"; there are: echo, fail, later\"}\n");
  peer.send("{\"request\":\"rm\"}\n");
  hears(peer, "{\"error\":\"there is no request \\\"rm\\\"; there are: echo, fail, later\"}\n");
}

TEST(ControlSocket, ALongRequestIsTheLast) {
  Peer peer(path);
  std::string most = "{\"request\":\"echo\",\"value\":\"";
  most += std::string(ControlSocket::kLongestRequest - most.size() - 2, 'x') + "\"}";
  for (std::string_view left = most; !left.empty();
       left.remove_prefix(std::min<std::size_t>(8192, left.size()))) {
    CHECK_TRUE(peer.send(left.substr(0, 8192)));
    loop.run_once(false);
  }
  peer.send("\n");
  until([&] { return peer.read(), peer.heard.ends_with("x\"}\n"); });
  peer.heard.clear();
  std::string chunk(8192, 'y');
  until([&] { return peer.send(chunk), peer.read(), !peer.heard.empty(); });
  hears(peer, "{\"error\":\"a request may have 65536 bytes\"}\n");
  closed(peer);
}

TEST(ControlSocket, SixteenAreServedAtOnce) {
  std::vector<std::unique_ptr<Peer>> peers;
  for (std::size_t i = 0; i < ControlSocket::kMostClients; ++i) {
    peers.push_back(std::make_unique<Peer>(path));
    peers.back()->send("{\"request\":\"echo\",\"value\":1}\n");
    hears(*peers.back(), "{\"answer\":1}\n");
  }
  Peer more(path);
  hears(more, "{\"error\":\"the daemon serves 16 programs already: try again in a moment\"}\n");
  closed(more);
  peers.pop_back();
  for (int i = 0; i < 10; ++i) loop.run_once(false);  // until it is seen that one has gone
  Peer next(path);
  next.send("{\"request\":\"echo\",\"value\":1}\n");
  hears(next, "{\"answer\":1}\n");
}

TEST(ControlSocket, WhoSaysNothingIsLetGo) {
  open(50ms);
  Peer silent(path), slow(path);
  slow.send("{\"request\":\"later\"}\n");
  closed(silent);
  until([&] { return later.size() == 1; });
  until(
      [&, n = 0]() mutable { return ++n > 30; });  // longer than the silence: it waits for us, not we for it
  later[0](Json(true));
  hears(slow, "{\"answer\":true}\n");
  closed(slow);
}

TEST(ControlSocket, TheClientAsksAndIsAnswered) {
  tl::expected<Json, ControlError> answers[3];
  bool over = false;
  std::thread asker([&] {
    answers[0] = ask_daemon(
        path, Json::object().set("request", "echo").set("value", std::string(1000000, 'x').c_str()));
    answers[1] = ask_daemon(path, Json::object().set("request", "fail"));
    answers[2] = ask_daemon(path, Json::object().set("request", "later"), 100ms);
    over = true;
  });
  until([&] { return over; });
  asker.join();
  CHECK_FALSE(answers[0].has_value());  // over the cap
  CHECK_TRUE(answers[1].error().failure == ControlFailure::refused);
  STRCMP_EQUAL("no, \"never\"\n", answers[1].error().what.c_str());
  CHECK_TRUE(answers[2].error().failure == ControlFailure::no_daemon);
  STRCMP_EQUAL("the daemon has not answered for 0 s", answers[2].error().what.c_str());
}

TEST(ControlSocket, WithoutADaemonTheClientSaysSo) {
  socket.reset();
  auto answer = ask_daemon(path, Json::object().set("request", "echo"));
  CHECK_TRUE(answer.error().failure == ControlFailure::no_daemon);
  STRCMP_EQUAL(("no daemon runs (" + path +
                " is not there): start coordinatord, or name its state directory with --state")
                   .c_str(),
               answer.error().what.c_str());
  {  // as a daemon leaves it that was killed
    io::Descriptor dead(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    CHECK_EQUAL(0, ::bind(dead.get(), reinterpret_cast<sockaddr*>(&name), sizeof name));
  }
  answer = ask_daemon(path, Json::object().set("request", "echo"));
  STRCMP_EQUAL(("no daemon runs; one that was ended left " + path +
                ": start coordinatord, or name its state directory with --state")
                   .c_str(),
               answer.error().what.c_str());
}

TEST(ControlSocket, TheClientLooksWhereTheDaemonIs) {
  Environment environment{{"XDG_STATE_HOME", directory / "none"}};
  STRCMP_EQUAL(path.c_str(), find_control_socket(directory.path, environment)->c_str());
  STRCMP_EQUAL((directory / "none/coordinator/control.sock").c_str(),
               find_control_socket({}, environment)->c_str());
  environment = {{"STATE_DIRECTORY", directory.path}};
  STRCMP_EQUAL(path.c_str(), find_control_socket({}, environment)->c_str());
}
