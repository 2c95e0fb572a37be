// Gateway events decoded: from a dispatch's name and data to what the application is told.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "discord/event.h"

namespace coordinator::discord {

// Whether decode() makes anything of events with this name. The others need not be parsed.
bool is_wanted(std::string_view type);

// In order; nothing where the data is not as it should be. A guild becomes one ChannelSeen for each of its
// channels and then its threads.
std::vector<Event> decode(std::string_view type, JsonView data);

// A channel object of the REST API.
std::optional<ChannelSeen> decode_channel(JsonView channel);

}  // namespace coordinator::discord
