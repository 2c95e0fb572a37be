#include "gateway_server.h"

#include "base/overloaded.h"
#include "objects.h"

namespace coordinator::playground {

GatewayServer::GatewayServer(io::Loop& loop, Chat& chat, Faults& faults, Recorder& recorder, Alarms& alarms,
                             Random& random, GatewayOptions options)
    : chat_(chat),
      faults_(faults),
      recorder_(recorder),
      alarms_(alarms),
      machine_(options, *this, random),
      watch_(chat.watch([this](const Change& change) { on_change(change); })),
      tick_(loop, [this] { carry_out(machine_.tick(chat_.now())); }) {
  tick_.repeat(1s);
}

GatewayServer::~GatewayServer() { chat_.unwatch(watch_); }

// ---- connections

std::optional<io::ServerResponse> GatewayServer::accept(const io::ServerRequest& request) {
  if (request.path != "/" && request.path != "/resume" && request.path != "/resume/")
    return io::ServerResponse{404, {}, ""};
  if (faults_.take_refusal()) return io::ServerResponse{503, {}, ""};
  return std::nullopt;
}

void GatewayServer::open(const io::ServerRequest& request, io::ServerSocket& socket) {
  ConnectionId id = next_++;
  std::string compression(request.parameter("compress").value_or(""));
  auto& connection = connections_[id] = Connection{&socket, request.path, compression, nullptr, false};
  if (compression == "zlib-stream") connection.compressor = Compressor::zlib();
  if (compression == "zstd-stream") connection.compressor = Compressor::zstd();
  socket.on_message = [this, id](std::string_view payload, bool) {
    recorder_.gateway(true, id, payload);
    carry_out(machine_.received(id, payload, chat_.now()));
  };
  socket.on_closed = [this, id](int code) {
    bool ended_here = connections_[id].ended_here;
    connections_.erase(id);
    carry_out(machine_.disconnected(id, ended_here ? 4000 : code, chat_.now()));
  };
  carry_out(machine_.connected(id, chat_.now()));
  if (request.parameter("v") && request.parameter("v") != "10")
    carry_out({Gateway::Close{id, 4012, "Invalid API version."}});
  else if (request.parameter("encoding").value_or("json") != "json")
    carry_out({Gateway::Close{id, 4002, "Only encoding=json is spoken here."}});
}

void GatewayServer::carry_out(Gateway::Effects effects) {
  for (auto& effect : effects)
    std::visit(Overloaded{[this](Gateway::Send& send) {
                            auto found = connections_.find(send.to);
                            if (found == connections_.end()) return;
                            recorder_.gateway(false, send.to, send.payload);
                            auto& [socket, path, name, compressor, ended] = found->second;
                            if (compressor)
                              socket->send_binary(compressor->compress(send.payload));
                            else
                              socket->send_text(send.payload);
                          },
                          [this](Gateway::Close& close) {
                            auto found = connections_.find(close.to);
                            if (found == connections_.end()) return;
                            found->second.ended_here = true;
                            found->second.socket->close(close.code, close.reason);
                          },
                          [](Gateway::PresenceChanged&) {}},
               effect);
  if (connected() == was_connected_) return;
  was_connected_ = connected();
  chat_.tell(change::PresenceChanged{was_connected_});
}

void GatewayServer::drop_all() {
  for (auto& [id, connection] : connections_) {
    connection.ended_here = true;
    connection.socket->drop();
  }
}

void GatewayServer::close_all(int code, std::string_view reason) {
  for (auto& [id, connection] : connections_) {
    connection.ended_here = true;
    connection.socket->close(code, reason);
  }
}

Json GatewayServer::describe() const {
  Json connections = Json::array(), sessions = Json::array();
  for (const auto& [id, connection] : connections_)
    connections.push(Json::object()
                         .set("id", id)
                         .set("path", connection.path)
                         .set("compress", connection.compression)
                         .set("backlog", connection.socket->backlog()));
  for (const auto& [id, session] : machine_.sessions())
    sessions.push(Json::object()
                      .set("id", id)
                      .set("bot_id", session.bot)
                      .set("intents", session.intents)
                      .set("seq", session.sequence)
                      .set("connected", session.connection.has_value()));
  return Json::object()
      .set("connections", std::move(connections))
      .set("sessions", std::move(sessions))
      .set("identifies", machine_.identifies())
      .set("resumes", machine_.resumes());
}

// ---- what the machine asks

std::optional<GatewayHost::Bot> GatewayServer::bot(std::string_view token) {
  if (token.rfind("Bot ", 0) == 0) token.remove_prefix(4);
  const auto* application = chat_.world().application_by_token(token);
  if (!application) return std::nullopt;
  return Bot{application->id, application->user, application->message_content};
}

Json GatewayServer::ready(const GatewaySession& session) {
  World& world = chat_.world();
  Json guilds = Json::array();
  for (const auto& [id, guild] : world.guilds())
    if ((id.value >> 22) % session.shards == session.shard)
      guilds.push(Json::object().set("id", id).set("unavailable", true));
  int flags = world.application(session.application)->message_content ? 1 << 19 : 0;
  std::string socket = "ws" + world.address.substr(4);
  return Json::object()
      .set("user", user_object(*world.user(session.bot)).set("mfa_enabled", false).set("verified", true))
      .set("guilds", std::move(guilds))
      .set("session_type", "normal")
      .set("resume_gateway_url", socket + "/resume")
      .set("private_channels", Json::array())
      .set("presences", Json::array())
      .set("relationships", Json::array())
      .set("application", Json::object()
                              .set("id", session.application)
                              .set("flags", flags)
                              .set("flags_new", std::to_string(flags)));
}

std::vector<std::pair<std::string, Json>> GatewayServer::greeting(const GatewaySession& session) {
  World& world = chat_.world();
  std::vector<std::pair<std::string, Json>> out;
  for (const auto& [id, guild] : world.guilds()) {
    if ((id.value >> 22) % session.shards != session.shard) continue;
    Json channels = Json::array(), threads = Json::array(), members = Json::array();
    for (const auto& [channel_id, channel] : world.channels())
      if (channel.guild == id && !channel.archived)
        (channel.is_thread() ? threads : channels).push(channel_object(channel));
    for (const auto& [user_id, user] : world.users()) members.push(member_object(user, true));
    Json object = guild_object(world, guild);
    for (const char* empty :
         {"voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"})
      object.set(empty, Json::array());
    object.set("joined_at", "2024-01-01T00:00:00.000000+00:00")
        .set("large", false)
        .set("unavailable", false)
        .set("member_count", world.users().size())
        .set("members", std::move(members))
        .set("channels", std::move(channels))
        .set("threads", std::move(threads));
    out.emplace_back("GUILD_CREATE", std::move(object));
  }
  return out;
}

}  // namespace coordinator::playground
