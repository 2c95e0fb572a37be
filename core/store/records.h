// What the store keeps, in the domain's own words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/shared_bytes.h"

namespace coordinator::store {

enum class InboxState { queued, running, answering, answered, failed, cancelled, interrupted };

// What became of a file that is attached to a mention: it is to be fetched, it is there, or why it is not.
enum class AttachmentState { wanted, there, too_many, too_large, gone, unreachable, no_room, no_place };

struct Attachment {
  std::string name;         // in the project's inbox: safe, and no other of the mention's has it
  std::string url;          // where Discord has it, for about a day
  std::uint64_t bytes = 0;  // as Discord says; once it is there, as it is
  bool quoted = false;      // it belongs to the message that is replied to
  AttachmentState state = AttachmentState::wanted;
  std::string type;      // the MIME type that its bytes are of, once it is there
  bool picture = false;  // one that the agent can look at

  bool operator==(const Attachment&) const = default;
};

// A mention that was taken in. Its message id is its identity: taking it in twice is a no-op.
struct Inbox {
  MessageId message;
  ChannelId channel;
  std::string project;
  UserId author;
  std::string author_name;
  std::string prompt;  // the mention stripped
  std::string quoted;  // the quoted message's text, empty where there was none
  std::vector<Attachment> attachments;
  InboxState state = InboxState::queued;
  InboxState outcome = InboxState::answered;  // of one that is being answered: what it is then
  std::string turn_id;                        // empty until it runs
  std::string reason;                         // why it failed or was cancelled
  WallTime arrived{}, started{}, finished{};
};

// A conversation of a channel with an agent. (channel, session_id) is its identity; a channel has at most one
// that is current, and keeps its earlier ones. Writing a current one makes the one before it an earlier one.
struct Session {
  ChannelId channel;
  std::string project, agent;
  std::string session_id;    // a UUID, chosen by us and stored before the spawn
  std::string model;         // an alias
  std::string chosen_model;  // what was chosen for the channel, an alias; empty: the project's
  std::string fork_of;       // until it has begun: the session of which it will be a copy
  UserId last_user;
  std::string last_user_name;
  std::int64_t messages = 0;
  double cost_usd = 0;
  bool begun = false;                // the agent has confirmed the session: resume it next time
  std::vector<std::string> allowed;  // rules of tools that people allowed for all of it
  WallTime created{}, last_activity{};
  bool current = true;  // false ends it: the channel has none until another is written
};

enum class TurnState { running, succeeded, failed, cancelled, interrupted };

// One run of an agent. Its turn id is its identity.
struct Turn {
  std::string turn_id;
  MessageId message;
  ChannelId channel;
  UserId author;  // of the message, which is forgotten earlier than the turn
  std::string author_name;
  std::string session_id, message_uuid;
  TurnState state = TurnState::running;
  WallTime started{}, finished{};
  double cost_usd = 0;
  std::int64_t input_tokens = 0, output_tokens = 0;
};

enum class OutboxState { pending, sent, refused };

// A file that goes along with a message. What Discord is told of it stands in the message's payload.
struct File {
  std::string name, type;  // "code.py", "text/plain"
  SharedBytes bytes;
};

// A message that should exist in Discord. (source, chunk) is its identity, its nonce is derived from that.
// One that is pending and was sent before is there already, and should become what it says now.
struct Outbox {
  MessageId source;
  int chunk = 0;
  ChannelId channel;
  std::string payload;  // the JSON body of POST /channels/{id}/messages; empty: it should be there no more
  bool live = false;    // it shows a turn that goes on, and will become something else
  // What is said in place of this message and of those that follow it where Discord does not take its files:
  // an array of such bodies, for this chunk and those behind it. Empty: there is nothing of the kind,
  // or it is no longer pending.
  std::string instead;
  // Kept as long as it is pending. A record that is written has all of them, one that is read has none: they
  // are read when they are sent (Store::files).
  std::vector<File> files;
  bool keeps_files = false;  // of a record that is written: those that were written before stay
  OutboxState state = OutboxState::pending;
  MessageId sent;      // Discord's id for it, once it has one
  std::string reason;  // why it was refused
  WallTime created{}, finished{};
};

enum class ApprovalState { pending, allowed, allowed_session, denied, expired, withdrawn };

// What an agent asked people to allow, or to answer. (mention, chunk) is its identity, and that of the
// message that asks; to its turn it is `request_id`.
struct Approval {
  MessageId mention;
  int chunk = 0;
  ChannelId channel;
  std::string turn_id, request_id;
  UserId requester;  // the author of the mention
  std::string requester_name;
  std::string tool;
  std::string input;               // JSON text; cut where it is very long
  std::vector<std::string> rules;  // what allowing it for the whole session would allow
  bool question = false;           // it is a question to people
  ApprovalState state = ApprovalState::pending;
  std::string answers;  // of a question, as far as there are any: a JSON object by the questions' words
  UserId decided_by;    // zero: nobody decided, time or the agent did
  std::string decided_by_name;
  std::string reason;  // why not, in the words of who decided
  WallTime asked{}, decided{};
};

// A reaction of ours that is, or may be, on a message. (message, emoji) is its identity; writing an absent
// one erases it.
struct Mark {
  MessageId message;
  ChannelId channel;
  std::string emoji;
  bool present = true;
};

// A small named value: the gateway's session, the identify budget. Its name is its identity.
struct Note {
  std::string name, value;
};

// A use of a command, a button or a modal that was taken in. Discord may tell it again within a day.
struct Interaction {
  InteractionId interaction;
  WallTime arrived{};
};

// A value that a plugin keeps. (plugin, key) is its identity; writing an absent value erases it.
struct PluginValue {
  std::string plugin, key;
  std::optional<std::string> value;
};

using Write = std::variant<Inbox, Session, Turn, Outbox, Note, Interaction, PluginValue, Mark, Approval>;

// A mention as it was written down last, how many messages were made for it, and the last one that Discord
// has.
struct Kept {
  Inbox mention;
  int chunks = 0;
  MessageId said{};
};

// What turns used on one day, in one channel, for one person.
struct Usage {
  WallTime day{};  // its first millisecond, UTC
  ChannelId channel;
  UserId user;
  std::string user_name;    // as it was at the last of these turns
  std::uint32_t turns = 0;  // one for each mention, however often its turn was begun
  std::uint64_t input_tokens = 0, output_tokens = 0;
  double cost_usd = 0;
};

// Everything that a starting daemon must know: what is not finished, every channel's session, and what
// plugins keep.
struct Snapshot {
  // Queued, running or answering; in the order in which they were first written, whatever the clock said
  // then.
  std::vector<Inbox> inbox;
  std::vector<Session> sessions;  // the current ones, and earlier ones in which a turn still runs
  std::vector<Turn> turns;        // running
  // Pending ones, and those of unfinished sources whatever became of them; in the order in which they were
  // promised: what one source was promised at one time stands together.
  std::vector<Outbox> outbox;
  std::vector<Approval> approvals;  // of unfinished mentions, in the order in which they were asked
  std::vector<Note> notes;
  std::vector<Mark> marks;
  std::vector<PluginValue> plugin_values;  // by plugin and key; each has its value
};

}  // namespace coordinator::store
