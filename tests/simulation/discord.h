// The simulated Discord: channels and threads with their messages, nonces that are forgotten after a while,
// and requests that go wrong.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/shared_bytes.h"
#include "chat/event.h"
#include "discord/decode.h"
#include "gateway.h"
#include "scheduler.h"

namespace coordinator::simulation {

struct Posting {
  MessageId id;
  ChannelId channel;
  std::string nonce;
  MessageId replies_to;  // zero: a later part of an answer
  std::string content;
  std::vector<SharedBytes> files;
  bool stop_button = false, asks = false;  // it carries buttons of either kind
  bool edited = false, deleted = false;
};

class Discord {
 public:
  explicit Discord(Scheduler& clock) : gateway(clock), clock_(clock) {}

  static constexpr GuildId kGuild{9};
  Gateway gateway;

  double trouble = 0.0;           // the chance that a request meets a fault
  std::set<ChannelId> forbidden;  // where the bot may not write
  std::set<ChannelId> no_files;   // where it may write, and attach nothing

  MessageId next_id() {
    return last_id_ = MessageId{std::max(last_id_.value + 1, MessageId::at(clock_.now().wall).value)};
  }

  void add_channel(ChannelId id, std::optional<ChannelId> parent = {}) {
    channels_[id] = {{id, kGuild, parent, parent.has_value(), "", {}}, {}};
    gateway.tell(channels_[id].object);
  }
  // Somebody says something. What Discord keeps of it lacks what only the gateway tells.
  void say(discord::Message message) {
    Channel& channel = channels_.at(message.channel);
    if (archived(channel)) gateway.tell(channel.object);
    channel.object.last_message = message.id;
    channel.messages.push_back(message);
    message.guild = kGuild;
    gateway.tell(message);
  }
  // Channels and threads, as a new session is told of them; an archived thread is not.
  std::vector<Gateway::Event> greeting() const {
    std::vector<Gateway::Event> told;
    for (const auto& [id, channel] : channels_)
      if (!archived(channel)) told.emplace_back(channel.object);
    told.emplace_back(discord::GuildSeen{kGuild});
    return told;
  }

  void history(ChannelId id, MessageId after, int count,
               std::function<void(tl::expected<discord::MessagePage, discord::RestError>)> done) {
    answer<discord::MessagePage>(
        [this, id, after, count]() -> tl::expected<discord::MessagePage, discord::RestError> {
          discord::MessagePage page;
          for (const discord::Message& message : channels_.at(id).messages)
            if (message.id > after && page.count < static_cast<std::size_t>(count)) {
              ++page.count;
              page.last = message.id;
              page.messages.push_back(message);
            }
          return page;
        },
        std::move(done));
  }
  void archived_threads(ChannelId parent,
                        std::function<void(tl::expected<discord::ThreadPage, discord::RestError>)> done) {
    answer<discord::ThreadPage>(
        [this, parent]() -> tl::expected<discord::ThreadPage, discord::RestError> {
          discord::ThreadPage page;
          for (const auto& [id, channel] : channels_)
            if (channel.object.parent == parent && archived(channel)) page.threads.push_back(channel.object);
          return page;
        },
        std::move(done));
  }
  void member(std::function<void(tl::expected<discord::Member, discord::RestError>)> done) {
    answer<discord::Member>([] { return discord::Member{}; }, std::move(done));
  }
  void channel(ChannelId id,
               std::function<void(tl::expected<discord::ChannelSeen, discord::RestError>)> done) {
    answer<discord::ChannelSeen>([this, id] { return channels_.at(id).object; }, std::move(done));
  }

  // Each is answered after a while, or lost with the daemon that asked (the callback must see to that).
  void post(ChannelId channel, const std::string& payload, std::vector<SharedBytes> files,
            std::function<void(tl::expected<MessageId, discord::RestError>)> done) {
    answer<MessageId>(
        [this, channel, payload, files]() -> tl::expected<MessageId, discord::RestError> {
          if (forbidden.contains(channel) || (!files.empty() && no_files.contains(channel)))
            return tl::unexpected(
                discord::RestError{discord::RestError::Kind::refused, 403, 50013, "Missing Permissions"});
          return create(channel, Json::parse(payload).value(), files);
        },
        std::move(done));
  }
  // Without a payload it is taken away.
  void edit(MessageId message, const std::string& payload, std::vector<SharedBytes> files,
            std::function<void(tl::expected<bool, discord::RestError>)> done) {
    answer<bool>([this, message, payload, files] { return change(message, payload, files); },
                 std::move(done));
  }
  // It does not arrive when the daemon that asked is gone, and so does not undo what the next one asks.
  void show(MessageId message, const std::string& payload, const std::function<bool()>& asked,
            std::function<void(tl::expected<bool, discord::RestError>)> done) {
    answer<bool>(
        [this, message, payload, asked]() -> tl::expected<bool, discord::RestError> {
          if (!asked()) return lost();
          return change(message, payload, {});
        },
        std::move(done));
  }
  // By its words, since messages are not kept with their nonces.
  void find(ChannelId channel, MessageId after, const std::string& payload,
            std::function<void(tl::expected<std::optional<MessageId>, discord::RestError>)> done) {
    answer<std::optional<MessageId>>(
        [this, channel, after, payload]() -> tl::expected<std::optional<MessageId>, discord::RestError> {
          Json wanted = Json::parse(payload).value();
          for (const Posting& posting : postings)
            if (posting.channel == channel && posting.id > after && same(posting, wanted)) return posting.id;
          return std::optional<MessageId>();
        },
        std::move(done));
  }
  // It arrives at once or never: a request of a daemon that is gone does not undo what the next one asks.
  void react(MessageId message, bool present,
             std::function<void(tl::expected<bool, discord::RestError>)> done) {
    bool heard = !clock_.chance(trouble / 2);
    if (heard && present) marked.insert(message);
    if (heard && !present) marked.erase(message);
    answer<bool>(
        [heard]() -> tl::expected<bool, discord::RestError> {
          if (heard) return true;
          return tl::unexpected(
              discord::RestError{discord::RestError::Kind::exhausted, 502, 0, "bad gateway"});
        },
        std::move(done));
  }
  void ambient(std::function<void()> done) { clock_.after(latency(), std::move(done)); }

  std::vector<Posting> postings;
  std::set<MessageId> marked;  // with the mark of what waits

 private:
  struct Channel {
    discord::ChannelSeen object;
    std::vector<discord::Message> messages;
  };
  // A thread in which nobody has said anything for an hour.
  bool archived(const Channel& channel) const {
    return channel.object.is_thread && channel.object.last_message.created() + 1h < clock_.now().wall;
  }

  struct Remembered {
    Instant until;
    MessageId id;
  };

  static MessageId reference(const Json& body) {
    return body["message_reference"]["message_id"].id<MessageId>().value_or(MessageId{});
  }
  static bool same(const Posting& posting, const Json& wanted) {
    return posting.content == wanted["content"].text_or("") && posting.replies_to == reference(wanted);
  }

  Millis latency() { return clock_.chance(0.05) ? clock_.between(1s, 20s) : clock_.between(20ms, 300ms); }

  // The request takes effect in the middle of its way; the fault strikes before that or after it.
  template <class T>
  void answer(std::function<tl::expected<T, discord::RestError>()> effect,
              std::function<void(tl::expected<T, discord::RestError>)> done) {
    clock_.after(latency(), [this, effect, done] {
      bool before = clock_.chance(trouble / 2), after = clock_.chance(trouble / 2);
      tl::expected<T, discord::RestError> result = lost();
      if (!before) result = effect();
      if (after) result = lost();
      clock_.after(latency(), [done, result] { done(result); });
    });
  }

  static tl::unexpected<discord::RestError> lost() {
    return tl::unexpected(discord::RestError{discord::RestError::Kind::exhausted, 502, 0, "bad gateway"});
  }
  static bool has_stop_button(const Json& body) {
    return body["components"].dump().find(":stop:") != std::string::npos;
  }

  static bool has_buttons_to_decide(const Json& body) {
    return body["components"].dump().find(":ask:") != std::string::npos;
  }

  tl::expected<bool, discord::RestError> change(MessageId message, const std::string& payload,
                                                const std::vector<SharedBytes>& files) {
    auto found = std::ranges::find(postings, message, &Posting::id);
    if (found == postings.end() || found->deleted)
      return tl::unexpected(
          discord::RestError{discord::RestError::Kind::refused, 404, 10008, "Unknown Message"});
    if (!files.empty() && no_files.contains(found->channel))
      return tl::unexpected(
          discord::RestError{discord::RestError::Kind::refused, 403, 50013, "Missing Permissions"});
    found->edited = true;
    found->deleted = payload.empty();
    if (found->deleted) return true;
    Json body = Json::parse(payload).value();
    found->content = body["content"].text_or("");
    found->files = files;
    found->stop_button = has_stop_button(body);
    found->asks = has_buttons_to_decide(body);
    return true;
  }

  MessageId create(ChannelId channel, const Json& body, const std::vector<SharedBytes>& files) {
    std::string nonce = body["nonce"].text_or("");
    auto known = nonces_.find(nonce);
    if (!nonce.empty() && body["enforce_nonce"].truthy() && known != nonces_.end() &&
        known->second.until > clock_.now().instant)
      return known->second.id;
    Posting posting{next_id(),
                    channel,
                    nonce,
                    reference(body),
                    body["content"].text_or(""),
                    files,
                    has_stop_button(body),
                    has_buttons_to_decide(body)};
    postings.push_back(posting);
    discord::Message message;
    message.id = posting.id;
    message.channel = channel;
    message.author = {UserId{42}, "us", "us", true};
    say(std::move(message));
    nonces_[nonce] = {clock_.now().instant + 3min, posting.id};
    return posting.id;
  }

  Scheduler& clock_;
  MessageId last_id_;
  std::map<ChannelId, Channel> channels_;
  std::map<std::string, Remembered> nonces_;
};

}  // namespace coordinator::simulation
