// A plugin's plain answer as the messages that Discord takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coordinator::command {

inline constexpr std::size_t kReplyMessages = 10;  // that one answer may take

// Markdown, rewritten for Discord and split; none where nothing can be seen in it. What does not fit is left
// out, and the last one says so.
std::vector<std::string> reply_messages(std::string_view markdown);

}  // namespace coordinator::command
