// Writes records into state.db: one prepared upsert a kind.
#pragma once

#include <vector>

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
  explicit SqliteWriter(std::vector<io::Statement> made);
  Status put(const Inbox& record);
  Status put(const Session& record);
  Status put(const Turn& record);
  Status put(const Outbox& record);
  Status put(const Note& record);
  Status put(const Interaction& record);
  Status put(const PluginValue& record);
  Status put(const Mark& record);
  Status put(const Approval& record);

  io::Statement inbox_, demote_, session_, turn_, outbox_, note_, interaction_, value_, erase_, mark_,
      unmark_, file_, no_files_, approval_;
};

}  // namespace coordinator::store
