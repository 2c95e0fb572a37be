// The buttons on the engine's own messages: what is pressed, and about which mention.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "chat/custom_id.h"
#include "store/records.h"

namespace coordinator::chat {

struct HouseButton {
  enum class What { retry, stop };

  What what = What::retry;
  MessageId mention;
  WallTime expires{};

  // As a custom_id.
  std::string text() const;
  // Absent where it is none of these.
  static std::optional<HouseButton> parse(const CustomId& id);
};

// How long a mention can be asked for once more: the store keeps it for longer.
inline constexpr Millis kRetryable = 14 * 24h;

// Whether a mention that ended so may be asked for once more.
constexpr bool retryable(store::InboxState state) {
  return state == store::InboxState::failed || state == store::InboxState::interrupted;
}

}  // namespace coordinator::chat
