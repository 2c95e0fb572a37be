// Attachments on their way from a real socket to a real directory.
#include "app/attachment_fetcher.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "io/http_peer.h"
#include "io/loop.h"
#include "io/temporary.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::test;
using State = store::AttachmentState;
namespace fs = std::filesystem;

TEST_GROUP(AttachmentFetcher) {
  io::Loop loop;
  std::unique_ptr<HttpPeer> server = std::make_unique<HttpPeer>(loop);
  TemporaryDirectory project;
  std::vector<chat::FilesFetched> told;
  std::unique_ptr<app::AttachmentFetcher> fetcher;

  void setup() override { open({true, 0}); }
  void open(app::AttachmentFetcher::Options options) {
    fetcher = std::make_unique<app::AttachmentFetcher>(
        loop, options, [this](const chat::FilesFetched& fetched) { told.push_back(fetched); });
  }
  void teardown() override {
    fetcher.reset();
    server.reset();
    for (int i = 0; i < 20; ++i) loop.run_once(false);
  }
  store::Attachment file(const std::string& name) {
    store::Attachment attachment;
    attachment.name = name;
    attachment.url = server->url("/" + name);
    return attachment;
  }
  void ask(std::uint64_t message, std::vector<store::Attachment> files) {
    fetcher->fetch({MessageId{message}, project.path, std::move(files), 1000});
  }
  State fetch(std::uint64_t message, const store::Attachment& wanted) {
    std::size_t before = told.size();
    ask(message, {wanted});
    CHECK_TRUE(run_until(loop, [&] { return told.size() > before; }));
    return told.back().attachments.at(0).state;
  }
  void answer_with(std::string text) {
    server->on_request = [text](auto& peer, const auto&) { peer.send(text); };
  }
  std::string inbox(const std::string& rest) { return project / (".coordinator/inbox/" + rest); }
};

TEST(AttachmentFetcher, BringsAFileAndTellsWhatItIs) {
  answer_with(HttpPeer::answer(200, "%PDF-1.7"));
  CHECK(fetch(5, file("a.pdf")) == State::there);
  STRCMP_EQUAL("application/pdf", told[0].attachments[0].type.c_str());
  LONGS_EQUAL(8, told[0].attachments[0].bytes);
  STRCMP_EQUAL("%PDF-1.7", TemporaryDirectory::content(inbox("5/a.pdf")).c_str());
  LONGS_EQUAL(1, std::distance(fs::directory_iterator(inbox("5")), fs::directory_iterator()));
}

TEST(AttachmentFetcher, AsksForNoneThatIsThere) {
  answer_with(HttpPeer::answer(200, "x"));
  fetch(5, file("a"));
  CHECK(fetch(5, file("a")) == State::there);
  LONGS_EQUAL(1, server->seen.size());
}

TEST(AttachmentFetcher, SaysWhyOneIsNotThere) {
  answer_with(HttpPeer::answer(404));
  CHECK(fetch(5, file("a")) == State::gone);
  answer_with(HttpPeer::answer(500));
  CHECK(fetch(5, file("a")) == State::unreachable);
  answer_with(HttpPeer::answer(200, std::string(1001, 'x')));
  CHECK(fetch(5, file("a")) == State::too_large);
  CHECK_TRUE(run_until(loop, [&] { return fs::is_empty(inbox("5")); }));
}

TEST(AttachmentFetcher, AsksThisMachineForNothingWhereDiscordIsElsewhere) {
  open({false, 0});
  CHECK(fetch(5, file("a")) == State::unreachable);
  LONGS_EQUAL(0, server->seen.size());
}

TEST(AttachmentFetcher, FillsNoDisk) {
  open({true, std::uint64_t{1} << 60});
  CHECK(fetch(5, file("a")) == State::no_room);
}

TEST(AttachmentFetcher, WritesThroughNoLink) {
  answer_with(HttpPeer::answer(200, "x"));
  fs::create_directories(project / "elsewhere");
  fs::create_directory_symlink(project / "elsewhere", project / ".coordinator");
  CHECK(fetch(5, file("a")) == State::no_place);
  CHECK_TRUE(fs::is_empty(project / "elsewhere"));
}

TEST(AttachmentFetcher, TakesALinkOfThatNameForNoFile) {
  answer_with(HttpPeer::answer(200, "x"));
  fs::create_directories(inbox("5"));
  TemporaryDirectory::put(project / "mine", "mine");
  fs::create_symlink(project / "mine", inbox("5/a"));
  CHECK(fetch(5, file("a")) == State::there);
  STRCMP_EQUAL("mine", TemporaryDirectory::content(project / "mine").c_str());
  CHECK_FALSE(fs::is_symlink(inbox("5/a")));
}

TEST(AttachmentFetcher, GoesOnWithTheNextAndKeepsTheirOrder) {
  server->on_request = [](auto& peer, const HttpSeen& seen) {
    peer.send(seen.target == "/b" ? HttpPeer::answer(404) : HttpPeer::answer(200, seen.target));
  };
  ask(5, {file("a"), file("b"), file("c")});
  CHECK_TRUE(run_until(loop, [&] { return !told.empty(); }));
  const auto& files = told[0].attachments;
  CHECK(files[0].state == State::there && files[1].state == State::gone && files[2].state == State::there);
}

TEST(AttachmentFetcher, TellsNothingOfWhatWasWithdrawn) {
  server->on_request = [](auto&, const auto&) {};
  for (std::uint64_t message = 1; message <= 9; ++message) ask(message, {file("a")});
  CHECK_TRUE(run_until(loop, [&] { return server->seen.size() == 8; }));
  answer_with(HttpPeer::answer(200, "x"));
  for (std::uint64_t message = 1; message <= 8; ++message) fetcher->withdraw(MessageId{message});
  CHECK_TRUE(run_until(loop, [&] { return !told.empty(); }));
  LONGS_EQUAL(1, told.size());
  LONGS_EQUAL(9, told[0].message.value);
}
