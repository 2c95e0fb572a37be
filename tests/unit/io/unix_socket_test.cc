// Unix sockets on the loop: both ends are ours.
#include "io/unix_socket.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "io/loop.h"
#include "io/temporary.h"
#include "io/timer.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;

TEST_GROUP(UnixSocket) {
  TemporaryDirectory directory;
  Loop loop;
  std::unique_ptr<UnixListener> listener;
  std::unique_ptr<PipeStream> server, client;
  std::string at_server, at_client;
  bool server_ended = false, client_ended = false;

  void teardown() override {
    listener.reset();
    server.reset();
    client.reset();
  }

  Status listen(const std::string& path) {
    auto made = UnixListener::listen(loop, path, [this](int fd) {
      server = std::make_unique<PipeStream>(
          loop, PipeStream::Callbacks{[this](std::string_view bytes) { at_server += bytes; },
                                      [this] { server_ended = true; }});
      CHECK_TRUE(server->open(fd).has_value());
      server->read();
    });
    if (!made) return tl::unexpected(made.error());
    listener = std::move(*made);
    return {};
  }
  Status connect(const std::string& path, std::size_t cap = PipeStream::kUnsentCap) {
    auto made = connect_unix(
        loop, path, {[this](std::string_view bytes) { at_client += bytes; }, [this] { client_ended = true; }},
        cap);
    if (!made) return tl::unexpected(made.error());
    client = std::move(*made);
    return {};
  }
  template <class Condition>
  bool until(Condition condition) {
    bool late = false;
    Timer guard(loop, [&late] { late = true; });
    guard.start(20s);
    while (!condition() && !late) loop.run_once(true);
    return !late;
  }
};

TEST(UnixSocket, CarriesBytesBothWays) {
  CHECK_TRUE(listen(directory / "s").has_value());
  CHECK_TRUE(connect(directory / "s").has_value());
  CHECK_TRUE(client->write("ask").has_value());
  CHECK_TRUE(until([this] { return at_server == "ask"; }));
  CHECK_TRUE(server->write("tell").has_value());
  CHECK_TRUE(until([this] { return at_client == "tell"; }));
  LONGS_EQUAL(getpid(), peer_pid(*client));
}

TEST(UnixSocket, TellsTheEndOnce) {
  CHECK_TRUE(listen(directory / "s").has_value());
  CHECK_TRUE(connect(directory / "s").has_value());
  CHECK_TRUE(until([this] { return server != nullptr; }));
  CHECK_TRUE(client->write("last").has_value());
  client->finish();
  CHECK_TRUE(until([this] { return server_ended; }));
  STRCMP_EQUAL("last", at_server.c_str());
  CHECK_FALSE(client_ended);
  CHECK_FALSE(client->write("more").has_value());
}

TEST(UnixSocket, RefusesToHoldMoreThanItsCap) {
  CHECK_TRUE(listen(directory / "s").has_value());
  CHECK_TRUE(connect(directory / "s", 1'000'000).has_value());
  CHECK_TRUE(until([this] { return server != nullptr; }));
  server->pause();
  std::size_t taken = 0;
  while (taken < 10'000'000 && client->write(std::string(100'000, 'x'))) taken += 100'000;
  CHECK_TRUE(taken >= 1'000'000);
  CHECK_TRUE(taken < 10'000'000);
  CHECK_TRUE(client->unsent() <= 1'000'000);
  server->read();
  CHECK_TRUE(until([&] { return at_server.size() == taken; }));
}

TEST(UnixSocket, IsForItsUserOnly) {
  CHECK_TRUE(listen(directory / "s").has_value());
  struct stat found {};
  LONGS_EQUAL(0, stat((directory / "s").c_str(), &found));
  LONGS_EQUAL(0600, found.st_mode & 07777);
}

TEST(UnixSocket, MayHaveALongPath) {
  std::string deep = directory.path;
  for (int i = 0; i < 4; ++i) deep += "/" + std::string(100, static_cast<char>('a' + i));
  std::filesystem::create_directories(deep);
  CHECK_TRUE(listen(deep + "/s").has_value());
  CHECK_TRUE(connect(deep + "/s").has_value());
  listener.reset();
  CHECK_FALSE(std::filesystem::exists(deep + "/s"));
}

TEST(UnixSocket, TakesThePlaceOfADeadOneButNotOfALivingOne) {
  CHECK_TRUE(listen(directory / "s").has_value());
  auto again = UnixListener::listen(loop, directory / "s", [](int fd) { close(fd); });
  CHECK_FALSE(again.has_value());
  STRCMP_CONTAINS("somebody listens on", again.error().what.c_str());
  listener.reset();
  CHECK_TRUE(listen(directory / "s").has_value());
  std::filesystem::rename(directory / "s", directory / "kept");
  listener.reset();
  std::filesystem::rename(directory / "kept", directory / "s");
  CHECK_TRUE(listen(directory / "s").has_value());
}

TEST(UnixSocket, SaysThatNobodyIsThere) {
  auto missing = connect(directory / "none");
  CHECK_FALSE(missing.has_value());
  STRCMP_CONTAINS("nobody answers on", missing.error().what.c_str());
  auto nowhere = connect(directory / "no/such/place");
  STRCMP_CONTAINS("cannot open", nowhere.error().what.c_str());
}

TEST(UnixSocket, DoesNotRemoveAFileThatIsNoSocket) {
  TemporaryDirectory::put(directory / "s", "a file");
  CHECK_FALSE(listen(directory / "s").has_value());
  STRCMP_EQUAL("a file", TemporaryDirectory::content(directory / "s").c_str());
}
