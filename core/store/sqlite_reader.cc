#include "store/sqlite_reader.h"

#include <string>
#include <utility>

#include "io/database.h"
#include "store/words.h"

namespace coordinator::store {

// A partial index is used only by a query that repeats its condition word by word.
const char* const kSnapshotQueries[5] = {
    "SELECT message, channel, project, author, author_name, prompt, quoted, state, turn_id, reason, arrived,"
    " started, finished FROM inbox WHERE state IN ('queued', 'running', 'answering') ORDER BY arrival",

    "SELECT channel, session_id, project, agent, model, last_user, last_user_name, messages, cost_usd, begun,"
    " created, last_activity FROM sessions WHERE current ORDER BY channel",

    "SELECT turn_id, message, channel, session_id, message_uuid, state, started, finished, cost_usd,"
    " input_tokens, output_tokens FROM turns WHERE state = 'running' ORDER BY started",

    "SELECT source, chunk, channel, payload, state, sent, reason, created, finished, promised FROM outbox"
    " WHERE state = 'pending' UNION"
    " SELECT source, chunk, channel, payload, state, sent, reason, created, finished, promised FROM outbox"
    " WHERE source IN (SELECT message FROM inbox WHERE state IN ('queued', 'running', 'answering'))"
    " ORDER BY promised",

    "SELECT name, value FROM notes ORDER BY name"};

namespace {

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
  r.turn_id = row.text(8);
  r.reason = row.text(9);
  r.arrived = row.time(10);
  r.started = row.time(11);
  r.finished = row.time(12);
  return r;
}

Session session_of(const io::Statement& row) {
  Session r;
  r.channel = row.id<ChannelId>(0);
  r.session_id = row.text(1);
  r.project = row.text(2);
  r.agent = row.text(3);
  r.model = row.text(4);
  r.last_user = row.id<UserId>(5);
  r.last_user_name = row.text(6);
  r.messages = row.integer(7);
  r.cost_usd = row.real(8);
  r.begun = row.integer(9) != 0;
  r.created = row.time(10);
  r.last_activity = row.time(11);
  return r;
}

Turn turn_of(const io::Statement& row) {
  Turn r;
  r.turn_id = row.text(0);
  r.message = row.id<MessageId>(1);
  r.channel = row.id<ChannelId>(2);
  r.session_id = row.text(3);
  r.message_uuid = row.text(4);
  r.state = state_of<TurnState>(kTurnWords, row.text(5)).value_or(TurnState::running);
  r.started = row.time(6);
  r.finished = row.time(7);
  r.cost_usd = row.real(8);
  r.input_tokens = row.integer(9);
  r.output_tokens = row.integer(10);
  return r;
}

Outbox outbox_of(const io::Statement& row) {
  Outbox r;
  r.source = row.id<MessageId>(0);
  r.chunk = static_cast<int>(row.integer(1));
  r.channel = row.id<ChannelId>(2);
  r.payload = row.text(3);
  r.state = state_of<OutboxState>(kOutboxWords, row.text(4)).value_or(OutboxState::pending);
  r.sent = row.id<MessageId>(5);
  r.reason = row.text(6);
  r.created = row.time(7);
  r.finished = row.time(8);
  return r;
}

Note note_of(const io::Statement& row) { return {row.text(0), row.text(1)}; }

template <class Record>
Status read(io::Database& database, const char* sql, Record (*record_of)(const io::Statement&),
            std::vector<Record>& into) {
  auto statement = database.prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  return statement->each([&](const io::Statement& row) { into.push_back(record_of(row)); });
}

}  // namespace

Result<Snapshot> read_snapshot(io::Database& database) {
  Snapshot snapshot;
  Status done = read(database, kSnapshotQueries[0], inbox_of, snapshot.inbox);
  if (done) done = read(database, kSnapshotQueries[1], session_of, snapshot.sessions);
  if (done) done = read(database, kSnapshotQueries[2], turn_of, snapshot.turns);
  if (done) done = read(database, kSnapshotQueries[3], outbox_of, snapshot.outbox);
  if (done) done = read(database, kSnapshotQueries[4], note_of, snapshot.notes);
  if (!done) return tl::unexpected(done.error());
  return snapshot;
}

}  // namespace coordinator::store
