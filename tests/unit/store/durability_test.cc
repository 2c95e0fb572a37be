// What survives: kill -9 at any instant, a full disk, a damaged file, a second daemon, an older program.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "base/random.h"
#include "store/migrations.h"
#include "store/samples.h"

using namespace samples;
namespace fs = std::filesystem;

namespace {

void check_says(const char* part, const std::string& text) {
  CHECK_TEXT(text.find(part) != std::string::npos, text.c_str());
}

// Writes and commits until it is killed, and tells each id when its commit has returned.
[[noreturn]] void write_until_killed(const std::string& directory, std::uint64_t id, int tell) {
  auto store = SqliteStore::open(directory);
  if (!store) ::_exit(2);
  for (;; ++id) {
    (*store)->write(inbox(id));
    (*store)->write(outbox(id, 0));
    (*store)->write(Note{"last", std::to_string(id)});
    (*store)->commit([&](Status status) {
      if (!status) ::_exit(3);
      if (::write(tell, &id, sizeof id) != sizeof id) ::_exit(4);
    });
  }
}

}  // namespace

TEST_GROUP(Durability) { State state; };

TEST(Durability, EveryCommitThatReturnedSurvivesAKillAndNoHalfOneDoes) {
  Random random(11);
  std::uint64_t next = 1;
  for (int round = 0; round < 15; ++round) {
    int told[2];
    CHECK_EQUAL(0, ::pipe(told));
    pid_t child = ::fork();
    if (child == 0) {
      ::close(told[0]);
      write_until_killed(state.directory.path, next, told[1]);
    }
    ::close(told[1]);
    std::uint64_t last = 0;
    for (auto left = 1 + random.below(60); left > 0; --left)
      CHECK_EQUAL(static_cast<ssize_t>(sizeof last), ::read(told[0], &last, sizeof last));
    ::usleep(static_cast<useconds_t>(random.below(2000)));  // anywhere within a commit
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (std::uint64_t more; ::read(told[0], &more, sizeof more) == sizeof more;) last = more;
    ::close(told[0]);

    state.open();
    Snapshot snapshot = state.load();
    std::uint64_t kept = snapshot.inbox.size();
    CHECK_TRUE(kept == last || kept == last + 1);  // the commit that the kill interrupted may have been done
    for (std::uint64_t i = 0; i < kept; ++i) UNSIGNED_LONGLONGS_EQUAL(i + 1, snapshot.inbox[i].message.value);
    UNSIGNED_LONGLONGS_EQUAL(kept, snapshot.outbox.size());
    STRCMP_EQUAL(std::to_string(kept).c_str(), snapshot.notes.at(0).value.c_str());
    state.store.reset();
    next = kept + 1;
  }
}

TEST(Durability, AFullDiskKeepsTheBatchUntilThereIsRoom) {
  state.open();
  CHECK_TRUE(state.store->limit_pages(40).has_value());
  Inbox big = inbox(2);
  big.prompt = std::string(1'000'000, 'x');
  state.store->write(inbox(1));
  state.store->write(big);
  for (int attempt = 0; attempt < 3; ++attempt) {
    Status full = state.try_commit();
    CHECK_TRUE(full.error().cause == Cause::no_room);
    STRCMP_EQUAL(("cannot save to " + state.path +
                  ": database or disk is full (SQLite 13); free some space there, and it goes on")
                     .c_str(),
                 full.error().what.c_str());
    CHECK_TRUE(state.store->dirty());
    CHECK_TRUE(state.seen(2));
    LONGS_EQUAL(0, state.load().inbox.size());  // nothing of it, not even the small one before
  }
  CHECK_TRUE(state.store->limit_pages(0).has_value());
  state.store->write(inbox(3));
  state.commit();
  state.open();
  LONGS_EQUAL(3, state.load().inbox.size());
}

TEST(Durability, ANewStateIsPrivate) {
  mode_t before = ::umask(0);
  std::string directory = state.directory / "deep/state";
  auto store = SqliteStore::open(directory);
  ::umask(before);
  (*store)->write(inbox(1));
  (*store)->commit([](Status status) { CHECK_TRUE(status.has_value()); });
  struct stat info;
  LONGS_EQUAL(0, ::stat(directory.c_str(), &info));
  LONGS_EQUAL(0700, info.st_mode & 07777);
  for (const char* name : {"/state.db", "/state.db-wal", "/state.db-shm", "/lock"}) {
    LONGS_EQUAL(0, ::stat((directory + name).c_str(), &info));
    LONGS_EQUAL(0600, info.st_mode & 07777);
  }
  CHECK_FALSE(fs::exists(directory + "/state.db.new"));
}

TEST(Durability, AStateDirectoryThatOthersMayWriteToIsRefused) {
  ::chmod(state.directory.path.c_str(), 0770);
  check_says(("choose another, or run: chmod 700 " + state.directory.path).c_str(), state.open_error());
  CHECK_FALSE(fs::exists(state.path));
}

TEST(Durability, ASecondDaemonOnTheSameStateIsRefused) {
  state.open();
  auto second = SqliteStore::open(state.directory.path);
  check_says(fmt::format("another coordinatord (process {}) holds", ::getpid()).c_str(), second.error().what);
  state.store.reset();
  STRCMP_EQUAL("", state.open_error().c_str());
}

TEST(Durability, ADamagedFileIsLeftAsItIsAndNamed) {
  state.open();
  state.store->write(inbox(1));
  state.commit();
  state.store.reset();
  std::string content = TemporaryDirectory::content(state.path);
  content.replace(0, 16, "not SQLite here!");
  TemporaryDirectory::put(state.path, content);
  for (int attempt = 0; attempt < 2; ++attempt) {  // the second start does not begin with an empty one either
    std::string error = state.open_error();
    check_says(
        (state.path + " is damaged: file is not a database (SQLite 26). It was left as it is.").c_str(),
        error);
    check_says("sqlite3 ", error);
    check_says(("moving " + state.path).c_str(), error);
    CHECK_TRUE(TemporaryDirectory::content(state.path) == content);
  }
}

TEST(Durability, AFileCutToNothingIsDamagedNotNew) {
  state.open();
  state.store.reset();
  TemporaryDirectory::put(state.path, "");
  check_says("is damaged: it is empty", state.open_error());
  LONGS_EQUAL(0, fs::file_size(state.path));
}

TEST(Durability, ALogWithoutItsDatabaseIsDamagedNotNew) {
  TemporaryDirectory::put(state.path + "-wal", "something");
  check_says("is damaged: it is missing, but its log", state.open_error());
  CHECK_FALSE(fs::exists(state.path));
}

TEST(Durability, ADamagedPageIsRefusedAtTheStart) {
  state.open();
  state.store.reset();
  std::size_t empty = fs::file_size(state.path);  // the schema, which the start reads
  state.open();
  for (std::uint64_t id = 1; id <= 300; ++id) state.store->write(inbox(id));
  state.commit();
  state.store.reset();
  std::string content = TemporaryDirectory::content(state.path);
  for (std::size_t page = empty; page < content.size(); page += 4096)
    content.replace(page, 100, std::string(100, '\xee'));
  TemporaryDirectory::put(state.path, content);
  check_says((state.path + " is damaged: ").c_str(), state.open_error());
  CHECK_TRUE(TemporaryDirectory::content(state.path) == content);
}

// A log that is worked into a damaged file at the close would leave neither as it was.
TEST(Durability, TheLogBesideADamagedFileIsLeftAsItIsToo) {
  state.open();
  for (std::uint64_t id = 1; id <= 300; ++id) state.store->write(inbox(id));
  state.commit();
  state.store.reset();
  std::string content = TemporaryDirectory::content(state.path);
  state.open();
  state.store->write(inbox(1000));
  state.commit();
  std::string log = TemporaryDirectory::content(state.path + "-wal");
  CHECK(log.size() > 4096);
  state.store.reset();                                  // works it in
  std::size_t page = content.size() / 2 / 4096 * 4096;  // one that the log does not hold
  content.replace(page, 100, std::string(100, '\xee'));
  TemporaryDirectory::put(state.path, content);
  TemporaryDirectory::put(state.path + "-wal", log);
  check_says("is damaged", state.open_error());
  CHECK_TRUE(TemporaryDirectory::content(state.path) == content);
  CHECK_TRUE(TemporaryDirectory::content(state.path + "-wal") == log);
}

TEST(Durability, AStartThatWasKilledHalfWayBeginsAgain) {
  TemporaryDirectory::put(state.path + ".new", "half a database");
  TemporaryDirectory::put(state.path + ".new-wal", "and its log");
  STRCMP_EQUAL("", state.open_error().c_str());
  CHECK_FALSE(fs::exists(state.path + ".new-wal"));
}

TEST(Durability, ANewerSchemaIsRefusedUntouchedWithWhatToDo) {
  state.open();
  state.store.reset();
  {
    auto database = io::Database::open(state.path, io::Database::Mode::existing);
    CHECK_TRUE(database->run("PRAGMA user_version=1000").has_value());
  }
  STRCMP_EQUAL(
      fmt::format(
          "cannot open {}: it was written by a newer Coordinator (its schema is 1000, this program "
          "knows {}): start that version again, or move the file elsewhere to begin with an empty one",
          state.path, migrations().size())
          .c_str(),
      state.open_error().c_str());
  LONGS_EQUAL(1000, state.ask("PRAGMA user_version"));
}

TEST_GROUP(Migrations) {
  TemporaryDirectory directory;
  std::string path = directory / "test.db";
  io::Database database = io::Database::open(path, io::Database::Mode::create).value();

  std::int64_t version() { return database.integer("PRAGMA user_version").value(); }
};

TEST(Migrations, LeadFromNothingToNowAndAreTakenOnce) {
  LONGS_EQUAL(0, version());
  CHECK_TRUE(migrate(database, migrations()).has_value());
  LONGS_EQUAL(migrations().size(), version());
  CHECK_TRUE(database.run("INSERT INTO notes VALUES('a','b')").has_value());
  CHECK_TRUE(migrate(database, migrations()).has_value());
  LONGS_EQUAL(1, *database.integer("SELECT count(*) FROM notes"));
}

TEST(Migrations, KeepWhatAnEarlierVersionWrote) {
  const Migration first[] = {{"CREATE TABLE t(a); INSERT INTO t VALUES(1)"}};
  const Migration both[] = {first[0], {"ALTER TABLE t ADD COLUMN b DEFAULT 7"}};
  CHECK_TRUE(migrate(database, first).has_value());
  LONGS_EQUAL(1, version());
  CHECK_TRUE(migrate(database, both).has_value());
  LONGS_EQUAL(2, version());
  LONGS_EQUAL(7, *database.integer("SELECT b FROM t WHERE a = 1"));
}

TEST(Migrations, AStepThatFailsLeavesTheVersionBeforeIt) {
  const Migration steps[] = {{"CREATE TABLE t(a)"}, {"CREATE TABLE u(a); INSERT INTO none VALUES(1)"}};
  auto failed = migrate(database, steps);
  STRCMP_EQUAL("its schema could not be brought to version 2: no such table: none (SQLite 1)",
               failed.error().what.c_str());
  LONGS_EQUAL(1, version());
  LONGS_EQUAL(0, *database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'u'"));
}
