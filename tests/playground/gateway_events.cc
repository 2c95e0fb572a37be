// What happens in the world, as the gateway's events.
// https://discord.com/developers/docs/events/gateway-events#receive-events
#include "base/overloaded.h"
#include "gateway_server.h"
#include "objects.h"

namespace coordinator::playground {

void GatewayServer::on_change(const Change& change) {
  World& world = chat_.world();
  auto guild_of = [&world](ChannelId id) {
    const auto* channel = world.channel(id);
    return channel ? channel->guild : GuildId{};
  };
  std::visit(
      Overloaded{
          [&](const change::MessageCreated& c) { publish_message("MESSAGE_CREATE", c.channel, c.message); },
          [&](const change::MessageUpdated& c) { publish_message("MESSAGE_UPDATE", c.channel, c.message); },
          [&](const change::MessageDeleted& c) {
            Json data = Json::object().set("id", c.message).set("channel_id", c.channel);
            if (c.ephemeral_for)
              return publish({"MESSAGE_DELETE", std::move(data), {}, intent::direct_messages, {}, false});
            GuildId guild = guild_of(c.channel);
            data.set("guild_id", guild);
            publish({"MESSAGE_DELETE", std::move(data), guild, intent::guild_messages, {}, false});
          },
          [&](const change::Reacted& c) {
            GuildId guild = guild_of(c.channel);
            Json data = Json::object()
                            .set("user_id", c.user)
                            .set("channel_id", c.channel)
                            .set("message_id", c.message)
                            .set("guild_id", guild)
                            .set("emoji", emoji_object(c.emoji))
                            .set("burst", false)
                            .set("type", 0);
            if (const auto* user = world.user(c.user); user && c.added)
              data.set("member", member_object(*user, true));
            publish({c.added ? "MESSAGE_REACTION_ADD" : "MESSAGE_REACTION_REMOVE",
                     std::move(data),
                     guild,
                     intent::guild_message_reactions,
                     {},
                     false});
          },
          [&](const change::Typing& c) {
            GuildId guild = guild_of(c.channel);
            auto started = (c.until - Chat::kTyping).time_since_epoch().count() / 1000;
            Json data = Json::object()
                            .set("channel_id", c.channel)
                            .set("guild_id", guild)
                            .set("user_id", c.user)
                            .set("timestamp", started);
            if (const auto* user = world.user(c.user)) data.set("member", member_object(*user, true));
            publish({"TYPING_START", std::move(data), guild, intent::guild_message_typing, {}, false});
          },
          [&](const change::ChannelCreated& c) { publish_channel("CREATE", *world.channel(c.channel)); },
          [&](const change::ChannelUpdated& c) { publish_channel("UPDATE", *world.channel(c.channel)); },
          [&](const change::ChannelDeleted& c) { publish_channel("DELETE", c.channel); },
          [&](const change::InteractionCreated& c) {
            auto application = (*c.payload)["application_id"].id<ApplicationId>();
            auto guild = (*c.payload)["guild_id"].id<GuildId>();
            publish(
                {"INTERACTION_CREATE", c.payload->clone(), guild.value_or(GuildId{}), 0, application, false});
          },
          [](const auto&) {},
      },
      change);
}

void GatewayServer::publish_message(const char* event, ChannelId channel_id, MessageId id) {
  World& world = chat_.world();
  const auto* message = world.message(channel_id, id);
  const auto* channel = world.channel(channel_id);
  if (!message || !channel) return;
  Json data = message_object(world, *message, world.bot().user);
  if (message->ephemeral_for)
    return publish({event, std::move(data), {}, intent::direct_messages, message->by_interaction, true});
  data.set("guild_id", channel->guild);
  if (const auto* author = world.user(message->author)) data.set("member", member_object(*author, false));
  publish({event, std::move(data), channel->guild, intent::guild_messages, {}, true});
}

void GatewayServer::publish_channel(const char* verb, const Channel& channel) {
  Json data = channel_object(channel);
  if (channel.is_thread() && std::string_view(verb) == "CREATE") data.set("newly_created", true);
  publish({fmt::format("{}_{}", channel.is_thread() ? "THREAD" : "CHANNEL", verb),
           std::move(data),
           channel.guild,
           intent::guilds,
           {},
           false});
}

// Order is kept: while one event is late, those behind it are late too.
void GatewayServer::publish(GatewayDispatch dispatch) {
  auto fault = faults_.take_dispatch(dispatch.event);
  if (fault && fault->action == DispatchFault::Action::mute) return;
  int copies = fault && fault->action == DispatchFault::Action::duplicate ? 2 : 1;
  bool late = fault && fault->action == DispatchFault::Action::delay;
  if (!late && delayed_.empty()) {
    while (copies-- > 0) carry_out(machine_.dispatch(dispatch, chat_.now()));
    return;
  }
  WallTime due = chat_.now().wall + (late ? fault->delay : Millis(0));
  if (!delayed_.empty()) due = std::max(due, delayed_.back().first);
  delayed_.emplace_back(due, std::move(dispatch));
  alarms_.at(due, [this] { release(); });
}

void GatewayServer::release() {
  while (!delayed_.empty() && delayed_.front().first <= chat_.now().wall) {
    auto dispatch = std::move(delayed_.front().second);
    delayed_.pop_front();
    carry_out(machine_.dispatch(dispatch, chat_.now()));
  }
}

}  // namespace coordinator::playground
