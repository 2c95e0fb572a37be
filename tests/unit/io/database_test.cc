// The database: values that come back as they went in, transactions that hold, errors that can be told apart.
#include "io/database.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "io/temporary.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::io;

TEST_GROUP(Database) {
  TemporaryDirectory directory;
  std::string path = directory / "test.db";

  Database open(Database::Mode mode = Database::Mode::create) {
    auto database = Database::open(path, mode);
    CHECK_TEXT(database.has_value(), database ? "" : database.error().what.c_str());
    return std::move(*database);
  }
  void run(Database & database, const std::string& sql) {
    auto done = database.run(sql);
    CHECK_TEXT(done.has_value(), done ? "" : done.error().what.c_str());
  }
};

TEST(Database, KeepsItsPromisesByItsSettings) {
  Database database = open();
  LONGS_EQUAL(2, *database.integer("PRAGMA synchronous"));  // FULL
  LONGS_EQUAL(1, *database.integer("PRAGMA foreign_keys"));
  LONGS_EQUAL(0, *database.integer("PRAGMA trusted_schema"));
  std::string journal;
  auto mode = database.prepare("PRAGMA journal_mode");
  CHECK_TRUE(mode->each([&](Statement& row) { journal = row.text(0); }).has_value());
  STRCMP_EQUAL("wal", journal.c_str());
}

TEST(Database, IsPrivateWithItsLogAndItsSharedMemory) {
  mode_t before = ::umask(0);
  Database database = open();
  run(database, "CREATE TABLE t(a)");
  ::umask(before);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat info;
    LONGS_EQUAL(0, ::stat((path + suffix).c_str(), &info));
    LONGS_EQUAL(0600, info.st_mode & 07777);
  }
}

TEST(Database, ValuesComeBackAsTheyWentIn) {
  Database database = open();
  run(database, "CREATE TABLE t(a,b,c,d,e,f,g)");
  std::string nul("a\0é", 4);
  auto insert = database.prepare("INSERT INTO t VALUES(?,?,?,?,?,?,?)");
  auto wrote = insert->run(UserId{~0ull}, std::int64_t{-5}, 2.5, nul, Blob{std::string_view("\xff\0", 2)},
                           WallTime(1234ms), true);
  CHECK_TRUE(wrote.has_value());
  LONGS_EQUAL(1, database.changes());
  int rows = 0;
  auto select = database.prepare("SELECT * FROM t WHERE a = ?");
  auto read = select->each(
      [&](Statement& row) {
        ++rows;
        CHECK_TRUE(row.id<UserId>(0) == UserId{~0ull});
        LONGLONGS_EQUAL(-5, row.integer(1));
        DOUBLES_EQUAL(2.5, row.real(2), 0);
        CHECK_TRUE(row.text(3) == nul);
        CHECK_TRUE(row.text(4) == std::string_view("\xff\0", 2));
        CHECK_TRUE(row.time(5) == WallTime(1234ms));
        LONGS_EQUAL(1, row.integer(6));
      },
      UserId{~0ull});
  CHECK_TRUE(read.has_value());
  LONGS_EQUAL(1, rows);
}

TEST(Database, EmptyTextIsNotNull) {
  Database database = open();
  run(database, "CREATE TABLE t(a TEXT NOT NULL, b BLOB NOT NULL)");
  CHECK_TRUE(database.prepare("INSERT INTO t VALUES(?,?)")->run(std::string_view(), Blob{}).has_value());
}

TEST(Database, SnowflakesSortAndReadAsDiscordWritesThem) {
  Database database = open();
  run(database, "CREATE TABLE t(id INTEGER PRIMARY KEY)");
  auto insert = database.prepare("INSERT INTO t VALUES(?)");
  for (std::uint64_t id : {1290926798999357250ull, 175928847299117063ull})
    CHECK_TRUE(insert->run(UserId{id}).has_value());
  std::vector<std::string> read;
  auto select = database.prepare("SELECT CAST(id AS TEXT) FROM t ORDER BY id");
  CHECK_TRUE(select->each([&](Statement& row) { read.push_back(row.text(0)); }).has_value());
  STRCMP_EQUAL("175928847299117063", read[0].c_str());
  STRCMP_EQUAL("1290926798999357250", read[1].c_str());
}

TEST(Database, ATransactionIsAllOrNothing) {
  Database database = open();
  run(database, "CREATE TABLE t(a)");
  {
    auto transaction = Transaction::begin(database);
    run(database, "INSERT INTO t VALUES(1)");
  }
  LONGS_EQUAL(0, *database.integer("SELECT count(*) FROM t"));
  {
    auto transaction = Transaction::begin(database);
    run(database, "INSERT INTO t VALUES(1)");
    CHECK_TRUE(transaction->commit().has_value());
  }
  LONGS_EQUAL(1, *database.integer("SELECT count(*) FROM t"));
}

TEST(Database, ForeignKeysAreHeld) {
  Database database = open();
  run(database, "CREATE TABLE a(id INTEGER PRIMARY KEY); CREATE TABLE b(a REFERENCES a(id))");
  auto orphan = database.run("INSERT INTO b VALUES(7)");
  STRCMP_EQUAL("FOREIGN KEY constraint failed (SQLite 787)", orphan.error().what.c_str());
}

TEST(Database, AStatementCanBeUsedAgainAfterAnError) {
  Database database = open();
  run(database, "CREATE TABLE t(a UNIQUE)");
  auto insert = database.prepare("INSERT INTO t VALUES(?)");
  CHECK_TRUE(insert->run(1).has_value());
  STRCMP_EQUAL("UNIQUE constraint failed: t.a (SQLite 2067)", insert->run(1).error().what.c_str());
  CHECK_TRUE(insert->run(2).has_value());
}

TEST(Database, AFullDiskIsToldAndPasses) {
  Database database = open();
  run(database, "CREATE TABLE t(a); PRAGMA max_page_count=4");
  auto insert = database.prepare("INSERT INTO t VALUES(?)");
  std::string big(50'000, 'x');
  {
    auto transaction = Transaction::begin(database);
    auto full = insert->run(big);
    CHECK_TRUE(full.error().cause == Cause::no_room);
    STRCMP_EQUAL("database or disk is full (SQLite 13)", full.error().what.c_str());
  }
  run(database, "PRAGMA max_page_count=1000");
  CHECK_TRUE(insert->run(big).has_value());
}

TEST(Database, WhatIsNoDatabaseIsDamagedAndNotTouched) {
  std::string text(5000, 'x');
  TemporaryDirectory::put(path, text);
  auto opened = Database::open(path, Database::Mode::existing);
  CHECK_TRUE(opened.error().cause == Cause::damaged);
  STRCMP_EQUAL("file is not a database (SQLite 26)", opened.error().what.c_str());
  CHECK_TRUE(TemporaryDirectory::content(path) == text);
}

TEST(Database, AMissingOneIsMadeOnlyWhenAsked) {
  CHECK_FALSE(Database::open(path, Database::Mode::existing).has_value());
  CHECK_FALSE(Database::open(path, Database::Mode::read_only).has_value());
  open();
  open(Database::Mode::existing);
}

TEST(Database, ReadOnlyMeansReadOnly) {
  {
    Database database = open();
    run(database, "CREATE TABLE t(a); INSERT INTO t VALUES(3)");
  }
  Database database = open(Database::Mode::read_only);
  LONGS_EQUAL(3, *database.integer("SELECT a FROM t"));
  STRCMP_EQUAL("attempt to write a readonly database (SQLite 8)",
               database.run("DELETE FROM t").error().what.c_str());
}

TEST(Database, ACheckpointEmptiesTheLogIntoTheDatabase) {
  Database database = open();
  CHECK_TRUE(database.auto_checkpoint(0).has_value());
  run(database, "CREATE TABLE t(a)");
  auto insert = database.prepare("INSERT INTO t VALUES(?)");
  for (int round = 0; round < 100; ++round) CHECK_TRUE(insert->run(std::string(4000, 'x')).has_value());
  struct stat before, after;
  ::stat(path.c_str(), &before);
  CHECK_TRUE(database.checkpoint().has_value());
  ::stat(path.c_str(), &after);
  CHECK_TRUE(before.st_size < 100'000 && after.st_size > 400'000);
}

TEST(Database, TheFirstValueOfAQueryThatHasNoneIsAnError) {
  Database database = open();
  run(database, "CREATE TABLE t(a)");
  STRCMP_EQUAL("no row from: SELECT a FROM t", database.integer("SELECT a FROM t").error().what.c_str());
  STRCMP_EQUAL("no such table: none (SQLite 1)", database.integer("SELECT a FROM none").error().what.c_str());
}
