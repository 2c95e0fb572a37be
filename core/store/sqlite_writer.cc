#include "store/sqlite_writer.h"

#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"
#include "store/attachment_list.h"
#include "store/words.h"

namespace coordinator::store {

namespace {

// A mention that had its end and is asked for again comes behind those that wait.
constexpr const char* kInbox =
    "INSERT INTO inbox (message, channel, project, author, author_name, prompt, quoted, attachments, state,"
    " outcome, turn_id, reason, arrived, started, finished) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
    " ON CONFLICT (message) DO UPDATE SET channel = excluded.channel, project = excluded.project,"
    " author = excluded.author, author_name = excluded.author_name, prompt = excluded.prompt,"
    " arrival = CASE WHEN excluded.state = 'queued' AND state NOT IN ('queued', 'running', 'answering')"
    " THEN (SELECT max(arrival) + 1 FROM inbox) ELSE arrival END,"
    " quoted = excluded.quoted, attachments = excluded.attachments, state = excluded.state,"
    " outcome = excluded.outcome,"
    " turn_id = excluded.turn_id, reason = excluded.reason,"
    " arrived = excluded.arrived, started = excluded.started, finished = excluded.finished";

constexpr const char* kDemote =
    "UPDATE sessions SET current = 0 WHERE channel = ? AND current AND session_id <> ?";

constexpr const char* kSession =
    "INSERT OR REPLACE INTO sessions (channel, session_id, current, project, agent, model, chosen_model,"
    " fork_of, last_user, last_user_name, messages, cost_usd, begun, allowed, created, last_activity)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

constexpr const char* kTurn =
    "INSERT OR REPLACE INTO turns (turn_id, message, channel, author, author_name, session_id, message_uuid,"
    " state, started, finished, cost_usd, input_tokens, output_tokens) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)";

constexpr const char* kOutbox =
    "INSERT INTO outbox (source, chunk, channel, payload, live, instead, state, sent, reason, created, "
    "finished)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (source, chunk) DO UPDATE SET channel = excluded.channel,"
    " payload = excluded.payload, live = excluded.live, instead = excluded.instead, state = excluded.state, "
    "sent = excluded.sent, "
    "reason = excluded.reason,"
    " created = excluded.created, finished = excluded.finished";

constexpr const char* kFile =
    "INSERT INTO outbox_files (source, chunk, place, name, type, bytes) VALUES (?,?,?,?,?,?)";

constexpr const char* kNoFiles = "DELETE FROM outbox_files WHERE source = ? AND chunk = ?";

constexpr const char* kNote = "INSERT OR REPLACE INTO notes (name, value) VALUES (?,?)";

constexpr const char* kInteraction =
    "INSERT OR REPLACE INTO interactions (interaction, arrived) VALUES (?,?)";

constexpr const char* kValue = "INSERT OR REPLACE INTO plugin_values (plugin, key, value) VALUES (?,?,?)";

constexpr const char* kErase = "DELETE FROM plugin_values WHERE plugin = ? AND key = ?";

constexpr const char* kMark = "INSERT OR REPLACE INTO marks (message, channel, emoji) VALUES (?,?,?)";

constexpr const char* kUnmark = "DELETE FROM marks WHERE message = ? AND emoji = ?";

constexpr const char* kApproval =
    "INSERT INTO approvals (mention, chunk, channel, turn_id, request_id, requester, requester_name, tool,"
    " input, rules, question, state, answers, decided_by, decided_by_name, reason, asked, decided)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (mention, chunk) DO UPDATE SET"
    " state = excluded.state, answers = excluded.answers, decided_by = excluded.decided_by,"
    " decided_by_name = excluded.decided_by_name, reason = excluded.reason, decided = excluded.decided";

constexpr const char* kAll[] = {kInbox, kDemote, kSession, kTurn,   kOutbox, kNote,    kInteraction,
                                kValue, kErase,  kMark,    kUnmark, kFile,   kNoFiles, kApproval};

std::string as_text(const std::vector<std::string>& words) {
  Json list = Json::array();
  for (const std::string& word : words) list.push(word);
  return list.dump();
}

}  // namespace

Result<SqliteWriter> SqliteWriter::prepare(io::Database& database) {
  std::vector<io::Statement> made;
  for (const char* sql : kAll) {
    auto statement = database.prepare(sql);
    if (!statement) return tl::unexpected(statement.error());
    made.push_back(std::move(*statement));
  }
  return SqliteWriter(std::move(made));
}

// In the order of kAll.
SqliteWriter::SqliteWriter(std::vector<io::Statement> made)
    : inbox_(std::move(made[0])),
      demote_(std::move(made[1])),
      session_(std::move(made[2])),
      turn_(std::move(made[3])),
      outbox_(std::move(made[4])),
      note_(std::move(made[5])),
      interaction_(std::move(made[6])),
      value_(std::move(made[7])),
      erase_(std::move(made[8])),
      mark_(std::move(made[9])),
      unmark_(std::move(made[10])),
      file_(std::move(made[11])),
      no_files_(std::move(made[12])),
      approval_(std::move(made[13])) {}

Status SqliteWriter::write(const Write& record) {
  return std::visit([this](const auto& r) { return put(r); }, record);
}

Status SqliteWriter::put(const Inbox& r) {
  return inbox_.run(r.message, r.channel, r.project, r.author, r.author_name, r.prompt, r.quoted,
                    to_text(r.attachments), word(r.state), word(r.outcome), r.turn_id, r.reason, r.arrived,
                    r.started, r.finished);
}

Status SqliteWriter::put(const Session& r) {
  if (r.current)
    if (auto demoted = demote_.run(r.channel, r.session_id); !demoted) return demoted;
  return session_.run(r.channel, r.session_id, r.current, r.project, r.agent, r.model, r.chosen_model,
                      r.fork_of, r.last_user, r.last_user_name, r.messages, r.cost_usd, r.begun,
                      as_text(r.allowed), r.created, r.last_activity);
}

Status SqliteWriter::put(const Turn& r) {
  return turn_.run(r.turn_id, r.message, r.channel, r.author, r.author_name, r.session_id, r.message_uuid,
                   word(r.state), r.started, r.finished, r.cost_usd, r.input_tokens, r.output_tokens);
}

// Its files are what is large here: nobody asks for them when it is sent, or refused.
Status SqliteWriter::put(const Outbox& r) {
  bool pending = r.state == OutboxState::pending;
  Status done = outbox_.run(r.source, r.chunk, r.channel, r.payload, r.live, r.instead, word(r.state), r.sent,
                            r.reason, r.created, r.finished);
  if (done && !r.keeps_files) done = no_files_.run(r.source, r.chunk);
  for (std::size_t i = 0; done && pending && i < r.files.size(); ++i)
    done =
        file_.run(r.source, r.chunk, i, r.files[i].name, r.files[i].type, io::Blob{r.files[i].bytes.view()});
  return done;
}

Status SqliteWriter::put(const Note& r) { return note_.run(r.name, r.value); }

Status SqliteWriter::put(const Interaction& r) { return interaction_.run(r.interaction, r.arrived); }

Status SqliteWriter::put(const PluginValue& r) {
  return r.value ? value_.run(r.plugin, r.key, *r.value) : erase_.run(r.plugin, r.key);
}

Status SqliteWriter::put(const Mark& r) {
  return r.present ? mark_.run(r.message, r.channel, r.emoji) : unmark_.run(r.message, r.emoji);
}

Status SqliteWriter::put(const Approval& r) {
  return approval_.run(r.mention, r.chunk, r.channel, r.turn_id, r.request_id, r.requester, r.requester_name,
                       r.tool, r.input, as_text(r.rules), r.question, word(r.state), r.answers, r.decided_by,
                       r.decided_by_name, r.reason, r.asked, r.decided);
}

}  // namespace coordinator::store
