// Discord's identities as strong types: a ChannelId is not a MessageId.
#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace coordinator {

// A snowflake: 64 bits, the upper 42 of them milliseconds since Discord's epoch. Zero means "none".
template <class Tag>
struct Snowflake {
  std::uint64_t value = 0;

  auto operator<=>(const Snowflake&) const = default;  // NOLINT(modernize-use-nullptr): not a pointer
  explicit operator bool() const { return value != 0; }

  // Decimal digits only, no sign, no blanks, at most 2^64-1 and not zero; anything else is absent.
  static std::optional<Snowflake> parse(std::string_view text) {
    Snowflake id;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
    if (error != std::errc() || end != text.data() + text.size() || !id) return std::nullopt;
    return id;
  }

  std::string text() const { return std::to_string(value); }
  WallTime created() const {
    return WallTime(Millis(static_cast<std::int64_t>(value >> 22) + kDiscordEpoch));
  }

  // The least one of that millisecond; zero for a time before Discord's.
  static Snowflake at(WallTime time) {
    std::int64_t since = time.time_since_epoch().count() - kDiscordEpoch;
    return {since > 0 ? static_cast<std::uint64_t>(since) << 22 : 0};
  }

  static constexpr std::int64_t kDiscordEpoch = 1'420'070'400'000;
};

using ApplicationId = Snowflake<struct ApplicationTag>;
using ChannelId = Snowflake<struct ChannelTag>;
using GuildId = Snowflake<struct GuildTag>;
using InteractionId = Snowflake<struct InteractionTag>;
using MessageId = Snowflake<struct MessageTag>;
using RoleId = Snowflake<struct RoleTag>;
using UserId = Snowflake<struct UserTag>;

}  // namespace coordinator

template <class Tag>
struct std::hash<coordinator::Snowflake<Tag>> {
  std::size_t operator()(const coordinator::Snowflake<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>()(id.value);
  }
};
