// Reads from state.db: what a starting daemon must know, and what people ask about.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "store/records.h"

namespace coordinator::io {
class Database;
}

namespace coordinator::store {

Result<Snapshot> read_snapshot(io::Database& database);
// As store.h says of them.
Result<std::vector<Session>> read_history(io::Database& database, ChannelId channel);
Result<std::vector<Usage>> read_usage(io::Database& database, WallTime since);

Result<std::vector<File>> read_files(io::Database& database, MessageId source, int chunk);
Result<std::vector<Approval>> read_audit(io::Database& database, std::optional<ChannelId> channel);
Result<std::optional<Kept>> read_mention(io::Database& database, MessageId message);

// The queries, for the test that holds them to their indexes.
inline constexpr std::size_t kSnapshotQueryCount = 8;
extern const char* const kSnapshotQueries[kSnapshotQueryCount];
extern const char* const kMentionQuery;
extern const char* const kFilesQuery;
extern const char* const kHistoryQuery;
extern const char* const kUsageQuery;
extern const char* const kAuditQuery;
extern const char* const kChannelAuditQuery;

}  // namespace coordinator::store
