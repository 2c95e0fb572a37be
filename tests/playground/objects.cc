#include "objects.h"

#include <algorithm>
#include <ctime>

namespace coordinator::playground {

namespace {

// All that everyone may do: the permission bits that a text channel needs, none of which administers.
constexpr const char* kPermissions = "2252126432517696";

template <class List>
Json texts(const List& list) {
  Json out = Json::array();
  for (const auto& entry : list) out.push(Json(entry));
  return out;
}

}  // namespace

std::string timestamp(WallTime when) {
  auto millis = when.time_since_epoch().count();
  std::time_t seconds = static_cast<std::time_t>(millis / 1000);
  std::tm civil{};
  gmtime_r(&seconds, &civil);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}000+00:00", civil.tm_year + 1900,
                     civil.tm_mon + 1, civil.tm_mday, civil.tm_hour, civil.tm_min, civil.tm_sec,
                     millis % 1000);
}

std::string archive_timestamp(const Channel& thread) {
  return timestamp(thread.archive_changed == WallTime{} ? thread.created : thread.archive_changed);
}

Json user_object(const User& user) {
  return Json::object()
      .set("id", user.id)
      .set("username", user.name)
      .set("discriminator", user.bot ? "0001" : "0")
      .set("global_name", user.bot ? Json() : Json(user.name))
      .set("avatar", Json())
      .set("bot", user.bot)
      .set("public_flags", 0)
      .set("flags", 0)
      .set("primary_guild", Json());
}

Json member_object(const User& user, bool with_user) {
  Json member = Json::object()
                    .set("avatar", Json())
                    .set("banner", Json())
                    .set("communication_disabled_until", Json())
                    .set("flags", 0)
                    .set("joined_at", "2024-01-01T00:00:00.000000+00:00")
                    .set("nick", Json())
                    .set("pending", false)
                    .set("premium_since", Json())
                    .set("roles", texts(user.roles))
                    .set("mute", false)
                    .set("deaf", false);
  if (with_user) member.set("user", user_object(user));
  return member;
}

Json role_object(const Role& role) {
  return Json::object()
      .set("id", role.id)
      .set("name", role.name)
      .set("permissions", kPermissions)
      .set("position", role.id.value == role.guild.value ? 0 : 1)
      .set("color", 0)
      .set(
          "colors",
          Json::object().set("primary_color", 0).set("secondary_color", Json()).set("tertiary_color", Json()))
      .set("hoist", false)
      .set("managed", false)
      .set("mentionable", true)
      .set("icon", Json())
      .set("unicode_emoji", Json())
      .set("flags", 0);
}

Json guild_object(World& world, const Guild& guild) {
  Json roles = Json::array();
  roles.push(role_object(Role{{guild.id.value}, guild.id, "@everyone"}));
  for (const auto& [id, role] : world.roles())
    if (role.guild == guild.id) roles.push(role_object(role));
  Json object = Json::object().set("id", guild.id).set("name", guild.name).set("owner_id", guild.owner);
  for (const char* absent :
       {"icon", "description", "home_header", "splash", "discovery_splash", "banner", "application_id",
        "afk_channel_id", "system_channel_id", "widget_channel_id", "vanity_url_code", "rules_channel_id",
        "safety_alerts_channel_id", "public_updates_channel_id", "max_presences", "incidents_data"})
    object.set(absent, Json());
  for (const char* no : {"widget_enabled", "premium_progress_bar_enabled", "nsfw"}) object.set(no, false);
  for (const char* zero :
       {"system_channel_flags", "verification_level", "default_message_notifications", "mfa_level",
        "explicit_content_filter", "premium_tier", "premium_subscription_count", "nsfw_level"})
    object.set(zero, 0);
  for (const char* empty : {"features", "emojis", "stickers"}) object.set(empty, Json::array());
  return std::move(object)
      .set("region", "deprecated")
      .set("afk_timeout", 300)
      .set("max_members", 500000)
      .set("max_stage_video_channel_users", 50)
      .set("max_video_channel_users", 25)
      .set("preferred_locale", "en-US")
      .set("roles", std::move(roles))
      .set("approximate_member_count", world.users().size());
}

Json channel_object(const Channel& channel) {
  Json object = Json::object()
                    .set("id", channel.id)
                    .set("type", channel.type)
                    .set("guild_id", channel.guild)
                    .set("name", channel.name)
                    .set("flags", 0)
                    .set("last_message_id", channel.last_message ? Json(channel.last_message) : Json())
                    .set("rate_limit_per_user", channel.slowmode_seconds)
                    .set("parent_id", channel.parent ? Json(channel.parent) : Json());
  if (!channel.is_thread())
    return std::move(object)
        .set("position", channel.position)
        .set("topic", channel.topic.empty() ? Json() : Json(channel.topic))
        .set("nsfw", false)
        .set("permission_overwrites", Json::array());
  return std::move(object)
      .set("owner_id", channel.owner)
      .set("thread_metadata", Json::object()
                                  .set("archived", channel.archived)
                                  .set("archive_timestamp", archive_timestamp(channel))
                                  .set("auto_archive_duration", channel.auto_archive_minutes)
                                  .set("locked", channel.locked)
                                  .set("create_timestamp", timestamp(channel.created)))
      .set("message_count", channel.message_count)
      .set("member_count", 2)
      .set("total_message_sent", channel.message_count);
}

Json attachment_object(const World& world, const Message& message, const Attachment& attachment) {
  std::string url = fmt::format("{}/attachments/{}/{}/{}", world.address, message.channel.text(),
                                attachment.id, attachment.filename);
  Json object = Json::object()
                    .set("id", attachment.id)
                    .set("filename", attachment.filename)
                    .set("size", attachment.bytes->size())
                    .set("url", url)
                    .set("proxy_url", url)
                    .set("content_type", attachment.content_type);
  if (!attachment.description.empty()) object.set("description", attachment.description);
  return object;
}

Json emoji_object(const Emoji& emoji) {
  return Json::object().set("id", emoji.id.empty() ? Json() : Json(emoji.id)).set("name", emoji.name);
}

namespace {

Json reaction_object(const Reaction& reaction, UserId viewer) {
  bool me = std::find(reaction.users.begin(), reaction.users.end(), viewer) != reaction.users.end();
  return Json::object()
      .set("emoji", emoji_object(reaction.emoji))
      .set("count", reaction.users.size())
      .set("count_details", Json::object().set("burst", 0).set("normal", reaction.users.size()))
      .set("burst_colors", Json::array())
      .set("me_burst", false)
      .set("me", me);
}

void set_mentions(Json& object, World& world, const Message& message) {
  Json mentions = Json::array();
  for (UserId id : message.mentions)
    if (const auto* user = world.user(id)) mentions.push(user_object(*user));
  object.set("mentions", std::move(mentions));
  object.set("mention_roles", texts(message.mention_roles));
  object.set("mention_everyone", message.mention_everyone);
}

Json described(World& world, const Message& message, UserId viewer, bool deep);

// Discord goes one level deep: a referenced message names the one that it refers to, but does not hold it.
void set_reference(Json& object, World& world, const Message& message, UserId viewer, bool deep) {
  if (!message.reply_to) return;
  Json reference =
      Json::object().set("type", 0).set("channel_id", message.channel).set("message_id", *message.reply_to);
  if (const auto* channel = world.channel(message.channel)) reference.set("guild_id", channel->guild);
  object.set("message_reference", std::move(reference));
  if (!deep) return;
  const auto* target = world.message(message.channel, *message.reply_to);
  if (!target) {
    object.set("referenced_message", Json());
    return;
  }
  object.set("referenced_message", described(world, *target, viewer, false));
}

Json described(World& world, const Message& message, UserId viewer, bool deep) {
  const auto* author = world.user(message.author);
  Json attachments = Json::array();
  for (const auto& attachment : message.attachments)
    attachments.push(attachment_object(world, message, attachment));
  Json object = Json::object()
                    .set("id", message.id)
                    .set("channel_id", message.channel)
                    .set("type", message.type)
                    .set("author", author ? user_object(*author)
                                          : user_object(User{message.author, "deleted", false, false, {}}))
                    .set("content", message.content)
                    .set("attachments", std::move(attachments))
                    .set("embeds", message.embeds.clone())
                    .set("components", message.components.clone())
                    .set("timestamp", timestamp(message.id.created()))
                    .set("edited_timestamp", message.edited ? Json(timestamp(*message.edited)) : Json())
                    .set("flags", message.flags)
                    .set("pinned", false)
                    .set("tts", message.tts);
  set_mentions(object, world, message);
  if (message.by_interaction)
    object.set("application_id", *message.by_interaction).set("webhook_id", *message.by_interaction);
  if (message.interaction_metadata) object.set("interaction_metadata", message.interaction_metadata->clone());
  if (!message.reactions.empty()) {
    Json reactions = Json::array();
    for (const auto& reaction : message.reactions) reactions.push(reaction_object(reaction, viewer));
    object.set("reactions", std::move(reactions));
  }
  if (message.thread)
    if (const auto* thread = world.channel(*message.thread)) object.set("thread", channel_object(*thread));
  set_reference(object, world, message, viewer, deep);
  return object;
}

}  // namespace

Json message_object(World& world, const Message& message, UserId viewer) {
  Json object = described(world, message, viewer, true);
  if (message.nonce) object.set("nonce", message.nonce->clone());
  return object;
}

Json kept_message_object(World& world, const Message& message, UserId viewer) {
  return described(world, message, viewer, true);
}

Json without_content(Json message, UserId bot) {
  std::string self = bot.text();
  bool shown = message["author"]["id"].text() == std::string_view(self);
  for (JsonView mention : message["mentions"])
    shown = shown || mention["id"].text() == std::string_view(self);
  if (!shown) {
    message.set("content", "");
    for (const char* list : {"embeds", "attachments", "components"}) message.set(list, Json::array());
  }
  if (message["referenced_message"].is_object())
    message.set("referenced_message", without_content(Json::clone(message["referenced_message"]), bot));
  return message;
}

}  // namespace coordinator::playground
