#include "store/migrations.h"

#include "io/database.h"

namespace coordinator::store {

namespace {

// Times are milliseconds since 1970 UTC, 0 where there is none; ids are Discord's own numbers; states are
// words. The primary key's columns come first: without a rowid, the PRAGMA quick_check of SQLite 3.40 sees
// damage where they do not. `arrival` counts the mentions as they came in, `promised` the messages as they
// were promised: a clock that jumps does not change their order.
constexpr const char* kFirst = R"sql(
CREATE TABLE inbox (
  arrival     INTEGER PRIMARY KEY AUTOINCREMENT,
  message     INTEGER NOT NULL UNIQUE,
  channel     INTEGER NOT NULL,
  project     TEXT NOT NULL,
  author      INTEGER NOT NULL,
  author_name TEXT NOT NULL,
  prompt      TEXT NOT NULL,
  quoted      TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN
                ('queued', 'running', 'answering', 'answered', 'failed', 'cancelled', 'interrupted')),
  turn_id     TEXT NOT NULL,
  reason      TEXT NOT NULL,
  arrived     INTEGER NOT NULL,
  started     INTEGER NOT NULL,
  finished    INTEGER NOT NULL
) STRICT;
CREATE INDEX inbox_unfinished ON inbox (arrival) WHERE state IN ('queued', 'running', 'answering');
CREATE INDEX inbox_finished ON inbox (max(finished, arrived))
  WHERE state IN ('answered', 'failed', 'cancelled', 'interrupted');

CREATE TABLE sessions (
  channel        INTEGER NOT NULL,
  session_id     TEXT NOT NULL,
  current        INTEGER NOT NULL,
  project        TEXT NOT NULL,
  agent          TEXT NOT NULL,
  model          TEXT NOT NULL,
  last_user      INTEGER NOT NULL,
  last_user_name TEXT NOT NULL,
  messages       INTEGER NOT NULL,
  cost_usd       REAL NOT NULL,
  begun          INTEGER NOT NULL,
  created        INTEGER NOT NULL,
  last_activity  INTEGER NOT NULL,
  PRIMARY KEY (channel, session_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_current ON sessions (channel) WHERE current;
CREATE INDEX sessions_earlier ON sessions (last_activity) WHERE NOT current;

CREATE TABLE turns (
  turn_id       TEXT PRIMARY KEY,
  message       INTEGER NOT NULL,
  channel       INTEGER NOT NULL,
  session_id    TEXT NOT NULL,
  message_uuid  TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'cancelled', 'interrupted')),
  started       INTEGER NOT NULL,
  finished      INTEGER NOT NULL,
  cost_usd      REAL NOT NULL,
  input_tokens  INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX turns_running ON turns (started) WHERE state = 'running';
CREATE INDEX turns_finished ON turns (max(finished, started)) WHERE state <> 'running';

CREATE TABLE outbox (
  promised INTEGER PRIMARY KEY AUTOINCREMENT,
  source   INTEGER NOT NULL,
  chunk    INTEGER NOT NULL,
  channel  INTEGER NOT NULL,
  payload  TEXT NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'refused')),
  sent     INTEGER NOT NULL,
  reason   TEXT NOT NULL,
  created  INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  UNIQUE (source, chunk)
) STRICT;
CREATE INDEX outbox_pending ON outbox (promised) WHERE state = 'pending';
CREATE INDEX outbox_settled ON outbox (max(finished, created)) WHERE state <> 'pending';

CREATE TABLE notes (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// What slash commands need: a model chosen for a channel, copies of conversations, usage by person, what
// plugins keep, and which interactions were taken in.
constexpr const char* kSecond = R"sql(
ALTER TABLE sessions ADD COLUMN chosen_model TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN fork_of TEXT NOT NULL DEFAULT '';
CREATE INDEX sessions_history ON sessions (channel, current, last_activity);

ALTER TABLE turns ADD COLUMN author INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN author_name TEXT NOT NULL DEFAULT '';
UPDATE turns SET (author, author_name) = (SELECT author, author_name FROM inbox
  WHERE inbox.message = turns.message) WHERE message IN (SELECT message FROM inbox);

CREATE TABLE interactions (
  interaction INTEGER PRIMARY KEY,
  arrived     INTEGER NOT NULL
) STRICT;
CREATE INDEX interactions_arrived ON interactions (arrived);

CREATE TABLE plugin_values (
  plugin TEXT NOT NULL,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (plugin, key)
) STRICT, WITHOUT ROWID;
)sql";

// How a mention ends whose answer is on its way, and the reactions that have to be taken away again.
constexpr const char* kThird = R"sql(
ALTER TABLE inbox ADD COLUMN outcome TEXT NOT NULL DEFAULT 'answered' CHECK (outcome IN
  ('queued', 'running', 'answering', 'answered', 'failed', 'cancelled', 'interrupted'));
UPDATE inbox SET outcome = 'failed' WHERE state = 'answering' AND reason <> '';

CREATE TABLE marks (
  message INTEGER NOT NULL,
  emoji   TEXT NOT NULL,
  channel INTEGER NOT NULL,
  PRIMARY KEY (message, emoji)
) STRICT, WITHOUT ROWID;
INSERT INTO marks (message, emoji, channel) SELECT message, '⏳', channel FROM inbox WHERE state IN ('queued', 'running', 'answering');
)sql";

// Messages with files, and what is said where Discord does not take those.
constexpr const char* kFourth = R"sql(
ALTER TABLE outbox ADD COLUMN instead TEXT NOT NULL DEFAULT '';

CREATE TABLE outbox_files (
  source INTEGER NOT NULL,
  chunk  INTEGER NOT NULL,
  place  INTEGER NOT NULL,
  name   TEXT NOT NULL,
  type   TEXT NOT NULL,
  bytes  BLOB NOT NULL,
  UNIQUE (source, chunk, place)
) STRICT;
)sql";

// Messages that show a turn while it goes on.
constexpr const char* kFifth = R"sql(
ALTER TABLE outbox ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
)sql";

// What is attached to mentions.
constexpr const char* kFiles = R"sql(
ALTER TABLE inbox ADD COLUMN attachments TEXT NOT NULL DEFAULT '';
)sql";

// What agents asked people to allow, and who decided; what people allowed for a whole conversation.
constexpr const char* kApprovals = R"sql(
ALTER TABLE sessions ADD COLUMN allowed TEXT NOT NULL DEFAULT '[]';

CREATE TABLE approvals (
  mention         INTEGER NOT NULL,
  chunk           INTEGER NOT NULL,
  channel         INTEGER NOT NULL,
  turn_id         TEXT NOT NULL,
  request_id      TEXT NOT NULL,
  requester       INTEGER NOT NULL,
  requester_name  TEXT NOT NULL,
  tool            TEXT NOT NULL,
  input           TEXT NOT NULL,
  rules           TEXT NOT NULL,
  question        INTEGER NOT NULL,
  state           TEXT NOT NULL CHECK (state IN
                    ('pending', 'allowed', 'allowed_session', 'denied', 'expired', 'withdrawn')),
  answers         TEXT NOT NULL,
  decided_by      INTEGER NOT NULL,
  decided_by_name TEXT NOT NULL,
  reason          TEXT NOT NULL,
  asked           INTEGER NOT NULL,
  decided         INTEGER NOT NULL,
  UNIQUE (mention, chunk)
) STRICT;
CREATE INDEX approvals_asked ON approvals (asked);
CREATE INDEX approvals_channel ON approvals (channel, asked);
)sql";

constexpr Migration kSteps[] = {{kFirst}, {kSecond}, {kThird}, {kFourth}, {kFifth}, {kFiles}, {kApprovals}};

Status take(io::Database& database, const Migration& step, std::size_t version) {
  auto transaction = io::Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto done = database.run(step.sql); !done) return done;
  if (auto done = database.run(fmt::format("PRAGMA user_version={}", version)); !done) return done;
  return transaction->commit();
}

}  // namespace

std::span<const Migration> migrations() { return kSteps; }

Status migrate(io::Database& database, std::span<const Migration> steps) {
  auto version = database.integer("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*version < 0 || static_cast<std::size_t>(*version) > steps.size())
    return fail(
        "it was written by a newer Coordinator (its schema is {}, this program knows {}): start that "
        "version again, or move the file elsewhere to begin with an empty one",
        *version, steps.size());
  for (auto next = static_cast<std::size_t>(*version); next < steps.size(); ++next)
    if (auto taken = take(database, steps[next], next + 1); !taken)
      return fail_because(taken.error(), "its schema could not be brought to version {}: {}", next + 1,
                          taken.error().what);
  return {};
}

}  // namespace coordinator::store
