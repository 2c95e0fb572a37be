#include "discord/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace coordinator::discord {

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
  }
  return "GET";
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (unsigned char byte : text) {
    bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                 (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
    if (plain)
      out += static_cast<char>(byte);
    else
      out += fmt::format("%{:02X}", byte);
  }
  return out;
}

namespace routes {

namespace {

Route plain(Method method, const std::string& path) { return {method, path, path, "", true}; }

// `rest` follows the channel: as it is written in the path, and as it is known to the limits.
Route of_channel(Method method, ChannelId channel, const std::string& rest, std::string_view known_as) {
  return {method, fmt::format("/channels/{}{}", channel.text(), rest),
          fmt::format("/channels/{{}}{}", known_as), channel.text(), true};
}

Route of_guild(Method method, GuildId guild, const std::string& rest) {
  return {method, fmt::format("/guilds/{}{}", guild.text(), rest), "/guilds/{}" + rest, guild.text(), true};
}

Route of_webhook(Method method, ApplicationId application, std::string_view token, const std::string& rest,
                 std::string_view known_as) {
  std::string safe = percent_encoded(token);
  return {method, fmt::format("/webhooks/{}/{}{}", application.text(), safe, rest),
          fmt::format("/webhooks/{{}}/{{}}{}", known_as), fmt::format("{}/{}", application.text(), safe),
          false};
}

Route own_reaction(Method method, ChannelId channel, MessageId message, std::string_view emoji) {
  return of_channel(method, channel,
                    fmt::format("/messages/{}/reactions/{}/@me", message.text(), percent_encoded(emoji)),
                    "/messages/{}/reactions/{}/@me");
}

}  // namespace

Route gateway_bot() { return plain(Method::get, "/gateway/bot"); }
Route current_user() { return plain(Method::get, "/users/@me"); }
Route current_application() { return plain(Method::get, "/applications/@me"); }

Route channel(ChannelId channel) { return of_channel(Method::get, channel, "", ""); }
Route guild_channels(GuildId guild) { return of_guild(Method::get, guild, "/channels"); }
Route active_threads(GuildId guild) { return of_guild(Method::get, guild, "/threads/active"); }
Route member(GuildId guild, UserId user) {
  return {Method::get, fmt::format("/guilds/{}/members/{}", guild.text(), user.text()),
          "/guilds/{}/members/{}", guild.text(), true};
}
Route archived_threads(ChannelId channel, std::string_view before) {
  std::string path = "/threads/archived/public";
  std::string query = "?limit=100";
  if (!before.empty()) query += "&before=" + percent_encoded(before);
  return of_channel(Method::get, channel, path + query, path);
}

Route messages(ChannelId channel, int count, std::optional<MessageId> after) {
  std::string query = fmt::format("/messages?limit={}", std::clamp(count, 1, 100));
  if (after) query += "&after=" + after->text();
  return of_channel(Method::get, channel, query, "/messages");
}
Route message(ChannelId channel, MessageId message) {
  return of_channel(Method::get, channel, "/messages/" + message.text(), "/messages/{}");
}
Route create_message(ChannelId channel) {
  return of_channel(Method::post, channel, "/messages", "/messages");
}
Route edit_message(ChannelId channel, MessageId message) {
  return of_channel(Method::patch, channel, "/messages/" + message.text(), "/messages/{}");
}
Route delete_message(ChannelId channel, MessageId message) {
  return of_channel(Method::del, channel, "/messages/" + message.text(), "/messages/{}");
}
Route typing(ChannelId channel) { return of_channel(Method::post, channel, "/typing", "/typing"); }

Route add_reaction(ChannelId channel, MessageId message, std::string_view emoji) {
  return own_reaction(Method::put, channel, message, emoji);
}
Route remove_reaction(ChannelId channel, MessageId message, std::string_view emoji) {
  return own_reaction(Method::del, channel, message, emoji);
}

Route start_thread(ChannelId channel, MessageId message) {
  return of_channel(Method::post, channel, fmt::format("/messages/{}/threads", message.text()),
                    "/messages/{}/threads");
}

Route interaction_callback(InteractionId interaction, std::string_view token) {
  std::string safe = percent_encoded(token);
  return {Method::post, fmt::format("/interactions/{}/{}/callback", interaction.text(), safe),
          "/interactions/{}/{}/callback", fmt::format("{}/{}", interaction.text(), safe), false};
}
Route original_response(Method method, ApplicationId application, std::string_view token) {
  return of_webhook(method, application, token, "/messages/@original", "/messages/@original");
}
Route follow_up(ApplicationId application, std::string_view token) {
  return of_webhook(Method::post, application, token, "", "");
}
Route follow_up_message(Method method, ApplicationId application, std::string_view token, MessageId message) {
  return of_webhook(method, application, token, "/messages/" + message.text(), "/messages/{}");
}

Route commands(Method method, ApplicationId application) {
  // Without this Discord leaves translations out of the list, and a difference there would go unseen.
  const char* query = method == Method::get ? "?with_localizations=true" : "";
  return {method, fmt::format("/applications/{}/commands{}", application.text(), query),
          "/applications/{}/commands", "", true};
}
Route guild_commands(Method method, ApplicationId application, GuildId guild) {
  return {method, fmt::format("/applications/{}/guilds/{}/commands", application.text(), guild.text()),
          "/applications/{}/guilds/{}/commands", guild.text(), true};
}

}  // namespace routes

}  // namespace coordinator::discord
