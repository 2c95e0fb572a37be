// The simulated Discord: channels with their messages, nonces that are forgotten after a while, and requests
// that go wrong.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "chat/event.h"
#include "scheduler.h"

namespace coordinator::simulation {

struct Posting {
  MessageId id;
  ChannelId channel;
  std::string nonce;
  MessageId replies_to;  // zero: a later part of an answer
};

class Discord {
 public:
  explicit Discord(Scheduler& clock) : clock_(clock) {}

  double trouble = 0.0;           // the chance that a request meets a fault
  std::set<ChannelId> forbidden;  // where the bot may not write

  MessageId next_id() { return MessageId{(++last_id_) << 22}; }

  // Each is answered after a while, or lost with the daemon that asked (the callback must see to that).
  void post(ChannelId channel, const std::string& payload,
            std::function<void(tl::expected<MessageId, discord::RestError>)> done) {
    answer<MessageId>(
        [this, channel, payload]() -> tl::expected<MessageId, discord::RestError> {
          if (forbidden.contains(channel))
            return tl::unexpected(
                discord::RestError{discord::RestError::Kind::refused, 403, 50013, "Missing Permissions"});
          return create(channel, Json::parse(payload).value());
        },
        std::move(done));
  }
  void find(ChannelId channel, const std::string& payload,
            std::function<void(tl::expected<std::optional<MessageId>, discord::RestError>)> done) {
    answer<std::optional<MessageId>>(
        [this, channel, payload]() -> tl::expected<std::optional<MessageId>, discord::RestError> {
          std::string nonce = Json::parse(payload).value()["nonce"].text_or("");
          for (const Posting& posting : postings)
            if (posting.channel == channel && posting.nonce == nonce) return posting.id;
          return std::optional<MessageId>();
        },
        std::move(done));
  }
  void ambient(std::function<void()> done) { clock_.after(latency(), std::move(done)); }

  std::vector<Posting> postings;

 private:
  struct Remembered {
    Instant until;
    MessageId id;
  };

  Millis latency() { return clock_.chance(0.05) ? clock_.between(1s, 20s) : clock_.between(20ms, 300ms); }

  // The request takes effect in the middle of its way; the fault strikes before that or after it.
  template <class T>
  void answer(std::function<tl::expected<T, discord::RestError>()> effect,
              std::function<void(tl::expected<T, discord::RestError>)> done) {
    clock_.after(latency(), [this, effect, done] {
      discord::RestError lost{discord::RestError::Kind::exhausted, 502, 0, "bad gateway"};
      bool before = clock_.chance(trouble / 2), after = clock_.chance(trouble / 2);
      tl::expected<T, discord::RestError> result = tl::unexpected(lost);
      if (!before) result = effect();
      if (after) result = tl::unexpected(lost);
      clock_.after(latency(), [done, result] { done(result); });
    });
  }

  MessageId create(ChannelId channel, const Json& body) {
    std::string nonce = body["nonce"].text_or("");
    auto known = nonces_.find(nonce);
    if (!nonce.empty() && body["enforce_nonce"].truthy() && known != nonces_.end() &&
        known->second.until > clock_.now().instant)
      return known->second.id;
    Posting posting{next_id(), channel, nonce,
                    body["message_reference"]["message_id"].id<MessageId>().value_or(MessageId{})};
    postings.push_back(posting);
    nonces_[nonce] = {clock_.now().instant + 3min, posting.id};
    return posting.id;
  }

  Scheduler& clock_;
  std::uint64_t last_id_ = 1'000'000;
  std::map<std::string, Remembered> nonces_;
};

}  // namespace coordinator::simulation
