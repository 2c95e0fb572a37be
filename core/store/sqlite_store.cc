#include "store/sqlite_store.h"

#include <sys/stat.h>

#include <cassert>
#include <optional>
#include <utility>

#include "io/background.h"
#include "io/database.h"
#include "io/file.h"
#include "store/migrations.h"
#include "store/overlay.h"
#include "store/sqlite_reader.h"
#include "store/sqlite_writer.h"

namespace coordinator::store {

namespace {

constexpr Millis kDay = 24h;

// What was said to a mention that may be retried stays as long as it: its messages go on counting from there.
// What may be forgotten when it is older than `?`: at most 500 rows of a kind in one call, some milliseconds.
constexpr const char* kOldInbox =
    "DELETE FROM inbox WHERE arrival IN (SELECT arrival FROM inbox"
    " WHERE state IN ('answered', 'failed', 'cancelled', 'interrupted') AND max(finished, arrived) < ?"
    " LIMIT 500)";

constexpr const char* kSentOutbox =
    "DELETE FROM outbox WHERE rowid IN (SELECT rowid FROM outbox"
    " WHERE state <> 'pending' AND max(finished, created) < ? AND state = 'sent' AND NOT EXISTS"
    " (SELECT 1 FROM inbox WHERE message = source AND state NOT IN ('answered', 'cancelled')) LIMIT 500)";

constexpr const char* kRefusedOutbox =
    "DELETE FROM outbox WHERE rowid IN (SELECT rowid FROM outbox"
    " WHERE state <> 'pending' AND max(finished, created) < ? AND source NOT IN"
    " (SELECT message FROM inbox WHERE state IN ('queued', 'running', 'answering')) LIMIT 500)";

constexpr const char* kOldTurns =
    "DELETE FROM turns WHERE turn_id IN (SELECT turn_id FROM turns"
    " WHERE state <> 'running' AND max(finished, started) < ? LIMIT 500)";

constexpr const char* kOldSessions =
    "DELETE FROM sessions WHERE (channel, session_id) IN (SELECT channel, session_id FROM sessions"
    " WHERE NOT current AND last_activity < ? LIMIT 500)";

constexpr const char* kOldApprovals =
    "DELETE FROM approvals WHERE rowid IN (SELECT rowid FROM approvals"
    " WHERE asked < ? AND state <> 'pending' LIMIT 500)";

constexpr const char* kOldInteractions =
    "DELETE FROM interactions WHERE interaction IN (SELECT interaction FROM interactions"
    " WHERE arrived < ? LIMIT 500)";

struct Rule {
  const char* sql;
  Millis age;
};

constexpr Rule kRules[] = {{kOldInbox, 30 * kDay},    {kSentOutbox, kDay},        {kRefusedOutbox, 30 * kDay},
                           {kOldTurns, 400 * kDay},   {kOldSessions, 400 * kDay}, {kOldInteractions, kDay},
                           {kOldApprovals, 90 * kDay}};

std::optional<off_t> size_of(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return info.st_size;
}

// A state directory holds what people said. One that others may write to could be swapped under us; its mode
// is not changed here, since it may not be ours alone (/tmp, say).
Status check_directory(const std::string& directory) {
  if (auto made = io::make_directories(directory); !made) return made;
  struct stat info;
  if (::stat(directory.c_str(), &info) == 0 && (info.st_mode & 022))
    return fail("others may write to the state directory {}: choose another, or run: chmod 700 {}", directory,
                directory);
  return {};
}

// Made under another name and moved when it is whole, so a state.db that is there is one that was whole once:
// an empty one can only be a damaged one.
Status make_new(const std::string& path) {
  std::string fresh = path + ".new";
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    if (auto gone = io::remove_tree(fresh + suffix); !gone) return gone;
  {
    auto database = io::Database::open(fresh, io::Database::Mode::create);
    if (!database) return tl::unexpected(database.error());
    if (auto migrated = migrate(*database, migrations()); !migrated) return migrated;
    // Without a log beside it there is one file to move.
    if (auto alone = database->run("PRAGMA journal_mode=DELETE"); !alone) return alone;
  }
  return io::rename_file(fresh, path);
}

Status check_whole(const std::string& path) {
  auto size = size_of(path);
  if (size && *size == 0) return fail_as(Cause::damaged, "it is empty");
  if (!size && size_of(path + "-wal").value_or(0) > 0)
    return fail_as(Cause::damaged, "it is missing, but its log {}-wal is there", path);
  return {};
}

Result<io::Database> open_current(const std::string& path) {
  if (auto whole = check_whole(path); !whole) return tl::unexpected(whole.error());
  if (!size_of(path))
    if (auto made = make_new(path); !made) return tl::unexpected(made.error());
  auto database = io::Database::open(path, io::Database::Mode::existing);
  if (!database) return database;
  if (auto checked = database->check(); !checked) return tl::unexpected(checked.error());
  if (auto migrated = migrate(*database, migrations()); !migrated) return tl::unexpected(migrated.error());
  database->trust();
  return database;
}

tl::unexpected<Error> explain(const Error& error, const std::string& path, std::string_view doing) {
  switch (error.cause) {
    case Cause::damaged:
      return fail_because(
          error,
          "{} is damaged: {}. It was left as it is. Put a backup in its place, or see what \"sqlite3 {} "
          ".recover\" can save, or begin with an empty one by moving {} and {}-wal elsewhere",
          path, error.what, path, path, path);
    case Cause::no_room:
      return fail_because(error, "cannot {} {}: {}; free some space there, and it goes on", doing, path,
                          error.what);
    case Cause::busy:
    case Cause::other:
      break;
  }
  return fail_because(error, "cannot {} {}: {}", doing, path, error.what);
}

}  // namespace

// The connection that writes, with the lock that makes it the only one.
struct SqliteStore::Writing {
  io::LockFile lock;
  io::Database database;
  SqliteWriter writer;

  Status save(const Batch& batch) {
    auto transaction = io::Transaction::begin(database);
    if (!transaction) return tl::unexpected(transaction.error());
    for (const Write& record : batch.records())
      if (auto written = writer.write(record); !written) return written;
    return transaction->commit();
  }

  Result<std::size_t> prune(WallTime now) {
    std::size_t gone = 0;
    for (const Rule& rule : kRules) {
      auto statement = database.prepare(rule.sql);
      if (!statement) return tl::unexpected(statement.error());
      if (auto done = statement->run(now - rule.age); !done) return tl::unexpected(done.error());
      gone += static_cast<std::size_t>(database.changes());
    }
    return gone;
  }
};

// A connection of the loop's own, so that it can read while another thread writes.
struct SqliteStore::Reading {
  io::Database database;
  io::Statement seen_message, seen_interaction;

  static Result<std::unique_ptr<Reading>> open(const std::string& path) {
    auto database = io::Database::open(path, io::Database::Mode::read_only);
    if (!database) return tl::unexpected(database.error());
    auto message = database->prepare("SELECT 1 FROM inbox WHERE message = ?");
    if (!message) return tl::unexpected(message.error());
    auto interaction = database->prepare("SELECT 1 FROM interactions WHERE interaction = ?");
    if (!interaction) return tl::unexpected(interaction.error());
    return std::unique_ptr<Reading>(
        new Reading{std::move(*database), std::move(*message), std::move(*interaction)});
  }
};

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& directory) {
  if (auto good = check_directory(directory); !good) return tl::unexpected(good.error());
  auto lock = io::LockFile::take(directory + "/lock", "coordinatord");
  if (!lock) return tl::unexpected(lock.error());
  std::string path = directory + "/state.db";
  auto database = open_current(path);
  if (!database) return explain(database.error(), path, "open");
  auto writer = SqliteWriter::prepare(*database);
  if (!writer) return explain(writer.error(), path, "open");
  auto reading = Reading::open(path);
  if (!reading) return explain(reading.error(), path, "open");
  auto writing =
      std::make_shared<Writing>(Writing{std::move(*lock), std::move(*database), std::move(*writer)});
  return std::unique_ptr<SqliteStore>(new SqliteStore(path, std::move(writing), std::move(*reading)));
}

SqliteStore::SqliteStore(std::string path, std::shared_ptr<Writing> writing, std::unique_ptr<Reading> reading)
    : path_(std::move(path)), writing_(std::move(writing)), reading_(std::move(reading)) {}

SqliteStore::~SqliteStore() = default;

// ---- Reading

void SqliteStore::load(std::function<void(Result<Snapshot>)> done) {
  auto snapshot = read_snapshot(reading_->database);
  if (!snapshot) return done(explained(snapshot.error(), "read"));
  done(std::move(snapshot));
}

void SqliteStore::seen(MessageId message, std::function<void(Result<bool>)> done) {
  tell_seen(reading_->seen_message, message, done);
}

void SqliteStore::seen(InteractionId interaction, std::function<void(Result<bool>)> done) {
  tell_seen(reading_->seen_interaction, interaction, done);
}

template <class Id>
void SqliteStore::tell_seen(io::Statement& statement, Id id, const std::function<void(Result<bool>)>& done) {
  if (batch_.has(id) || (saving_ && saving_->has(id))) return done(true);
  bool found = false;
  auto asked = statement.each([&](const io::Statement&) { found = true; }, id);
  if (!asked) return done(explained(asked.error(), "read"));
  done(found);
}

void SqliteStore::history(ChannelId channel, std::function<void(Result<std::vector<Session>>)> done) {
  auto sessions = read_history(reading_->database, channel);
  if (!sessions) return done(explained(sessions.error(), "read"));
  done(with_pending(std::move(*sessions), channel));
}

void SqliteStore::mention(MessageId message, std::function<void(Result<std::optional<Kept>>)> done) {
  auto found = read_mention(reading_->database, message);
  if (!found) return done(explained(found.error(), "read"));
  done(with_pending(std::move(*found), message));
}

template <class Found, class Id>
Found SqliteStore::with_pending(Found found, Id id) const {
  if (saving_) lay_over(found, id, *saving_);
  lay_over(found, id, batch_);
  return found;
}

void SqliteStore::usage(WallTime since, std::function<void(Result<std::vector<Usage>>)> done) {
  if (io::Loop* loop = worker_.loop())
    return read_beside<Usage>(
        *loop, [since](io::Database& database) { return read_usage(database, since); }, std::move(done));
  auto rows = read_usage(reading_->database, since);
  if (!rows) return done(explained(rows.error(), "read"));
  done(std::move(rows));
}

void SqliteStore::audit(std::optional<ChannelId> channel,
                        std::function<void(Result<std::vector<Approval>>)> done) {
  if (io::Loop* loop = worker_.loop())
    return read_beside<Approval>(
        *loop, [channel](io::Database& database) { return read_audit(database, channel); }, std::move(done));
  auto rows = read_audit(reading_->database, channel);
  if (!rows) return done(explained(rows.error(), "read"));
  done(std::move(rows));
}

void SqliteStore::files(MessageId source, int chunk, std::function<void(Result<std::vector<File>>)> done) {
  if (io::Loop* loop = worker_.loop())
    return read_beside<File>(
        *loop, [source, chunk](io::Database& database) { return read_files(database, source, chunk); },
        std::move(done));
  auto rows = read_files(reading_->database, source, chunk);
  if (!rows) return done(explained(rows.error(), "read"));
  done(std::move(rows));
}

// By a connection of its own: it takes long, and holds nobody up.
template <class Row>
void SqliteStore::read_beside(io::Loop& loop, std::function<Result<std::vector<Row>>(io::Database&)> read,
                              std::function<void(Result<std::vector<Row>>)> done) {
  auto rows = std::make_shared<Result<std::vector<Row>>>();
  auto work = [rows, read = std::move(read), path = path_] {
    auto database = io::Database::open(path, io::Database::Mode::read_only);
    if (database)
      *rows = read(*database);
    else
      *rows = tl::unexpected(database.error());
  };
  auto tell = [this, alive = std::weak_ptr(alive_), rows, done = std::move(done)] {
    if (alive.expired()) return;
    if (*rows) return done(std::move(*rows));
    done(explained(rows->error(), "read"));
  };
  io::in_background(loop, std::move(work), std::move(tell));
}

// ---- Writing

void SqliteStore::write(Write record) { batch_.add(std::move(record)); }

// The batch is empty before `done` is called, which may write more.
void SqliteStore::commit(std::function<void(Status)> done) {
  if (batch_.empty()) return done({});
  saving_ = std::make_shared<Batch>(std::exchange(batch_, {}));
  auto status = std::make_shared<Status>();
  worker_.run([writing = writing_, batch = saving_, status] { *status = writing->save(*batch); },
              [this, status, done = std::move(done)] { committed(*status, done); });
}

// What could not be saved is tried again, with what was written since.
void SqliteStore::committed(const Status& status, const std::function<void(Status)>& done) {
  std::shared_ptr<Batch> saved = std::exchange(saving_, nullptr);
  if (status) return done({});
  for (const Write& record : batch_.records()) saved->add(record);
  batch_ = std::move(*saved);
  done(explained(status.error(), "save to"));
}

void SqliteStore::prune(WallTime now, std::function<void(Result<std::size_t>)> done) {
  auto gone = std::make_shared<Result<std::size_t>>();
  worker_.run([writing = writing_, gone, now] { *gone = writing->prune(now); },
              [this, gone, done = std::move(done)] {
                if (*gone) return done(**gone);
                done(explained(gone->error(), "tidy"));
              });
}

Status SqliteStore::checkpoint() {
  assert(!worker_.loop());
  if (auto done = writing_->database.checkpoint(); !done) return explained(done.error(), "tidy");
  return {};
}

Status SqliteStore::limit_pages(std::int64_t pages) {
  assert(!saving_);
  constexpr std::int64_t kNoLimit = 0xfffffffe;  // SQLite's own
  return writing_->database.run(fmt::format("PRAGMA max_page_count={}", pages > 0 ? pages : kNoLimit));
}

tl::unexpected<Error> SqliteStore::explained(const Error& error, std::string_view doing) const {
  return explain(error, path_, doing);
}

}  // namespace coordinator::store
