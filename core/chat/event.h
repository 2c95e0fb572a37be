// What happens to the chat engine: Discord's events as far as they concern it, the agents' reports, and how
// its acts went.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "agent/runner.h"
#include "base/ids.h"
#include "chat/parcel.h"
#include "chat/project.h"
#include "chat/verdict.h"
#include "discord/event.h"
#include "discord/request.h"
#include "store/records.h"

namespace coordinator::chat {

using discord::ChannelGone;
using discord::ChannelSeen;
using discord::MessageDeleted;
using discord::MessageUpdated;
using discord::ReactionAdded;

// The gateway's session stands; `self` is our own user.
struct Connected {
  UserId self;
};
// A message that the store has not taken in before. What is live in the engine is recognised here once more.
struct Arrived {
  discord::Message message;
};
// The lookup told nothing: for good (it is none of ours), or for now (Discord could not be asked).
struct ChannelUnknown {
  ChannelId channel;
  bool for_good = true;
};
struct Reported {
  std::string turn_id;
  agent::TurnReport report;
};
struct Posted {
  ChannelId channel;
  MessageId source;
  int chunk = 0;
  tl::expected<MessageId, discord::RestError> result;
};
// `result` is absent when the channel has no such message.
struct Searched {
  ChannelId channel;
  MessageId source;
  int chunk = 0;
  tl::expected<std::optional<MessageId>, discord::RestError> result;
};
// Of a mention's attachments each is there now, or it is known why not; in the order in which FetchFiles
// named them.
struct FilesFetched {
  MessageId message;
  std::vector<store::Attachment> attachments;
};
// What a turn has left for people.
struct FilesCollected {
  std::string turn_id;
  Parcel parcel;
};
// The request is over. `certain`: it was done, or Discord refused it for good.
struct ReactionSet {
  ChannelId channel;
  MessageId message;
  std::string emoji;
  bool certain = true;
};
struct TypingShown {
  ChannelId channel;
};
// The request to show something for a moment is over. `gone`: there is no such message any more, or Discord
// takes no more from us there.
struct MessageShown {
  ChannelId channel;
  MessageId message;
  bool arrived = true;
  bool gone = false;
};
// Time has passed: at least to the engine's next_deadline().
struct Ticked {};
// The daemon is about to end and takes its turns with it: cancel what runs, keep what waits.
struct Closing {};

// What people ask for by commands. Whether they may is decided before; what is no longer so when the event
// comes is ignored.

// The channel's next mention begins a new conversation. A turn that runs goes on in the old one, unless it is
// cancelled.
struct ResetSession {
  ChannelId channel;
  bool cancel_running = false;
  std::string reason = {};  // of the cancelling, for the books
};
// The next mention goes on in this conversation of the channel, which the store knows as `session`.
struct ResumeSession {
  ChannelId channel;
  store::Session session;
};
// The next mention goes on in a copy of it.
struct ForkSession {
  ChannelId channel;
  store::Session session;
};
// For the channel, until another is chosen. Empty: the project's own again.
struct ChooseModel {
  ChannelId channel;
  std::string alias;
};
// Takes a mention out of its queue, or ends its turn.
struct CancelMention {
  MessageId message;
  std::string reason;  // for the books
};
// A person decides what an agent has asked for, or answers one question of it.
struct DecideApproval {
  MessageId mention;
  int chunk = 0;
  Verdict verdict;
};
// One of its questions is answered; with the last one, the request is.
struct AnswerQuestion {
  MessageId mention;
  int chunk = 0;
  std::size_t question = 0;
  std::string answer;
  UserId by;
  std::string by_name = {};
};
// A mention that failed or was interrupted is asked for once more, behind those that wait; as the store has
// it.
struct RetryMention {
  store::Kept kept;
};
// No turn can be begun now, or none of these again: `why` is a sentence for people, empty when nothing is in
// the way any more. What runs goes on, what is asked waits.
struct Hindered {
  std::string why;
};
// The configuration has changed. Turns that run go on as they were begun; mentions that wait for a project
// that is gone are told so.
struct Reconfigured {
  EngineSettings settings;
};

using Event = std::variant<Connected, Arrived, ChannelSeen, ChannelGone, ChannelUnknown, ReactionAdded,
                           MessageUpdated, MessageDeleted, Reported, Posted, Searched, ReactionSet,
                           TypingShown, MessageShown, Ticked, Closing, ResetSession, ResumeSession,
                           ForkSession, ChooseModel, CancelMention, DecideApproval, AnswerQuestion,
                           RetryMention, Reconfigured, Hindered, FilesFetched, FilesCollected>;

}  // namespace coordinator::chat
