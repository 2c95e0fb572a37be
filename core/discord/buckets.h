// Discord's rate-limit buckets: which requests share one, and how much of it is left.
// https://discord.com/developers/docs/topics/rate-limits#header-format
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "discord/answer.h"
#include "discord/request.h"

namespace coordinator::discord {

// A bucket is known by its hash and the top-level ids of the route; until an answer has named the hash, by
// method, route template and those ids. Several routes may share a hash.
class Buckets {
 public:
  // What is added to every time that Discord names: the loop's clock may be some milliseconds behind when an
  // answer is read, and a request that arrives a hair too early costs a whole 429.
  static constexpr Millis kSlack = 20ms;

  // The route as Discord tells them apart: "POST /channels/{}/messages".
  static std::string kind_of(const Route& route);

  // The key of the bucket that a request of this route falls into, as far as is known.
  std::string key_for(const Route& route) const;

  // When a request may be counted in: now, or later. Absent: not before one on the wire has been answered.
  std::optional<Instant> free_at(const std::string& key, Instant now) const;
  void sent(const std::string& key, Instant now);
  // It is off the wire, whatever came of it.
  void returned(const std::string& key);
  // What the answer says about the bucket. Call returned() first.
  void learn(const Route& route, const Answer& answer, Instant now);
  // Nothing of this bucket before then.
  void block(const std::string& key, Instant until);

  // Drops what is idle and full again, so that ids that are never used again cost nothing.
  void forget_idle(Instant now);
  std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    std::optional<int> limit;  // absent: Discord has not said yet
    int remaining = 1;
    Instant reset{};
    Instant blocked_until{};
    int on_the_wire = 0;
  };
  // One route may have several hashes (deleting an old message is another bucket than deleting a new one):
  // the known one stays until another has been named this often in a row.
  static constexpr int kConvinced = 3;
  struct Known {
    std::string hash, rival;
    int rival_seen = 0;
  };

  void learn_hash(const std::string& kind, const std::string& hash);

  std::unordered_map<std::string, Known> hashes_;  // by kind
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace coordinator::discord
