// Downloads against a real socket: what arrives is on the disk, and every way in which it does not arrive.
#include "io/download.h"

#include <fcntl.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "io/http_peer.h"
#include "io/loop.h"
#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::test;
using Kind = io::DownloadError::Kind;

TEST_GROUP(Download) {
  io::Loop loop;
  std::unique_ptr<HttpPeer> server = std::make_unique<HttpPeer>(loop);
  std::unique_ptr<io::HttpClient> client = std::make_unique<io::HttpClient>(loop);
  TemporaryDirectory directory;
  std::unique_ptr<io::Download> download;
  std::optional<tl::expected<std::uint64_t, io::DownloadError>> result;

  void begin(std::uint64_t most = 10'000'000, Millis timeout = 10s) {
    io::Descriptor file(::open((directory / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    download = std::make_unique<io::Download>(loop, *client, server->url("/a.bin"), std::move(file), most,
                                              timeout, [this](const auto& got) { result = got; });
  }
  bool over() {
    return run_until(loop, [&] { return result.has_value(); });
  }
  Kind error() {
    CHECK_TRUE(over());
    CHECK_FALSE(result->has_value());
    return result->error().kind;
  }
  void answer_with(std::string text) {
    server->on_request = [text](auto& peer, const auto&) { peer.send(text); };
  }
  std::string written() {
    std::ifstream file(directory / "file", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void teardown() override {
    download.reset();
    client.reset();
    server.reset();
    for (int i = 0; i < 20; ++i) loop.run_once(false);
  }
};

TEST(Download, PutsAllOfItOnTheDisk) {
  std::string body(3'000'000, 'x');
  body += "the end";
  answer_with(HttpPeer::answer(200, body));
  begin();
  CHECK_TRUE(over());
  LONGS_EQUAL(body.size(), result->value());
  CHECK(written() == body);
  STRCMP_EQUAL("", server->seen[0].header("Authorization").c_str());
  STRCMP_EQUAL("", server->seen[0].header("Accept-Encoding").c_str());
}

TEST(Download, AnEmptyFileIsOne) {
  answer_with(HttpPeer::answer(200, ""));
  begin();
  CHECK_TRUE(over());
  LONGS_EQUAL(0, result->value());
}

TEST(Download, EndsWhereItIsTooLarge) {
  answer_with(HttpPeer::answer(200, std::string(5000, 'x')));
  begin(4999);
  CHECK(error() == Kind::too_large);
}

TEST(Download, TakesAsMuchAsItMay) {
  answer_with(HttpPeer::answer(200, std::string(5000, 'x')));
  begin(5000);
  CHECK_TRUE(over());
  LONGS_EQUAL(5000, result->value());
}

TEST(Download, GoesNowhereElse) {
  answer_with(HttpPeer::answer(302, "", "Location: " + server->url("/elsewhere") + "\r\n"));
  begin();
  CHECK(error() == Kind::refused);
  LONGS_EQUAL(302, result->error().status);
  LONGS_EQUAL(1, server->seen.size());
}

TEST(Download, IsRefusedWhereTheLinkHasExpired) {
  answer_with(HttpPeer::answer(404, "This content is no longer available."));
  begin();
  CHECK(error() == Kind::refused);
  LONGS_EQUAL(404, result->error().status);
  STRCMP_EQUAL("", written().c_str());
}

TEST(Download, IsLostWhereItIsCutShort) {
  server->on_request = [](auto& peer, const auto&) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it");
    peer.hang_up();
  };
  begin();
  CHECK(error() == Kind::lost);
}

TEST(Download, IsLostWhereThePeerIsTooSlow) {
  answer_with("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it");
  begin(1000, 300ms);
  CHECK(error() == Kind::lost);
}

TEST(Download, TellsNobodyOnceItIsGone) {
  answer_with(HttpPeer::answer(200, std::string(3'000'000, 'x')));
  begin();
  CHECK_TRUE(run_until(loop, [&] { return !written().empty(); }));
  download.reset();
  for (int i = 0; i < 50; ++i) loop.run_once(false);
  CHECK_FALSE(result.has_value());
}
