#include "io/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "io/file.h"

namespace coordinator::io {

namespace {

constexpr int kPatience = 5000;  // milliseconds

// A full disk shows as SQLITE_FULL, or as an I/O error of the log or the shared memory that has its errno.
Cause cause_of(int code, int system_error) {
  if (code == SQLITE_FULL) return Cause::no_room;
  if (code == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT)) return Cause::no_room;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) return Cause::damaged;
  return Cause::other;
}

tl::unexpected<Error> failure_of(sqlite3* handle) {
  int extended = sqlite3_extended_errcode(handle);
  Cause cause = cause_of(extended & 0xff, sqlite3_system_errno(handle));
  return fail_as(cause, "{} (SQLite {})", sqlite3_errmsg(handle), extended);
}

int flags_for(Database::Mode mode) {
  int access = mode == Database::Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  return access | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX;
}

// SQLite would make it as the umask says; the log and the shared memory take over the database's own mode.
Status make_private(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return fail("cannot create {}: {}", path, std::strerror(errno));
  if (::fchmod(file.get(), 0600) != 0) return fail("cannot make {} private: {}", path, std::strerror(errno));
  return {};
}

}  // namespace

int close_sqlite(sqlite3* handle) { return sqlite3_close(handle); }
int finalize_sqlite(sqlite3_stmt* handle) { return sqlite3_finalize(handle); }

Result<Database> Database::open(const std::string& path, Mode mode) {
  if (mode == Mode::create)
    if (auto made = make_private(path); !made) return tl::unexpected(made.error());
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &handle, flags_for(mode), nullptr);
  Database database(handle);  // a failed open has to be closed too
  if (!handle) return fail("no memory for a database");
  if (code != SQLITE_OK) return database.error();
  if (auto configured = database.configure(mode); !configured) return tl::unexpected(configured.error());
  return database;
}

Status Database::configure(Mode mode) {
  sqlite3_busy_timeout(handle_.get(), kPatience);
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  if (mode == Mode::existing) sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (mode == Mode::read_only) return run("SELECT count(*) FROM sqlite_schema");
  return run(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
      "PRAGMA journal_size_limit=16777216");
}

Status Database::check() {
  auto statement = prepare("PRAGMA quick_check(1)");
  if (!statement) return tl::unexpected(statement.error());
  std::string found;
  auto read = statement->each([&](const Statement& row) { found = row.text(0); });
  if (!read) return read;
  if (found != "ok") return fail_as(Cause::damaged, "{}", found);
  return {};
}

void Database::trust() { sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr); }

Status Database::run(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return error();
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  int length = static_cast<int>(sql.size());
  if (sqlite3_prepare_v3(handle_.get(), sql.data(), length, SQLITE_PREPARE_PERSISTENT, &handle, nullptr) !=
      SQLITE_OK)
    return error();
  return Statement(handle);
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  std::optional<std::int64_t> value;
  auto read = statement->each([&](const Statement& row) { value = value.value_or(row.integer(0)); });
  if (!read) return tl::unexpected(read.error());
  if (!value) return fail("no row from: {}", sql);
  return *value;
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

Status Database::auto_checkpoint(int pages) {
  if (sqlite3_wal_autocheckpoint(handle_.get(), pages) != SQLITE_OK) return error();
  return {};
}

Status Database::checkpoint() {
  int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if ((code & 0xff) != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) return error();
  return {};
}

tl::unexpected<Error> Database::error() const { return failure_of(handle_.get()); }

void Statement::begin([[maybe_unused]] std::size_t values) {
  assert(sqlite3_bind_parameter_count(handle_.get()) == static_cast<int>(values));
  sqlite3_reset(handle_.get());
}

Status Statement::bound(int code) {
  if (code != SQLITE_OK) return failure_of(sqlite3_db_handle(handle_.get()));
  return {};
}

Status Statement::finish() {
  auto more = step();
  while (more && *more) more = step();
  if (!more) return tl::unexpected(more.error());
  return {};
}

// Whether there is a row. At the end and after an error the statement is reset, so that it holds no lock.
Result<bool> Statement::step() {
  int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  Result<bool> end = false;
  if (code != SQLITE_DONE) end = failure_of(sqlite3_db_handle(handle_.get()));
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
  return end;
}

int Statement::bind_integer(int place, std::int64_t value) {
  return sqlite3_bind_int64(handle_.get(), place, value);
}

int Statement::bind(int place, double value) { return sqlite3_bind_double(handle_.get(), place, value); }

int Statement::bind(int place, std::string_view value) {
  const char* data = value.data() ? value.data() : "";  // a null pointer would be NULL, not ''
  return sqlite3_bind_text64(handle_.get(), place, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

int Statement::bind(int place, Blob value) {
  const char* data = value.bytes.data() ? value.bytes.data() : "";
  return sqlite3_bind_blob64(handle_.get(), place, data, value.bytes.size(), SQLITE_STATIC);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }

std::string Statement::text(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  int size = sqlite3_column_bytes(handle_.get(), column);
  return data ? std::string(static_cast<const char*>(data), static_cast<std::size_t>(size)) : std::string();
}

Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return tl::unexpected(begun.error());
  return Transaction(database);
}

// An error may have rolled it back already.
Transaction::~Transaction() {
  if (database_ && !sqlite3_get_autocommit(database_->handle_.get())) (void)database_->run("ROLLBACK");
}

Status Transaction::commit() { return database_->run("COMMIT"); }

}  // namespace coordinator::io
