// Writes records into state.db: one prepared upsert a kind.
#pragma once

#include "base/result.h"
#include "io/database.h"
#include "store/records.h"

namespace coordinator::store {

// Within whatever transaction is open. Must not outlive the database.
class SqliteWriter {
 public:
  static Result<SqliteWriter> prepare(io::Database& database);

  Status write(const Write& record);

 private:
  SqliteWriter(io::Statement inbox, io::Statement demote, io::Statement session, io::Statement turn,
               io::Statement outbox, io::Statement note);
  Status put(const Inbox& record);
  Status put(const Session& record);
  Status put(const Turn& record);
  Status put(const Outbox& record);
  Status put(const Note& record);

  io::Statement inbox_, demote_, session_, turn_, outbox_, note_;
};

}  // namespace coordinator::store
