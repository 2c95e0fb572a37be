#include "discord/answer.h"

#include <charconv>
#include <cmath>

namespace coordinator::discord {

namespace {

std::optional<double> decimal(std::optional<std::string_view> text) {
  double value = 0;
  if (!text) return std::nullopt;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

// Never early: rounded up. Capped at a day, since a wrong header must not silence us for ever.
std::optional<Millis> duration(std::optional<double> seconds) {
  if (!seconds) return std::nullopt;
  return Millis(static_cast<std::int64_t>(std::ceil(std::min(*seconds, 86'400.0) * 1000)));
}

std::optional<int> count(std::optional<std::string_view> text) {
  auto value = decimal(text);
  return value ? std::optional(static_cast<int>(std::min(*value, 1e6))) : std::nullopt;
}

LimitScope scope_of(std::optional<std::string_view> scope, bool global) {
  if (global || scope == "global") return LimitScope::global;
  if (scope == "shared") return LimitScope::shared;
  return LimitScope::user;
}

// Walks `errors.*._errors[]`: {"content":{"_errors":[{"code":"...","message":"..."}]}}.
void collect_complaints(JsonView node, const std::string& path, std::string& out, std::size_t limit) {
  for (JsonView member : node) {
    if (out.size() >= limit) return;
    if (member.key() == "_errors") {
      for (JsonView complaint : member)
        out += (path.empty() ? "" : "; " + path + ": ") + complaint["message"].text_or("");
    } else if (member.is_object()) {
      collect_complaints(member,
                         path.empty() ? std::string(member.key()) : path + "." + std::string(member.key()),
                         out, limit);
    }
  }
}

}  // namespace

Answer read_answer(int status, const HeaderLookup& header, JsonView body) {
  Answer answer;
  answer.status = status;
  answer.code = static_cast<int>(body["code"].integer().value_or(0));
  if (status >= 400) answer.message = error_sentence(body);
  if (auto hash = header("X-RateLimit-Bucket"); hash && !hash->empty()) answer.bucket = std::string(*hash);
  answer.limit = count(header("X-RateLimit-Limit"));
  answer.remaining = count(header("X-RateLimit-Remaining"));
  answer.reset_after = duration(decimal(header("X-RateLimit-Reset-After")));
  if (status != 429) return answer;
  bool global = header("X-RateLimit-Global").has_value() || body["global"].truthy();
  answer.scope = scope_of(header("X-RateLimit-Scope"), global);
  answer.retry_after = duration(body["retry_after"].number());
  if (!answer.retry_after) answer.retry_after = duration(decimal(header("Retry-After")));
  answer.from_discord =
      body["retry_after"].is_number() || header("X-RateLimit-Scope") || header("X-RateLimit-Bucket");
  return answer;
}

std::string error_sentence(JsonView body, std::size_t limit) {
  std::string out = body["message"].text_or("");
  collect_complaints(body["errors"], "", out, limit);
  if (out.size() > limit) out.resize(limit);
  return out;
}

}  // namespace coordinator::discord
