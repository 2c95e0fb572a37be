#include "shown.h"

#include "objects.h"

namespace coordinator::playground {

namespace {

template <class Id>
Json texts(const std::vector<Id>& list) {
  Json out = Json::array();
  for (const auto& id : list) out.push(Json(id));
  return out;
}

Json shown_guild(World& world, const Guild& guild) {
  Json roles = Json::array();
  for (const auto& [id, role] : world.roles())
    if (role.guild == guild.id)
      roles.push(Json::object().set("id", id).set("name", role.name).set("color", 0));
  return Json::object().set("id", guild.id).set("name", guild.name).set("roles", std::move(roles));
}

}  // namespace

Json shown_message(World& world, const Message& message) {
  Json object = message_object(world, message, world.bot().user);
  if (message.ephemeral_for) object.set("ephemeral_for", *message.ephemeral_for);
  if (message.flags & Message::kLoading) object.set("loading", true);
  if (message.reactions.empty()) return object;
  Json reactions = Json::array();
  std::size_t index = 0;
  for (JsonView reaction : object["reactions"])
    reactions.push(Json::clone(reaction).set("user_ids", texts(message.reactions[index++].users)));
  return std::move(object).set("reactions", std::move(reactions));
}

Json shown_interaction(const Interaction& interaction) {
  Json object = Json::object()
                    .set("id", interaction.id)
                    .set("type", interaction.type)
                    .set("user_id", interaction.user)
                    .set("channel_id", interaction.channel);
  if (!interaction.name.empty()) object.set("name", interaction.name);
  if (!interaction.custom_id.empty()) object.set("custom_id", interaction.custom_id);
  return object;
}

Json shown_commands(World& world) {
  Json out = Json::array();
  for (const auto& [id, application] : world.applications())
    for (const auto& command : application.commands) out.push(command.clone());
  return out;
}

Json shown_world(World& world, WallTime now, Millis offset, bool connected) {
  Json users = Json::array(), guilds = Json::array(), channels = Json::array();
  for (const auto& [id, user] : world.users())
    users.push(user_object(user).set("role_ids", texts(user.roles)).set("admin", user.admin));
  for (const auto& [id, guild] : world.guilds()) guilds.push(shown_guild(world, guild));
  for (const auto& [id, channel] : world.channels()) channels.push(channel_object(channel));
  return Json::object()
      .set("now_ms", now.time_since_epoch().count())
      .set("clock_offset_ms", offset.count())
      .set("me", user_object(*world.user(world.bot().user)))
      .set("application_id", world.bot().id)
      .set("users", std::move(users))
      .set("guilds", std::move(guilds))
      .set("channels", std::move(channels))
      .set("commands", shown_commands(world))
      .set("gateway", Json::object().set("connected", connected));
}

}  // namespace coordinator::playground
