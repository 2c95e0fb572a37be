#include "control_stream.h"

#include "base/overloaded.h"
#include "objects.h"
#include "shown.h"

namespace coordinator::playground {

namespace {

Json typed(const char* type) { return Json::object().set("type", type); }

}  // namespace

ControlStream::ControlStream(ControlRoom room)
    : room_(room), watch_(room.chat.watch([this](const Change& change) { on_change(change); })) {}

ControlStream::~ControlStream() { room_.chat.unwatch(watch_); }

void ControlStream::open(io::ServerSocket& socket) {
  sockets_.insert(&socket);
  socket.on_closed = [this, &socket](int) { sockets_.erase(&socket); };
  Json hello =
      shown_world(room_.world, room_.chat.now().wall, room_.clock.offset(), room_.gateway.connected());
  socket.send_text(std::move(hello).set("type", "hello").dump());
}

void ControlStream::on_change(const Change& change) {
  if (sockets_.empty()) return;
  auto described = describe(change);
  if (!described) return;
  std::string text = described->dump();
  for (auto* socket : sockets_) socket->send_text(text);
}

Json ControlStream::message(const char* type, ChannelId channel, MessageId id) {
  const auto* message = room_.world.message(channel, id);
  return typed(type).set("message", message ? shown_message(room_.world, *message) : Json());
}

std::optional<Json> ControlStream::describe(const Change& change) {
  World& world = room_.world;
  auto channel = [&world](const char* type, ChannelId id) {
    return typed(type).set("channel", channel_object(*world.channel(id)));
  };
  using Described = std::optional<Json>;
  return std::visit(
      Overloaded{
          [&](const change::MessageCreated& c) -> Described {
            return message("message_created", c.channel, c.message);
          },
          [&](const change::MessageUpdated& c) -> Described {
            return message("message_updated", c.channel, c.message);
          },
          [&](const change::MessageDeleted& c) -> Described {
            return typed("message_deleted").set("channel_id", c.channel).set("id", c.message);
          },
          [&](const change::Reacted& c) -> Described {
            return typed(c.added ? "reaction_added" : "reaction_removed")
                .set("channel_id", c.channel)
                .set("message_id", c.message)
                .set("user_id", c.user)
                .set("emoji", emoji_object(c.emoji));
          },
          [&](const change::Typing& c) -> Described {
            return typed("typing")
                .set("channel_id", c.channel)
                .set("user_id", c.user)
                .set("until_ms", c.until.time_since_epoch().count());
          },
          [&](const change::ChannelCreated& c) -> Described { return channel("channel_created", c.channel); },
          [&](const change::ChannelUpdated& c) -> Described { return channel("channel_updated", c.channel); },
          [&](const change::ChannelDeleted& c) -> Described {
            return typed("channel_deleted").set("id", c.channel.id);
          },
          [&](const change::CommandsChanged&) -> Described {
            return typed("commands").set("commands", shown_commands(world));
          },
          [&](const change::InteractionCreated& c) -> Described {
            return typed("interaction_created")
                .set("interaction", shown_interaction(*room_.desk.all().find(c.id)));
          },
          [&](const change::InteractionAnswered& c) -> Described {
            return typed("interaction_response")
                .set("interaction", shown_interaction(*room_.desk.all().find(c.id)))
                .set("response", c.response->clone());
          },
          [&](const change::PresenceChanged& c) -> Described {
            return typed("gateway").set("connected", c.connected);
          },
          [&](const change::ClockMoved&) -> Described {
            return typed("clock")
                .set("now_ms", room_.chat.now().wall.time_since_epoch().count())
                .set("clock_offset_ms", room_.clock.offset().count());
          },
      },
      change);
}

}  // namespace coordinator::playground
