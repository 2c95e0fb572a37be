// Reading what a plugin has filled in: sizes and strings are looked at before they are believed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "coordinator/plugin.h"

namespace coordinator::command {

// How large each struct was in version 1.0: the least that a plugin may state. Later members are read only
// where the stated size covers them.
inline constexpr std::uint32_t kPluginSize = offsetof(coordinator_plugin, modal) + sizeof(void*);
inline constexpr std::uint32_t kCommandSize = offsetof(coordinator_command, complete) + sizeof(void*);
inline constexpr std::uint32_t kOptionSize = offsetof(coordinator_option, choice_count) + sizeof(std::size_t);
inline constexpr std::uint32_t kChoiceSize = offsetof(coordinator_choice, value) + sizeof(coordinator_string);

// The error: `coordinator_option: its size is 8, less than the 88 of version 1.0: ...`.
Status check_size(std::string_view type, std::uint32_t stated, std::uint32_t least);

// "COORDINATOR_FAILED (-6)"; of a number that is none of these, the number.
std::string result_name(int result);

// A copy; an absent string is an empty one. `what` names it in the error: "its description".
Result<std::string> read_text(coordinator_string text, std::string_view what);
// The same, of `least` to `most` characters.
Result<std::string> read_text(coordinator_string text, std::string_view what, std::size_t least,
                              std::size_t most);

}  // namespace coordinator::command
