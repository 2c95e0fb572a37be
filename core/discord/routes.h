// The REST routes that Coordinator uses: the only maker of a Route.
// https://discord.com/developers/docs/reference
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "discord/request.h"

namespace coordinator::discord::routes {

Route gateway_bot();
Route current_user();
Route current_application();

Route channel(ChannelId channel);
Route guild_channels(GuildId guild);
Route active_threads(GuildId guild);
Route member(GuildId guild, UserId user);
// The archived public threads of a channel, at most 100, the one that was archived last first; `before`: as
// the page before said, or empty.
Route archived_threads(ChannelId channel, std::string_view before);

// Messages of a channel, newest first, at most `count` (1 to 100); only those after `after` when it is given.
Route messages(ChannelId channel, int count, std::optional<MessageId> after = {});
Route message(ChannelId channel, MessageId message);
Route create_message(ChannelId channel);
Route edit_message(ChannelId channel, MessageId message);
Route delete_message(ChannelId channel, MessageId message);
Route typing(ChannelId channel);

// Our own reaction. `emoji` is the character itself, or name:id; encoded here.
Route add_reaction(ChannelId channel, MessageId message, std::string_view emoji);
Route remove_reaction(ChannelId channel, MessageId message, std::string_view emoji);

Route start_thread(ChannelId channel, MessageId message);

// Interactions: their token is part of the path and stands for the authorization.
Route interaction_callback(InteractionId interaction, std::string_view token);
Route original_response(Method method, ApplicationId application, std::string_view token);
Route follow_up(ApplicationId application, std::string_view token);
Route follow_up_message(Method method, ApplicationId application, std::string_view token, MessageId message);

// All global commands: get, or put to replace the whole set.
Route commands(Method method, ApplicationId application);
Route guild_commands(Method method, ApplicationId application, GuildId guild);

}  // namespace coordinator::discord::routes

namespace coordinator::discord {

// "GET", ..., as HTTP writes it.
std::string_view method_name(Method method);
// Every byte but letters, digits and -._~ as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace coordinator::discord
