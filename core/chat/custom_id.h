// The custom_id of a button, select or modal: whose it is, until when it works, and its owner's own part.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace coordinator::chat {

// "<owner>:<seconds since 1970 in base 36>:<own>": at most 24 + 1 + 7 + 1 + 64 of Discord's 100 code points.
struct CustomId {
  static constexpr std::size_t kOwn = 64;
  // The owner of what stands on the engine's own messages; no plugin can have this name.
  static constexpr std::string_view kHouse = "*";

  std::string owner;  // a plugin's name, or kHouse
  WallTime expires{};
  std::string own;  // may hold colons

  std::string text() const;
  // Absent where it has another form: some other program made it.
  static std::optional<CustomId> parse(std::string_view text);
};

}  // namespace coordinator::chat
