// The things of the world as Discord's JSON objects, the same for REST, gateway and control interface.
// https://discord.com/developers/docs/resources
#pragma once

#include <string>

#include "base/json.h"
#include "world.h"

namespace coordinator::playground {

// "2026-11-22T04:41:00.123000+00:00"
std::string timestamp(WallTime when);
// When the thread was archived or opened last.
std::string archive_timestamp(const Channel& thread);

Json user_object(const User& user);
// A member without its "user" (the gateway's form), or with it (REST's).
Json member_object(const User& user, bool with_user);
Json role_object(const Role& role);
Json guild_object(World& world, const Guild& guild);
// A channel or a thread.
Json channel_object(const Channel& channel);
Json attachment_object(const World& world, const Message& message, const Attachment& attachment);
// Whole, with its referenced message; "me" of reactions is about `viewer`. As it is told when it is made.
Json message_object(World& world, const Message& message, UserId viewer);
// As it is told later: Discord keeps no nonces with messages.
Json kept_message_object(World& world, const Message& message, UserId viewer);
Json emoji_object(const Emoji& emoji);

// The same message as somebody sees it who lacks the message content intent: content, embeds, attachments and
// components are empty, unless `bot` wrote it or is mentioned in it. Its referenced message likewise.
Json without_content(Json message, UserId bot);

}  // namespace coordinator::playground
