// Who am I, where is the gateway, and which guilds, channels and members are there.
#include "api.h"
#include "objects.h"

namespace coordinator::playground {

namespace {

std::string websocket_address(const World& world) { return "ws" + world.address.substr(4); }

Reply get_gateway_bot(Backstage& backstage, Call& call) {
  return Reply::of(Json::object()
                       .set("url", websocket_address(backstage.world))
                       .set("shards", 1)
                       .set("session_start_limit", backstage.gateway.session_start_limit(call.now.wall)));
}

Reply get_me(Backstage& backstage, Call& call) {
  return Reply::of(user_object(*backstage.world.user(call.application->user))
                       .set("mfa_enabled", false)
                       .set("locale", "en-US")
                       .set("verified", true)
                       .set("email", Json()));
}

Reply get_my_application(Backstage& backstage, Call& call) {
  World& world = backstage.world;
  int flags = call.application->message_content ? 1 << 19 : 0;
  const auto& bot = *world.user(call.application->user);
  return Reply::of(Json::object()
                       .set("id", call.application->id)
                       .set("name", bot.name)
                       .set("icon", Json())
                       .set("description", "")
                       .set("type", Json())
                       .set("bot", user_object(bot))
                       .set("bot_public", true)
                       .set("bot_require_code_grant", false)
                       .set("verify_key", std::string(64, '0'))
                       .set("flags", flags)
                       .set("flags_new", std::to_string(flags))
                       .set("redirect_uris", Json::array())
                       .set("interactions_endpoint_url", Json())
                       .set("role_connections_verification_url", Json())
                       .set("owner", user_object(*world.user(world.guilds().begin()->second.owner)))
                       .set("approximate_guild_count", world.guilds().size())
                       .set("approximate_user_install_count", 0)
                       .set("approximate_user_authorization_count", 0)
                       .set("explicit_content_filter", 0)
                       .set("team", Json())
                       .set("eligible_oauth2_scopes", Json::array()));
}

Reply get_guild(Backstage& backstage, Call& call) {
  auto guild = guild_of(backstage, call);
  if (!guild) return std::move(guild.error());
  return Reply::of(guild_object(backstage.world, **guild));
}

Reply get_channels(Backstage& backstage, Call& call) {
  auto guild = guild_of(backstage, call);
  if (!guild) return std::move(guild.error());
  Json out = Json::array();
  for (const auto& [id, channel] : backstage.world.channels())
    if (channel.guild == (*guild)->id && !channel.is_thread()) out.push(channel_object(channel));
  return Reply::of(std::move(out));
}

Reply get_active_threads(Backstage& backstage, Call& call) {
  auto guild = guild_of(backstage, call);
  if (!guild) return std::move(guild.error());
  Json out = Json::array();
  for (const auto& [id, channel] : backstage.world.channels())
    if (channel.guild == (*guild)->id && channel.is_thread() && !channel.archived)
      out.push(channel_object(channel));
  return Reply::of(
      Json::object().set("threads", std::move(out)).set("members", Json::array()).set("has_more", false));
}

Reply get_roles(Backstage& backstage, Call& call) {
  auto guild = guild_of(backstage, call);
  if (!guild) return std::move(guild.error());
  return Reply::of(Json::clone(guild_object(backstage.world, **guild)["roles"]));
}

Reply get_member(Backstage& backstage, Call& call) {
  auto guild = guild_of(backstage, call);
  if (!guild) return std::move(guild.error());
  auto id =
      call.params[1] == "@me" ? call.application->user : UserId::parse(call.params[1]).value_or(UserId{});
  const auto* user = backstage.world.user(id);
  if (!user) return Reply::error(404, 10007, "Unknown Member");
  return Reply::of(member_object(*user, true));
}

Reply get_user(Backstage& backstage, Call& call) {
  auto id = id_of<UserId>(call, 0, "user_id");
  if (!id) return std::move(id.error());
  const auto* user = backstage.world.user(*id);
  return user ? Reply::of(user_object(*user)) : Reply::error(404, 10013, "Unknown User");
}

}  // namespace

void add_gateway_routes(Routes& routes) {
  routes.add(
      "GET", "/gateway",
      [](Backstage& backstage, Call&) {
        return Reply::of(Json::object().set("url", websocket_address(backstage.world)));
      },
      true);
  routes.add("GET", "/gateway/bot", get_gateway_bot);
  routes.add("GET", "/users/@me", get_me);
  routes.add("GET", "/users/{}", get_user);
  routes.add("GET", "/applications/@me", get_my_application);
  routes.add("GET", "/oauth2/applications/@me", get_my_application);  // the older address: discord.py
}

void add_guild_routes(Routes& routes) {
  routes.add("GET", "/guilds/{}", get_guild);
  routes.add("GET", "/guilds/{}/channels", get_channels);
  routes.add("GET", "/guilds/{}/threads/active", get_active_threads);
  routes.add("GET", "/guilds/{}/roles", get_roles);
  routes.add("GET", "/guilds/{}/members/{}", get_member);
}

}  // namespace coordinator::playground
