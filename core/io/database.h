// SQLite as owned values: a database, prepared statements, a transaction.
//
// Settings: WAL journal, synchronous=FULL (a commit is on the disk when it returns), foreign keys on, 5 s of
// patience with another process, trusted_schema off, defensive mode.
//
// Values: std::int64_t, int, bool and double as themselves; text as TEXT, which may hold NUL; Blob as BLOB;
// WallTime as milliseconds since 1970; a Snowflake as INTEGER by its bit pattern, so that it sorts and reads
// as Discord writes it until the year 2084, when it would turn negative in SQL and still come back the same.
//
// Errors carry SQLite's words and its extended code; their cause is no_room for SQLITE_FULL and a full disk,
// and damaged for SQLITE_CORRUPT and SQLITE_NOTADB. https://www.sqlite.org/rescode.html
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/owned.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace coordinator::io {

int close_sqlite(sqlite3* handle);
int finalize_sqlite(sqlite3_stmt* handle);

// Borrowed bytes, to be told from text.
struct Blob {
  std::string_view bytes;
};

// A prepared statement; must not outlive its database. Values are copied when they are bound, but for a
// Blob's bytes, which may be many: they have to stay until the statement has run. The number of values given
// is asserted to be the number of `?` in the statement.
class Statement {
 public:
  // Runs it to its end: for what returns no rows.
  template <class... Values>
  Status run(const Values&... values) {
    if (auto bound = bind_all(values...); !bound) return bound;
    return finish();
  }

  // Runs it and calls `row(*this)` for each row; the columns are valid during that call. The statement is
  // ready to be used again when this returns.
  template <class Row, class... Values>
  Status each(Row row, const Values&... values) {
    if (auto bound = bind_all(values...); !bound) return bound;
    while (true) {
      auto more = step();
      if (!more) return tl::unexpected(more.error());
      if (!*more) return {};
      row(*this);
    }
  }

  // Columns of the present row, counted from 0. NULL reads as zero or empty.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;  // a BLOB too
  WallTime time(int column) const { return WallTime(Millis(integer(column))); }
  template <class Id>
  Id id(int column) const {
    return Id{static_cast<std::uint64_t>(integer(column))};
  }

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}

  template <class... Values>
  Status bind_all(const Values&... values) {
    begin(sizeof...(values));
    int place = 0, worst = 0;
    ((worst = worst ? worst : bind(++place, values)), ...);
    return bound(worst);
  }

  void begin(std::size_t values);
  Status bound(int code);
  Status finish();
  Result<bool> step();

  int bind_integer(int place, std::int64_t value);
  int bind(int place, double value);
  int bind(int place, std::string_view value);
  int bind(int place, Blob value);
  template <std::integral Integer>
  int bind(int place, Integer value) {
    return bind_integer(place, static_cast<std::int64_t>(value));
  }
  int bind(int place, WallTime value) { return bind_integer(place, value.time_since_epoch().count()); }
  template <class Tag>
  int bind(int place, Snowflake<Tag> value) {
    return bind_integer(place, static_cast<std::int64_t>(value.value));
  }

  Owned<sqlite3_stmt, finalize_sqlite> handle_;
};

class Database {
 public:
  enum class Mode { create, existing, read_only };
  // What is created gets mode 0600. A file that is no database is an error whose cause is `damaged`, and is
  // not touched.
  static Result<Database> open(const std::string& path, Mode mode);

  // Whether all that is in it can be read: some hundred megabytes a second. An error whose cause is `damaged`
  // names the first fault.
  Status check();
  // Until this was called, closing a database that was there before leaves its log as it is: it is not to be
  // worked into a file that turns out to be damaged.
  void trust();

  // One or many statements without values, for schemas and PRAGMAs.
  Status run(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);
  // The first column of the first row of a query that has one.
  Result<std::int64_t> integer(std::string_view sql);
  // Rows that the last statement changed.
  std::int64_t changes() const;

  // SQLite itself copies the log into the database when it has grown beyond so many pages at a commit (a page
  // is 4 KiB), which makes that one commit slower. 0: never.
  Status auto_checkpoint(int pages);
  // Copies what it can of the log into the database without waiting for anybody, and syncs. For quiet
  // moments.
  Status checkpoint();

 private:
  friend class Transaction;
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Status configure(Mode mode);
  tl::unexpected<Error> error() const;

  Owned<sqlite3, close_sqlite> handle_;
};

// A write transaction (BEGIN IMMEDIATE): all of what ran meanwhile, or nothing of it. Rolled back when
// destroyed without a commit that succeeded.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(other.database_) { other.database_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // On the disk when it returns. After an error nothing of it is.
  Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;
};

}  // namespace coordinator::io
