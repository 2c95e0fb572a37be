#include "store/sqlite_reader.h"

#include <string>
#include <utility>

#include "base/json.h"
#include "io/database.h"
#include "store/attachment_list.h"
#include "store/words.h"

namespace coordinator::store {

#define SESSION_COLUMNS                                                                                     \
  "channel, session_id, project, agent, model, chosen_model, fork_of, last_user, last_user_name, messages," \
  " cost_usd, begun, created, last_activity, current, allowed"

#define INBOX_COLUMNS                                                                                \
  "message, channel, project, author, author_name, prompt, quoted, state, outcome, turn_id, reason," \
  " arrived, started, finished, attachments"

#define APPROVAL_COLUMNS                                                                         \
  "mention, chunk, channel, turn_id, request_id, requester, requester_name, tool, input, rules," \
  " question, state, answers, decided_by, decided_by_name, reason, asked, decided"

// What takes the place of a message whose files are refused may be more messages than were promised; they
// were made with it, and stand where it stood.
#define OUTBOX_COLUMNS                                                                      \
  "source, chunk, channel, payload, live, instead, state, sent, reason, created, finished," \
  " (SELECT min(promised) FROM outbox AS other WHERE other.source = outbox.source"          \
  " AND other.created = outbox.created) AS place"

// A partial index is used only by a query that repeats its condition word by word.
const char* const kSnapshotQueries[kSnapshotQueryCount] = {
    "SELECT " INBOX_COLUMNS " FROM inbox WHERE state IN ('queued', 'running', 'answering') ORDER BY arrival",

    "SELECT " SESSION_COLUMNS
    " FROM sessions WHERE current UNION ALL"
    " SELECT " SESSION_COLUMNS
    " FROM sessions WHERE (channel, session_id) IN"
    " (SELECT channel, session_id FROM turns WHERE state = 'running') AND NOT current",

    "SELECT turn_id, message, channel, author, author_name, session_id, message_uuid, state, started, "
    "finished, cost_usd,"
    " input_tokens, output_tokens FROM turns WHERE state = 'running' ORDER BY started",

    "SELECT " OUTBOX_COLUMNS
    " FROM outbox WHERE state = 'pending' UNION"
    " SELECT " OUTBOX_COLUMNS
    " FROM outbox WHERE source IN (SELECT message FROM inbox WHERE state IN ('queued', 'running', "
    "'answering'))"
    " ORDER BY place, chunk",

    "SELECT name, value FROM notes ORDER BY name",

    "SELECT message, channel, emoji FROM marks ORDER BY message, emoji",

    "SELECT plugin, key, value FROM plugin_values ORDER BY plugin, key",

    "SELECT " APPROVAL_COLUMNS
    " FROM approvals WHERE mention IN (SELECT message FROM inbox WHERE state IN ('queued', 'running', "
    "'answering')) ORDER BY mention, chunk"};

const char* const kMentionQuery = "SELECT " INBOX_COLUMNS
                                  ", (SELECT coalesce(max(chunk) + 1, 0) FROM outbox WHERE source = message),"
                                  " (SELECT coalesce(max(sent), 0) FROM outbox WHERE source = message)"
                                  " FROM inbox WHERE message = ?";

const char* const kFilesQuery =
    "SELECT name, type, bytes FROM outbox_files WHERE source = ? AND chunk = ? ORDER BY place";

// An earlier session that its agent never confirmed is none that anybody could go back to.
const char* const kHistoryQuery = "SELECT " SESSION_COLUMNS
                                  " FROM sessions WHERE channel = ? AND (current OR begun)"
                                  " ORDER BY current DESC, last_activity DESC LIMIT 100";

// The first condition names the index, the second says what is meant. The bare author_name is that of the row
// with the greatest `finished`: https://www.sqlite.org/lang_select.html#bareagg
const char* const kUsageQuery =
    "SELECT finished / 86400000 AS day, channel, author, author_name, count(DISTINCT message),"
    " sum(input_tokens), sum(output_tokens), sum(cost_usd), max(finished) FROM turns"
    " WHERE state <> 'running' AND max(finished, started) >= ?1 AND finished >= ?1"
    " GROUP BY day, channel, author ORDER BY day DESC, channel, author LIMIT 10000";

const char* const kAuditQuery = "SELECT " APPROVAL_COLUMNS " FROM approvals ORDER BY asked DESC LIMIT 200";

const char* const kChannelAuditQuery =
    "SELECT " APPROVAL_COLUMNS " FROM approvals WHERE channel = ? ORDER BY asked DESC LIMIT 200";

namespace {

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> words;
  if (auto list = Json::parse(text))
    for (JsonView word : list->view()) words.push_back(word.text_or(""));
  return words;
}

Inbox inbox_of(const io::Statement& row) {
  Inbox r;
  r.message = row.id<MessageId>(0);
  r.channel = row.id<ChannelId>(1);
  r.project = row.text(2);
  r.author = row.id<UserId>(3);
  r.author_name = row.text(4);
  r.prompt = row.text(5);
  r.quoted = row.text(6);
  r.state = state_of<InboxState>(kInboxWords, row.text(7)).value_or(InboxState::queued);
  r.outcome = state_of<InboxState>(kInboxWords, row.text(8)).value_or(InboxState::answered);
  r.turn_id = row.text(9);
  r.reason = row.text(10);
  r.arrived = row.time(11);
  r.started = row.time(12);
  r.finished = row.time(13);
  r.attachments = parse_attachments(row.text(14));
  return r;
}

Kept kept_of(const io::Statement& row) {
  return {inbox_of(row), static_cast<int>(row.integer(15)), row.id<MessageId>(16)};
}

Session session_of(const io::Statement& row) {
  Session r;
  r.channel = row.id<ChannelId>(0);
  r.session_id = row.text(1);
  r.project = row.text(2);
  r.agent = row.text(3);
  r.model = row.text(4);
  r.chosen_model = row.text(5);
  r.fork_of = row.text(6);
  r.last_user = row.id<UserId>(7);
  r.last_user_name = row.text(8);
  r.messages = row.integer(9);
  r.cost_usd = row.real(10);
  r.begun = row.integer(11) != 0;
  r.created = row.time(12);
  r.last_activity = row.time(13);
  r.current = row.integer(14) != 0;
  r.allowed = list_of(row.text(15));
  return r;
}

Turn turn_of(const io::Statement& row) {
  Turn r;
  r.turn_id = row.text(0);
  r.message = row.id<MessageId>(1);
  r.channel = row.id<ChannelId>(2);
  r.author = row.id<UserId>(3);
  r.author_name = row.text(4);
  r.session_id = row.text(5);
  r.message_uuid = row.text(6);
  r.state = state_of<TurnState>(kTurnWords, row.text(7)).value_or(TurnState::running);
  r.started = row.time(8);
  r.finished = row.time(9);
  r.cost_usd = row.real(10);
  r.input_tokens = row.integer(11);
  r.output_tokens = row.integer(12);
  return r;
}

Outbox outbox_of(const io::Statement& row) {
  Outbox r;
  r.source = row.id<MessageId>(0);
  r.chunk = static_cast<int>(row.integer(1));
  r.channel = row.id<ChannelId>(2);
  r.payload = row.text(3);
  r.live = row.integer(4) != 0;
  r.instead = row.text(5);
  r.state = state_of<OutboxState>(kOutboxWords, row.text(6)).value_or(OutboxState::pending);
  r.sent = row.id<MessageId>(7);
  r.reason = row.text(8);
  r.created = row.time(9);
  r.finished = row.time(10);
  return r;
}

Approval approval_of(const io::Statement& row) {
  Approval r;
  r.mention = row.id<MessageId>(0);
  r.chunk = static_cast<int>(row.integer(1));
  r.channel = row.id<ChannelId>(2);
  r.turn_id = row.text(3);
  r.request_id = row.text(4);
  r.requester = row.id<UserId>(5);
  r.requester_name = row.text(6);
  r.tool = row.text(7);
  r.input = row.text(8);
  r.rules = list_of(row.text(9));
  r.question = row.integer(10) != 0;
  r.state = state_of<ApprovalState>(kApprovalWords, row.text(11)).value_or(ApprovalState::withdrawn);
  r.answers = row.text(12);
  r.decided_by = row.id<UserId>(13);
  r.decided_by_name = row.text(14);
  r.reason = row.text(15);
  r.asked = row.time(16);
  r.decided = row.time(17);
  return r;
}

File file_of(const io::Statement& row) { return {row.text(0), row.text(1), row.text(2)}; }

Note note_of(const io::Statement& row) { return {row.text(0), row.text(1)}; }

Mark mark_of(const io::Statement& row) {
  return {row.id<MessageId>(0), row.id<ChannelId>(1), row.text(2), true};
}

PluginValue value_of(const io::Statement& row) { return {row.text(0), row.text(1), row.text(2)}; }

Usage usage_of(const io::Statement& row) {
  Usage r;
  r.day = WallTime(row.integer(0) * 24h);
  r.channel = row.id<ChannelId>(1);
  r.user = row.id<UserId>(2);
  r.user_name = row.text(3);
  r.turns = static_cast<std::uint32_t>(row.integer(4));
  r.input_tokens = static_cast<std::uint64_t>(row.integer(5));
  r.output_tokens = static_cast<std::uint64_t>(row.integer(6));
  r.cost_usd = row.real(7);
  return r;
}

template <class Record, class... Values>
Status read(io::Database& database, const char* sql, Record (*record_of)(const io::Statement&),
            std::vector<Record>& into, const Values&... values) {
  auto statement = database.prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  return statement->each([&](const io::Statement& row) { into.push_back(record_of(row)); }, values...);
}

}  // namespace

Result<Snapshot> read_snapshot(io::Database& database) {
  Snapshot snapshot;
  Status done = read(database, kSnapshotQueries[0], inbox_of, snapshot.inbox);
  if (done) done = read(database, kSnapshotQueries[1], session_of, snapshot.sessions);
  if (done) done = read(database, kSnapshotQueries[2], turn_of, snapshot.turns);
  if (done) done = read(database, kSnapshotQueries[3], outbox_of, snapshot.outbox);
  if (done) done = read(database, kSnapshotQueries[4], note_of, snapshot.notes);
  if (done) done = read(database, kSnapshotQueries[5], mark_of, snapshot.marks);
  if (done) done = read(database, kSnapshotQueries[6], value_of, snapshot.plugin_values);
  if (done) done = read(database, kSnapshotQueries[7], approval_of, snapshot.approvals);
  if (!done) return tl::unexpected(done.error());
  return snapshot;
}

Result<std::optional<Kept>> read_mention(io::Database& database, MessageId message) {
  std::vector<Kept> found;
  if (auto done = read(database, kMentionQuery, kept_of, found, message); !done)
    return tl::unexpected(done.error());
  return found.empty() ? std::optional<Kept>() : std::move(found.front());
}

Result<std::vector<File>> read_files(io::Database& database, MessageId source, int chunk) {
  std::vector<File> files;
  if (auto done = read(database, kFilesQuery, file_of, files, source, chunk); !done)
    return tl::unexpected(done.error());
  return files;
}

Result<std::vector<Session>> read_history(io::Database& database, ChannelId channel) {
  std::vector<Session> sessions;
  if (auto done = read(database, kHistoryQuery, session_of, sessions, channel); !done)
    return tl::unexpected(done.error());
  return sessions;
}

Result<std::vector<Approval>> read_audit(io::Database& database, std::optional<ChannelId> channel) {
  std::vector<Approval> rows;
  Status done = channel ? read(database, kChannelAuditQuery, approval_of, rows, *channel)
                        : read(database, kAuditQuery, approval_of, rows);
  if (!done) return tl::unexpected(done.error());
  return rows;
}

Result<std::vector<Usage>> read_usage(io::Database& database, WallTime since) {
  std::vector<Usage> rows;
  if (auto done = read(database, kUsageQuery, usage_of, rows, since); !done)
    return tl::unexpected(done.error());
  return rows;
}

}  // namespace coordinator::store
