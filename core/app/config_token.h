// The bot's token: where it is looked for, and what may be one.
#pragma once

#include <string>
#include <string_view>

#include "app/paths.h"
#include "base/result.h"
#include "discord/token.h"

namespace coordinator::app {

struct DiscordOptions;

// The first that is there of: DISCORD_TOKEN; the systemd credential $CREDENTIALS_DIRECTORY/discord-token;
// discord.token_file; discord.token. What is there and is no token is an error, not a reason to look further.
// The error names every place, or what is wrong, and never the token.
Result<discord::Token> find_token(const DiscordOptions& options, const Environment& environment);

// A token's text without the blanks around it. `where` is for the error.
Result<discord::Token> checked_token(std::string_view text, std::string_view where);

// Empty, or a sentence on who else may read the file.
std::string readable_by_others(const std::string& path);

}  // namespace coordinator::app
