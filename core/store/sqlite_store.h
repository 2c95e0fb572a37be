// The store on SQLite: STATE/state.db, written by one daemon at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "io/worker.h"
#include "store/batch.h"
#include "store/store.h"

namespace coordinator::io {
class Database;
class Loop;
class Statement;
}  // namespace coordinator::io

namespace coordinator::store {

// Every callback comes before the call returns, but see work_beside(); that of load(), seen(), mention() and
// history() always does. A load tells what was committed, not what is in the batch.
class SqliteStore : public Store {
 public:
  // Takes the state directory (made with mode 0700 when it is missing) for this process alone, by a lock that
  // ends with it, and opens state.db in it (mode 0600), new or brought to the present schema.
  //
  // Errors, each with what to do: another daemon has the directory; others may write to it; state.db is newer
  // than this program, or damaged. A damaged one is left exactly as it is, and no new one is made in its
  // place.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& directory);
  ~SqliteStore() override;

  void load(std::function<void(Result<Snapshot>)> done) override;
  void seen(MessageId message, std::function<void(Result<bool>)> done) override;
  void files(MessageId source, int chunk, std::function<void(Result<std::vector<File>>)> done) override;
  void seen(InteractionId interaction, std::function<void(Result<bool>)> done) override;
  void mention(MessageId message, std::function<void(Result<std::optional<Kept>>)> done) override;
  void history(ChannelId channel, std::function<void(Result<std::vector<Session>>)> done) override;
  void usage(WallTime since, std::function<void(Result<std::vector<Usage>>)> done) override;
  void audit(std::optional<ChannelId> channel,
             std::function<void(Result<std::vector<Approval>>)> done) override;
  void write(Write record) override;
  bool dirty() const override { return !batch_.empty(); }
  void commit(std::function<void(Status)> done) override;

  // Forgets what nobody will ask for again: finished mentions after 30 days, messages sent for answered
  // mentions after a day (refused ones after 30), interactions after a day, finished turns and earlier
  // sessions after 400 days, approvals after 90. A few hundred rows of each kind a call; tells how many went.
  // Call it now and then; again soon when it told more than zero.
  void prune(WallTime now, std::function<void(Result<std::size_t>)> done);

  // From now on commits, prune(), usage() and files() work beside the loop and tell later: a disk may take
  // its time, with many turns usage takes some tenths of a second, and files may be large. What is not told
  // before the store dies is never told.
  void work_beside(io::Loop& loop) { worker_.begin(loop); }
  // Waits for what works beside the loop, and tells it; from now on nothing does any more.
  void finish() { worker_.finish(); }

  // Moves what the log holds into the database file. For quiet moments: SQLite does it by itself at the
  // commit that makes the log longer than 4 MB, which then takes longer. By the connection that writes, so
  // not between work_beside() and finish().
  Status checkpoint();

  // How many pages of 4 KiB state.db may have; beyond it a commit fails as on a full disk. 0: as many as the
  // disk has room for. By the connection that writes, so not while commit() or prune() is at work beside
  // the loop.
  Status limit_pages(std::int64_t pages);

 private:
  struct Writing;
  struct Reading;

  SqliteStore(std::string path, std::shared_ptr<Writing> writing, std::unique_ptr<Reading> reading);
  template <class Id>
  void tell_seen(io::Statement& statement, Id id, const std::function<void(Result<bool>)>& done);
  template <class Row>
  void read_beside(io::Loop& loop, std::function<Result<std::vector<Row>>(io::Database&)> read,
                   std::function<void(Result<std::vector<Row>>)> done);
  // Lays what is not committed over what was read.
  template <class Found, class Id>
  Found with_pending(Found found, Id id) const;
  void committed(const Status& status, const std::function<void(Status)>& done);
  tl::unexpected<Error> explained(const Error& error, std::string_view doing) const;

  std::string path_;
  std::shared_ptr<Writing> writing_;  // while something works beside the loop, its alone
  std::unique_ptr<Reading> reading_;
  Batch batch_;
  std::shared_ptr<Batch> saving_;  // is being committed
  io::Worker worker_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace coordinator::store
