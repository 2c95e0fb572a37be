#include "rate_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace coordinator::playground {

namespace {

std::string seconds(Millis time) { return fmt::format("{:.3f}", static_cast<double>(time.count()) / 1000.0); }

// 32 hexadecimal digits, like Discord's; all that matters is that they look like nothing.
std::string hash(std::string_view bucket) {
  auto first = std::hash<std::string_view>()(bucket);
  auto second = std::hash<std::string>()("second " + std::string(bucket));
  return fmt::format("{:016x}{:016x}", first, second);
}

// Retry-After is whole seconds, and never too few.
std::string whole_seconds(Millis time) { return std::to_string((time.count() + 999) / 1000); }

}  // namespace

std::vector<RateLimitOptions::Rule> RateLimitOptions::defaults() {
  Limit reaction{1, 250ms}, webhook{5, 2s};
  return {
      {"POST /channels/{}/messages", "message-create", {5, 5s}},
      {"PATCH /channels/{}/messages/{}", "message-edit", {5, 5s}},
      {"DELETE /channels/{}/messages/{}", "message-delete", {5, 1s}},
      {"GET /channels/{}/messages", "message-read", {10, 5s}},
      {"GET /channels/{}/messages/{}", "message-read", {10, 5s}},
      {"POST /channels/{}/typing", "typing", {5, 5s}},
      {"PUT /channels/{}/messages/{}/reactions/{}/@me", "reaction", reaction},
      {"DELETE /channels/{}/messages/{}/reactions/{}/@me", "reaction", reaction},
      {"DELETE /channels/{}/messages/{}/reactions/{}/{}", "reaction", reaction},
      {"POST /webhooks/{}/{}", "webhook", webhook},
      {"GET /webhooks/{}/{}/messages/{}", "webhook", webhook},
      {"PATCH /webhooks/{}/{}/messages/{}", "webhook", webhook},
      {"DELETE /webhooks/{}/{}/messages/{}", "webhook", webhook},
      {"POST /channels/{}/threads", "thread", {10, 10s}},
      {"POST /channels/{}/messages/{}/threads", "thread", {10, 10s}},
      {"PUT /applications/{}/commands", "commands", {5, 20s}},
      {"POST /applications/{}/commands", "commands", {5, 20s}},
      {"other", "other", {50, 1s}},
  };
}

RateLimits::Verdict RateLimits::take(std::string_view who, std::string_view route, std::string_view major,
                                     bool exempt, WallTime now) {
  if (options_.open) return {};
  const auto& rule = this->rule(route);
  auto& bucket = window(fmt::format("{} {} {}", who, rule.bucket, major), rule.limit, now);
  if (bucket.used >= rule.limit.requests) {
    Millis wait = bucket.ends - now;
    Verdict refused{false, false, wait, refusal("user", wait)};
    refused.headers.emplace_back("X-RateLimit-Limit", std::to_string(rule.limit.requests));
    refused.headers.emplace_back("X-RateLimit-Remaining", "0");
    refused.headers.emplace_back("X-RateLimit-Reset", seconds(bucket.ends.time_since_epoch()));
    refused.headers.emplace_back("X-RateLimit-Reset-After", seconds(wait));
    refused.headers.emplace_back("X-RateLimit-Bucket", hash(rule.bucket));
    return refused;
  }
  if (!exempt) {
    auto& global = window(fmt::format("{} global", who), options_.global, now);
    if (global.used >= options_.global.requests) {
      Millis wait = global.ends - now;
      return {false, true, wait, refusal("global", wait)};
    }
    ++global.used;
  }
  ++bucket.used;
  return {true,
          false,
          Millis(0),
          {{"X-RateLimit-Limit", std::to_string(rule.limit.requests)},
           {"X-RateLimit-Remaining", std::to_string(rule.limit.requests - bucket.used)},
           {"X-RateLimit-Reset", seconds(bucket.ends.time_since_epoch())},
           {"X-RateLimit-Reset-After", seconds(bucket.ends - now)},
           {"X-RateLimit-Bucket", hash(rule.bucket)}}};
}

io::HeaderList RateLimits::refusal(std::string_view scope, Millis retry_after) {
  io::HeaderList headers{{"Retry-After", whole_seconds(retry_after)},
                         {"X-RateLimit-Scope", std::string(scope)}};
  if (scope == "global") headers.emplace_back("X-RateLimit-Global", "true");
  return headers;
}

const RateLimitOptions::Rule& RateLimits::rule(std::string_view route) const {
  static const RateLimitOptions::Rule other{"other", "other", {50, 1s}};
  const RateLimitOptions::Rule* fallback = &other;
  for (const auto& rule : options_.rules) {
    if (rule.route == route) return rule;
    if (rule.route == "other") fallback = &rule;
  }
  return *fallback;
}

RateLimits::Window& RateLimits::window(const std::string& key, const Limit& limit, WallTime now) {
  if (windows_.size() > kWindows)
    std::erase_if(windows_, [now](const auto& entry) { return entry.second.ends <= now; });
  auto& window = windows_[key];
  if (window.ends <= now) window = {now + limit.window, 0};
  return window;
}

}  // namespace coordinator::playground
