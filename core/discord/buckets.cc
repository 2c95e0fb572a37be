#include "discord/buckets.h"

#include <algorithm>

#include "discord/routes.h"

namespace coordinator::discord {

std::string Buckets::kind_of(const Route& route) {
  return std::string(method_name(route.method)) + " " + route.template_;
}

std::string Buckets::key_for(const Route& route) const {
  std::string kind = kind_of(route);
  auto known = hashes_.find(kind);
  return (known == hashes_.end() ? kind : known->second.hash) + " " + route.major;
}

std::optional<Instant> Buckets::free_at(const std::string& key, Instant now) const {
  auto found = buckets_.find(key);
  if (found == buckets_.end()) return now;
  const Bucket& bucket = found->second;
  Instant open = std::max(now, bucket.blocked_until);
  if (!bucket.limit) return bucket.on_the_wire == 0 ? std::optional(open) : std::nullopt;
  if (bucket.remaining > 0) return open;
  if (bucket.reset > now) return std::max(open, bucket.reset);
  // The window is over, so the bucket is full again but for what is on the wire.
  return bucket.on_the_wire < *bucket.limit ? std::optional(open) : std::nullopt;
}

void Buckets::sent(const std::string& key, Instant now) {
  Bucket& bucket = buckets_[key];
  if (bucket.limit && bucket.remaining <= 0 && bucket.reset <= now)
    bucket.remaining = *bucket.limit - bucket.on_the_wire;
  --bucket.remaining;
  ++bucket.on_the_wire;
}

void Buckets::returned(const std::string& key) {
  if (auto found = buckets_.find(key); found != buckets_.end()) --found->second.on_the_wire;
}

void Buckets::learn(const Route& route, const Answer& answer, Instant now) {
  if (!answer.bucket || !answer.remaining || !answer.reset_after) return;
  learn_hash(kind_of(route), *answer.bucket);
  Bucket& bucket = buckets_[*answer.bucket + " " + route.major];
  bucket.limit = std::max(1, answer.limit.value_or(*answer.remaining + 1));
  // Discord may not have seen those that are on the wire.
  bucket.remaining = std::max(0, *answer.remaining - bucket.on_the_wire);
  bucket.reset = now + *answer.reset_after + kSlack;
}

void Buckets::learn_hash(const std::string& kind, const std::string& hash) {
  auto [found, is_new] = hashes_.try_emplace(kind, Known{hash, "", 0});
  Known& known = found->second;
  if (is_new || known.hash == hash) {
    known.rival_seen = 0;
  } else {
    known.rival_seen = known.rival == hash ? known.rival_seen + 1 : 1;
    known.rival = hash;
    if (known.rival_seen >= kConvinced) known = {hash, "", 0};
  }
}

void Buckets::block(const std::string& key, Instant until) {
  Bucket& bucket = buckets_[key];
  bucket.blocked_until = std::max(bucket.blocked_until, until);
}

void Buckets::forget_idle(Instant now) {
  std::erase_if(buckets_, [&](const auto& item) {
    const Bucket& bucket = item.second;
    return bucket.on_the_wire == 0 && bucket.reset <= now && bucket.blocked_until <= now;
  });
}

}  // namespace coordinator::discord
