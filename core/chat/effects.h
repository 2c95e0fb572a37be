// What the chat machines ask for: records to be made durable first, then acts in the outside world.
#pragma once

#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent/adapter.h"
#include "agent/spec.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "store/records.h"

namespace coordinator::chat {

struct StartTurn {
  agent::TurnSpec spec;
};
// Takes up a turn that an earlier daemon left running.
struct AdoptTurn {
  agent::TurnSpec spec;
};
struct CancelTurn {
  std::string turn_id;
};
// Answers what the turn has asked. It may be told so again.
struct AnswerTurn {
  std::string turn_id;
  agent::PermissionAnswer answer;
};
// What the turn left on the disk is of no more use: its end is written down.
struct ForgetTurn {
  std::string turn_id;
};
// Brings a mention's attachments into the project's inbox, as far as they are not there. Answered by
// FilesFetched.
struct FetchFiles {
  MessageId message;
  std::string directory;  // the project's
  std::vector<store::Attachment> attachments;
  std::uint64_t most = 0;  // bytes of each
};
// Nobody waits for them any more: no answer comes.
struct WithdrawFetch {
  MessageId message;
};
// Takes what an ended turn has left in its outbox. Answered by FilesCollected; it may be asked for again, and
// the answer is the same.
struct CollectFiles {
  std::string turn_id;
  std::string directory, outbox;  // the project's directory, and TurnSpec::outbox
};
// Answered by Posted. The same (source, chunk) may be asked for again: its nonce keeps Discord from making a
// second one.
struct PostMessage {
  MessageId source;
  int chunk = 0;
  ChannelId channel;
  std::string payload;
  Instant until{};
};
// Makes a message of ours say something else, or takes it away where `payload` is empty. Answered by Posted,
// with the same id. Doing it twice does no harm.
struct EditMessage {
  MessageId source;
  int chunk = 0;
  ChannelId channel;
  MessageId message;
  std::string payload;
};
// The same for a moment: nothing remembers it, and the next one may take its place. Answered by MessageShown.
struct ShowMessage {
  ChannelId channel;
  MessageId message;
  std::string payload;
};
// A ShowMessage that has not gone out yet must not go out any more.
struct WithdrawShown {
  ChannelId channel;
};
// Answered by Searched: has the channel this message of ours already? For when Discord may have forgotten its
// nonce.
struct FindMessage {
  MessageId source;
  int chunk = 0;
  ChannelId channel;
  std::string payload;
  MessageId after;  // it can only be behind this one
};
// Answered by ReactionSet.
struct SetReaction {
  ChannelId channel;
  MessageId message;
  std::string emoji;
  bool present = true;
};
// Answered by TypingShown, also when it was withdrawn.
struct ShowTyping {
  ChannelId channel;
};
// A ShowTyping that has not gone out yet must not go out any more.
struct WithdrawTyping {
  ChannelId channel;
};
// Answered by ChannelSeen or ChannelUnknown.
struct LookUpChannel {
  ChannelId channel;
};
struct LogLine {
  log::Level level = log::Level::info;
  std::string text;
};

using Act = std::variant<StartTurn, AdoptTurn, CancelTurn, AnswerTurn, ForgetTurn, FetchFiles, WithdrawFetch,
                         CollectFiles, PostMessage, EditMessage, ShowMessage, WithdrawShown, FindMessage,
                         SetReaction, ShowTyping, WithdrawTyping, LookUpChannel, LogLine>;

// Commit, then act: no act may leave before every write that came with it, or before it, is durable.
struct Effects {
  std::vector<store::Write> writes;
  std::vector<Act> acts;

  void write(store::Write record) { writes.push_back(std::move(record)); }
  void act(Act wanted) { acts.push_back(std::move(wanted)); }

  Effects& operator+=(Effects more) {
    std::move(more.writes.begin(), more.writes.end(), std::back_inserter(writes));
    std::move(more.acts.begin(), more.acts.end(), std::back_inserter(acts));
    return *this;
  }
};

}  // namespace coordinator::chat
