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

// Absent for who may talk to the channel's project, and for those who hold Administrator or one of `bits`
// there.
std::optional<command::Refusal> refuse_stranger(const chat::Engine& engine, const chat::Person& by,
                                                ChannelId channel, std::uint64_t bits);

// Its author, who may approve for its project, and who may manage messages there.
bool may_cancel(const chat::Engine& engine, const chat::Person& by, const store::Inbox& mention);

}  // namespace coordinator::app
