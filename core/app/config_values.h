// Values that TOML has no type for: durations, sizes, who may talk. An error is a sentence without the key,
// to be put behind it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "chat/project.h"

namespace coordinator::app {

// What a value must be, for an error about one of another type.
inline constexpr std::string_view kDuration = "a duration in quotes, like \"90s\" or \"5min\"";
inline constexpr std::string_view kSize = "a size in quotes, like \"16MiB\"";

// "90s", "5min" or "5m", "2h", "1h30m", "1d", "250ms": whole numbers with units, the larger first, each at
// most once. More than zero and at most 366 days.
Result<Millis> parse_duration(std::string_view text);

// "16MiB", "10 MB", "512KiB", "1GiB", "100B". At most 1 TiB.
Result<std::size_t> parse_size(std::string_view text);

// "everyone", "user:ID", "role:ID", "guild:ID", put into `access`.
Status add_access(std::string_view text, chat::Access& access);

// A name that may become part of a path or a label: lower-case letters, digits, - and _, at most 64.
Status check_name(std::string_view text);

// https://..., or http:// toward this machine; without a slash at its end.
Result<std::string> parse_api_url(std::string_view text);

}  // namespace coordinator::app
