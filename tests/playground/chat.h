// What can happen in the world, whoever does it: each act changes the world and is told to those who watch
// (the gateway, the control stream, a waiting test).
#pragma once

#include <functional>
#include <map>
#include <variant>
#include <vector>

#include "clock.h"
#include "message_form.h"
#include "world.h"

namespace coordinator::playground {

namespace change {
struct MessageCreated {
  ChannelId channel;
  MessageId message;
};
struct MessageUpdated {
  ChannelId channel;
  MessageId message;
};
struct MessageDeleted {
  ChannelId channel;
  MessageId message;
  std::optional<UserId> ephemeral_for;
};
struct Reacted {
  ChannelId channel;
  MessageId message;
  UserId user;
  Emoji emoji;
  bool added;
};
struct Typing {
  ChannelId channel;
  UserId user;
  WallTime until;
};
struct ChannelCreated {
  ChannelId channel;
};
struct ChannelUpdated {
  ChannelId channel;
};
struct ChannelDeleted {
  Channel channel;
};
struct CommandsChanged {};
struct InteractionCreated {
  InteractionId id;
  std::shared_ptr<const Json> payload;  // the `d` of INTERACTION_CREATE
};
// `response` as README.md describes an interaction result's.
struct InteractionAnswered {
  InteractionId id;
  std::shared_ptr<const Json> response;
};
struct PresenceChanged {
  bool connected;
};
struct ClockMoved {};
}  // namespace change

using Change = std::variant<change::MessageCreated, change::MessageUpdated, change::MessageDeleted,
                            change::Reacted, change::Typing, change::ChannelCreated, change::ChannelUpdated,
                            change::ChannelDeleted, change::CommandsChanged, change::InteractionCreated,
                            change::InteractionAnswered, change::PresenceChanged, change::ClockMoved>;

struct Draft {
  UserId author;
  ChannelId channel;
  std::string content;
  Json embeds = Json::array(), components = Json::array();
  std::vector<Attachment> attachments;
  std::uint32_t flags = 0;
  bool tts = false;
  std::optional<Json> nonce;
  std::optional<MessageId> reply_to;
  AllowedMentions allowed;
  int type = Message::kNormal;  // a reply's is set by reply_to
  std::optional<UserId> ephemeral_for;
  std::optional<ApplicationId> by_interaction;
  std::optional<Json> interaction_metadata;

  // What a bot's form says, as `author` in `channel`.
  static Draft from(MessageForm form, UserId author, ChannelId channel);
};

class Chat {
 public:
  using Watcher = std::function<void(const Change&)>;
  static constexpr Millis kTyping = 10s;

  Chat(World& world, const Clock& clock) : world_(world), clock_(clock) {}

  Message& post(Draft draft);
  void edit(Message& message, MessageForm form);
  void remove(ChannelId channel, MessageId message);
  // False when the message has 20 other kinds of reactions already.
  bool react(Message& message, UserId user, const Emoji& emoji, bool add);
  void type(ChannelId channel, UserId user);
  // Until when somebody is shown as typing; nothing when not.
  std::optional<WallTime> typing(ChannelId channel, UserId user) const;
  Channel& add_channel(GuildId guild, std::string name, std::string topic);
  // Under a channel; of a message when there is one, and then with its id.
  Channel& start_thread(Channel& parent, std::string name, int type, UserId owner, Message* from);
  void archive(Channel& thread, bool archived, WallTime when);
  // Threads in which nobody has said anything for as long as they wish.
  void archive_idle_threads();
  void channel_changed(const Channel& channel) { tell(change::ChannelUpdated{channel.id}); }

  // Until unwatch(); a watcher may act, post and unwatch while it is told.
  int watch(Watcher watcher);
  void unwatch(int id) { watchers_.erase(id); }
  void tell(const Change& change);

  World& world() { return world_; }
  Now now() const { return clock_.now(); }

 private:
  void find_mentions(Message& message, const AllowedMentions& allowed);

  World& world_;
  const Clock& clock_;
  std::map<std::pair<ChannelId, UserId>, WallTime> typing_;
  std::map<int, Watcher> watchers_;
  int next_watcher_ = 1;
};

}  // namespace coordinator::playground
