// The store on SQLite: STATE/state.db, written by one daemon at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "io/database.h"
#include "io/file.h"
#include "store/batch.h"
#include "store/sqlite_writer.h"
#include "store/store.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::store {

// Every callback comes before the call returns, but see read_beside(). A load tells what was committed, not
// what is in the batch.
class SqliteStore : public Store {
 public:
  // Takes the state directory (made with mode 0700 when it is missing) for this process alone, by a lock that
  // ends with it, and opens state.db in it (mode 0600), new or brought to the present schema.
  //
  // Errors, each with what to do: another daemon has the directory; others may write to it; state.db is newer
  // than this program, or damaged. A damaged one is left exactly as it is, and no new one is made in its
  // place.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& directory);

  void load(std::function<void(Result<Snapshot>)> done) override;
  void seen(MessageId message, std::function<void(Result<bool>)> done) override;
  void seen(InteractionId interaction, std::function<void(Result<bool>)> done) override;
  void mention(MessageId message, std::function<void(Result<std::optional<Kept>>)> done) override;
  void history(ChannelId channel, std::function<void(Result<std::vector<Session>>)> done) override;
  void usage(WallTime since, std::function<void(Result<std::vector<Usage>>)> done) override;
  void write(Write record) override { batch_.add(std::move(record)); }
  bool dirty() const override { return !batch_.empty(); }
  void commit(std::function<void(Status)> done) override;

  // Forgets what nobody will ask for again: finished mentions after 30 days, messages sent for finished
  // mentions after a day (refused ones after 30), interactions after a day, finished turns and earlier
  // sessions after 400 days. A few hundred rows of each kind a call; returns how many went. Call it now and
  // then; again soon when it returned more than zero.
  Result<std::size_t> prune(WallTime now);

  // From now on usage() is read beside the loop, by a connection of its own, and tells later: with many turns
  // it takes some tenths of a second. What is not told before the store dies is never told.
  void read_beside(io::Loop& loop) { beside_ = &loop; }

  // Moves what the log holds into the database file. For quiet moments: SQLite does it by itself at the
  // commit that makes the log longer than 4 MB, which then takes longer.
  Status checkpoint();

  // How many pages of 4 KiB state.db may have; beyond it a commit fails as on a full disk. 0: as many as the
  // disk has room for.
  Status limit_pages(std::int64_t pages);

 private:
  SqliteStore(io::LockFile lock, std::string path, io::Database database, SqliteWriter writer,
              io::Statement seen_message, io::Statement seen_interaction);
  template <class Id>
  void tell_seen(io::Statement& statement, Id id, const std::function<void(Result<bool>)>& done);
  void usage_beside(WallTime since, std::function<void(Result<std::vector<Usage>>)> done);
  Status save();
  Result<std::size_t> forget(const char* sql, WallTime before);
  tl::unexpected<Error> explained(const Error& error, std::string_view doing) const;

  io::LockFile lock_;
  std::string path_;
  io::Database database_;
  SqliteWriter writer_;
  io::Statement seen_message_, seen_interaction_;
  Batch batch_;
  io::Loop* beside_ = nullptr;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace coordinator::store
