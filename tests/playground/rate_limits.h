// Discord's rate limits as a machine: buckets by hash and top-level id, and the global one.
// https://discord.com/developers/docs/topics/rate-limits
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "io/http_server.h"

namespace coordinator::playground {

// A window opens with its first request and closes `window` later, whatever happened in between.
struct Limit {
  int requests;
  Millis window;
};

struct RateLimitOptions {
  bool open = false;  // no limits, no headers
  Limit global{50, 1s};
  // By "METHOD /template"; what is not named shares "other". Names that are equal share one bucket hash.
  struct Rule {
    std::string route, bucket;
    Limit limit;
  };
  std::vector<Rule> rules = defaults();
  static std::vector<Rule> defaults();
};

class RateLimits {
 public:
  explicit RateLimits(RateLimitOptions options) : options_(std::move(options)) {}

  struct Verdict {
    bool allowed = true;
    bool global = false;     // of a refusal
    Millis retry_after{0};   // of a refusal
    io::HeaderList headers;  // X-RateLimit-*, with either
  };
  // One request by `who` (a token) to `route` ("POST /channels/{}/messages"), whose top-level id is `major`.
  // `exempt`: not under the global limit (interactions).
  Verdict take(std::string_view who, std::string_view route, std::string_view major, bool exempt,
               WallTime now);

  // The headers of a 429 that a fault makes up.
  static io::HeaderList refusal(std::string_view scope, Millis retry_after);

 private:
  struct Window {
    WallTime ends{};
    int used = 0;
  };
  static constexpr std::size_t kWindows = 50'000;

  const RateLimitOptions::Rule& rule(std::string_view route) const;
  Window& window(const std::string& key, const Limit& limit, WallTime now);

  RateLimitOptions options_;
  std::map<std::string, Window> windows_;
};

}  // namespace coordinator::playground
