// Reads from state.db what a starting daemon must know.
#pragma once

#include "base/result.h"
#include "store/records.h"

namespace coordinator::io {
class Database;
}

namespace coordinator::store {

Result<Snapshot> read_snapshot(io::Database& database);

// The queries, for the test that holds them to their indexes.
extern const char* const kSnapshotQueries[5];

}  // namespace coordinator::store
