// Who may change what belongs to a channel, and the words for those who may not.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "chat/access.h"
#include "chat/engine.h"
#include "command/services.h"

namespace coordinator::app {

template <class... Args>
tl::unexpected<command::Refusal> refused(int result, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected(command::Refusal{result, fmt::format(format, std::forward<Args>(args)...)});
}

// Absent for who may talk to the channel's project, for those who ask in that channel and hold one of `bits`
// there, and for administrators of its server.
std::optional<command::Refusal> refuse_stranger(const chat::Engine& engine, const chat::Person& by,
                                                ChannelId channel, std::uint64_t bits);

// Its author, who may approve for its project, who may manage messages there and asks there, and
// administrators of its server.
bool may_cancel(const chat::Engine& engine, const chat::Person& by, const store::Inbox& mention);

}  // namespace coordinator::app
