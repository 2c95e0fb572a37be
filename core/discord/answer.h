// What an HTTP answer says about limits and errors, read once, so that the scheduler never sees a header.
// https://discord.com/developers/docs/topics/rate-limits
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"

namespace coordinator::discord {

enum class LimitScope { none, user, global, shared };

struct Answer {
  int status = 0;
  int code = 0;         // Discord's JSON error code
  std::string message;  // Discord's sentence, with the fields that it complains about

  std::optional<std::string> bucket;  // the hash; some routes have none
  std::optional<int> limit, remaining;
  std::optional<Millis> reset_after;

  // Of a 429.
  LimitScope scope = LimitScope::none;
  std::optional<Millis> retry_after;
  bool from_discord = true;  // false: an edge in front of Discord refuses this address altogether
};

using HeaderLookup = std::function<std::optional<std::string_view>(std::string_view name)>;

// `body` is null where the answer was not JSON.
Answer read_answer(int status, const HeaderLookup& header, JsonView body);

// "Invalid Form Body: content: Must be 2000 or fewer in length.": the sentence of an error body, with the
// complaints of its `errors` tree, at most `limit` bytes.
std::string error_sentence(JsonView body, std::size_t limit = 500);

}  // namespace coordinator::discord
