// Records with every field filled, and state.db in a directory of the test's own.
#pragma once

#include <memory>
#include <string>

#include "io/database.h"
#include "io/temporary.h"
#include "store/sqlite_store.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

namespace samples {

using namespace coordinator;
using namespace coordinator::store;

inline Inbox inbox(std::uint64_t message, InboxState state = InboxState::queued) {
  Inbox r;
  r.message = MessageId{message};
  r.channel = ChannelId{7};
  r.project = "major-domo";
  r.author = UserId{~0ull};
  r.author_name = "Ann \"é\" 漢";
  r.prompt = std::string("do\0this\n'; DROP TABLE inbox; --", 32);
  r.quoted = "what was said";
  r.attachments = {{"a.png", "https://cdn/a", 12, true, AttachmentState::there, "image/png", true},
                   {"b", "https://cdn/b", 0, false, AttachmentState::no_room, "", false}};
  r.state = state;
  r.turn_id = "0123456789abcdef";
  r.reason = "because";
  r.arrived = WallTime(1'700'000'000'001ms);
  r.started = WallTime(1'700'000'000'002ms);
  r.finished = WallTime(1'700'000'000'003ms);
  return r;
}

inline Session session(std::uint64_t channel, const std::string& id) {
  Session r;
  r.channel = ChannelId{channel};
  r.project = "major-domo";
  r.agent = "claude";
  r.session_id = id;
  r.model = "sonnet";
  r.chosen_model = "opus[1m]";
  r.fork_of = "original";
  r.last_user = UserId{5};
  r.last_user_name = "Ann";
  r.messages = 12;
  r.cost_usd = 1.25;
  r.begun = true;
  r.allowed = {"Bash(npm test)", "Read"};
  r.created = WallTime(1'700'000'000'001ms);
  r.last_activity = WallTime(1'700'000'000'002ms);
  return r;
}

inline Turn turn(const std::string& id, TurnState state = TurnState::running) {
  Turn r;
  r.turn_id = id;
  r.message = MessageId{11};
  r.channel = ChannelId{7};
  r.author = UserId{5};
  r.author_name = "Ann";
  r.session_id = "session";
  r.message_uuid = "uuid";
  r.state = state;
  r.started = WallTime(1'700'000'000'001ms);
  r.finished = WallTime(1'700'000'000'002ms);
  r.cost_usd = 0.125;
  r.input_tokens = 1'000'000'000'000;
  r.output_tokens = 2;
  return r;
}

inline Outbox outbox(std::uint64_t source, int chunk, OutboxState state = OutboxState::pending) {
  Outbox r;
  r.source = MessageId{source};
  r.chunk = chunk;
  r.channel = ChannelId{7};
  r.payload = R"({"content":"é"})";
  r.state = state;
  r.sent = MessageId{99};
  r.reason = "because";
  r.created = WallTime(1'700'000'000'001ms);
  r.finished = WallTime(1'700'000'000'002ms);
  return r;
}

struct State {
  TemporaryDirectory directory;
  std::string path = directory / "state.db";
  std::unique_ptr<SqliteStore> store;

  void open() {
    store.reset();
    auto opened = SqliteStore::open(directory.path);
    CHECK_TEXT(opened.has_value(), opened ? "" : opened.error().what.c_str());
    store = std::move(*opened);
  }
  // In words; empty when it opened.
  std::string open_error() {
    store.reset();
    auto opened = SqliteStore::open(directory.path);
    return opened ? "" : opened.error().what;
  }
  Status try_commit() {
    Status result = fail("the callback did not come");
    store->commit([&](Status status) { result = status; });
    return result;
  }
  void commit() {
    Status result = try_commit();
    CHECK_TEXT(result.has_value(), result ? "" : result.error().what.c_str());
  }
  Result<std::size_t> prune(WallTime now) {
    Result<std::size_t> result = fail("the callback did not come");
    store->prune(now, [&](Result<std::size_t> gone) { result = std::move(gone); });
    return result;
  }
  Snapshot load() {
    Snapshot snapshot;
    bool came = false;
    store->load([&](Result<Snapshot> loaded) {
      came = true;
      CHECK_TEXT(loaded.has_value(), loaded ? "" : loaded.error().what.c_str());
      snapshot = std::move(*loaded);
    });
    CHECK_TRUE(came);
    return snapshot;
  }
  bool seen(std::uint64_t message) {
    bool answer = false, came = false;
    store->seen(MessageId{message}, [&](Result<bool> known) {
      came = true;
      answer = known.value();
    });
    CHECK_TRUE(came);
    return answer;
  }
  // What somebody else finds in the file.
  std::int64_t ask(const std::string& sql) {
    auto database = io::Database::open(path, io::Database::Mode::read_only);
    CHECK_TEXT(database.has_value(), database ? "" : database.error().what.c_str());
    auto value = database->integer(sql);
    CHECK_TEXT(value.has_value(), value ? "" : value.error().what.c_str());
    return *value;
  }
};

}  // namespace samples
