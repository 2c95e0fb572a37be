#include "gateway.h"

#include <algorithm>

#include "objects.h"

namespace coordinator::playground {

namespace {

enum Op {
  kDispatch = 0,
  kHeartbeat = 1,
  kIdentify = 2,
  kPresence = 3,
  kVoiceState = 4,
  kResume = 6,
  kReconnect = 7,
  kRequestMembers = 8,
  kInvalidSession = 9,
  kHello = 10,
  kAck = 11,
  kSoundboard = 31,
  kChannelInfo = 43,
};

constexpr std::size_t kPayload = 4096;
constexpr std::size_t kPayloads = 120;
constexpr Millis kPayloadWindow = 60s, kDay = 24h;

}  // namespace

Gateway::Effects Gateway::connected(ConnectionId id, Now now) {
  connections_[id] = Connection{{}, now.instant, {}, false};
  Effects out;
  send(id, kHello,
       Json::object()
           .set("heartbeat_interval", options_.heartbeat_interval.count())
           .set("_trace", Json::array().push("playground")),
       out);
  return out;
}

Gateway::Effects Gateway::received(ConnectionId id, std::string_view payload, Now now) {
  Effects out;
  auto found = connections_.find(id);
  if (found == connections_.end() || found->second.closing) return out;
  Connection& connection = found->second;
  while (!connection.sent.empty() && connection.sent.front() + kPayloadWindow <= now.instant)
    connection.sent.pop_front();
  connection.sent.push_back(now.instant);
  if (connection.sent.size() > kPayloads) return close(id, 4008, "You are being rate limited.", out), out;
  if (payload.size() > kPayload) return close(id, 4002, "Error while decoding payload.", out), out;
  auto json = Json::parse(payload);
  if (!json || !(*json)["op"].integer()) return close(id, 4002, "Error while decoding payload.", out), out;

  JsonView data = (*json)["d"];
  bool identified = !connection.session.empty();
  switch (*(*json)["op"].integer()) {
    case kHeartbeat:
      connection.last_beat = now.instant;
      if (acknowledging_) send(id, kAck, Json(), out);
      break;
    case kIdentify:
      if (identified)
        close(id, 4005, "Already authenticated.", out);
      else
        identify(id, data, now, out);
      break;
    case kResume:
      if (identified)
        close(id, 4005, "Already authenticated.", out);
      else
        resume(id, data, now, out);
      break;
    case kPresence:
    case kVoiceState:
    case kRequestMembers:
    case kSoundboard:
    case kChannelInfo:
      if (!identified)
        close(id, 4003, "Not authenticated.", out);
      else if (*(*json)["op"].integer() == kRequestMembers)
        request_members(connection, data, out);
      break;
    default:
      close(id, 4001, "Unknown opcode.", out);
  }
  return out;
}

void Gateway::identify(ConnectionId id, JsonView data, Now now, Effects& out) {
  auto token = data["token"].text();
  auto intents = data["intents"].integer();
  if (!data.is_object() || !token || !intents || !data["properties"].is_object())
    return close(id, 4002, "Error while decoding payload.", out);
  auto bot = host_.bot(*token);
  if (!bot || burnt_) return close(id, 4004, "Authentication failed.", out);
  if (*intents < 0 || (*intents & ~static_cast<std::int64_t>(intent::known)))
    return close(id, 4013, "Invalid intent(s).", out);
  auto wanted = static_cast<std::uint32_t>(*intents);
  std::uint32_t denied = intent::guild_members | intent::guild_presences;
  if (!bot->message_content) denied |= intent::message_content;
  if (wanted & denied) return close(id, 4014, "Disallowed intent(s).", out);
  auto shards = data["shard"][1].integer().value_or(1), shard = data["shard"][0].integer().value_or(0);
  if (shard < 0 || shards < 1 || shard >= shards) return close(id, 4010, "Invalid shard.", out);
  ++identifies_;
  if (!may_identify(static_cast<std::uint64_t>(shard), now.wall)) {
    if (burnt_) return close(id, 4004, "Authentication failed.", out);
    return send(id, kInvalidSession, false, out);
  }

  std::string name = random_.hex(32);
  auto& session = sessions_[name];
  session.id = name;
  session.application = bot->application;
  session.bot = bot->user;
  session.intents = wanted;
  session.shard = static_cast<std::uint64_t>(shard);
  session.shards = static_cast<std::uint64_t>(shards);
  bind(id, session);
  Json ready = host_.ready(session);
  ready.set("v", 10).set("session_id", session.id);
  if (data["shard"]) ready.set("shard", Json::clone(data["shard"]));
  send_dispatch(session, "READY", ready, out);
  for (const auto& [event, body] : host_.greeting(session))
    if (session.intents & intent::guilds) send_dispatch(session, event, body, out);
  out.push_back(PresenceChanged{});
}

// 1000 a day over all shards; past them every session dies and the token is reset.
bool Gateway::may_identify(std::uint64_t shard, WallTime now) {
  session_start_limit(now);
  if (left_today_ == 0) {
    burnt_ = true;
    sessions_.clear();
    return false;
  }
  if (options_.identify_window > Millis(0)) {
    auto& bucket = identified_[shard % static_cast<std::uint64_t>(options_.max_concurrency)];
    while (!bucket.empty() && bucket.front() + options_.identify_window <= now) bucket.pop_front();
    if (!bucket.empty()) return false;
    bucket.push_back(now);
  }
  --left_today_;
  return true;
}

void Gateway::resume(ConnectionId id, JsonView data, Now now, Effects& out) {
  auto token = data["token"].text(), name = data["session_id"].text();
  auto sequence = data["seq"].integer();
  if (!token || !name || !sequence || *sequence < 0)
    return close(id, 4002, "Error while decoding payload.", out);
  auto bot = host_.bot(*token);
  if (!bot || burnt_) return close(id, 4004, "Authentication failed.", out);
  forget_old_sessions(now.wall);
  auto found = sessions_.find(std::string(*name));
  if (found == sessions_.end() || found->second.bot != bot->user)
    return send(id, kInvalidSession, false, out);
  GatewaySession& session = found->second;
  auto heard = static_cast<std::uint64_t>(*sequence);
  if (heard > session.sequence) return close(id, 4007, "Invalid seq.", out);
  if (!session.replay.empty() && session.replay.front().first > heard + 1)
    return send(id, kInvalidSession, false, out);

  ++resumes_;
  if (session.connection) close(*session.connection, 4000, "The session was resumed elsewhere.", out);
  bind(id, session);
  for (const auto& [number, payload] : session.replay)
    if (number > heard) out.push_back(Send{id, payload});
  send_dispatch(session, "RESUMED", Json::object().set("_trace", Json::array().push("playground")), out);
  out.push_back(PresenceChanged{});
}

// One chunk with everybody: this world is small.
void Gateway::request_members(const Connection& connection, JsonView data, Effects& out) {
  auto& session = sessions_[connection.session];
  for (const auto& [event, guild] : host_.greeting(session)) {
    if (guild["id"].text() != data["guild_id"].text()) continue;
    Json chunk = Json::object()
                     .set("guild_id", Json::clone(guild["id"]))
                     .set("members", Json::clone(guild["members"]))
                     .set("chunk_index", 0)
                     .set("chunk_count", 1)
                     .set("not_found", Json::array());
    if (data["nonce"]) chunk.set("nonce", Json::clone(data["nonce"]));
    send_dispatch(session, "GUILD_MEMBERS_CHUNK", chunk, out);
  }
}

void Gateway::bind(ConnectionId id, GatewaySession& session) {
  session.connection = id;
  session.left.reset();
  connections_[id].session = session.id;
}

Gateway::Effects Gateway::disconnected(ConnectionId id, int code, Now now) {
  Effects out;
  auto found = connections_.find(id);
  if (found == connections_.end()) return out;
  auto session = sessions_.find(found->second.session);
  connections_.erase(found);
  if (session == sessions_.end() || session->second.connection != id) return out;
  session->second.connection.reset();
  session->second.left = now.wall;
  if (code == 1000 || code == 1001) sessions_.erase(session);
  out.push_back(PresenceChanged{});
  return out;
}

Gateway::Effects Gateway::dispatch(const GatewayDispatch& dispatch, Now now) {
  Effects out;
  forget_old_sessions(now.wall);
  for (auto& [id, session] : sessions_) {
    std::uint64_t shard = dispatch.guild ? (dispatch.guild.value >> 22) % session.shards : 0;
    if (shard != session.shard) continue;
    if (dispatch.intent && !(session.intents & dispatch.intent)) continue;
    if (dispatch.only && session.application != *dispatch.only) continue;
    bool hidden = dispatch.message && dispatch.guild && !(session.intents & intent::message_content);
    send_dispatch(session, dispatch.event,
                  hidden ? without_content(dispatch.data.clone(), session.bot) : dispatch.data.clone(), out);
  }
  return out;
}

Gateway::Effects Gateway::tick(Now now) {
  Effects out;
  Millis patience = options_.heartbeat_interval + options_.heartbeat_interval / 2;
  for (auto& [id, connection] : connections_) {
    if (connection.closing || connection.last_beat + patience > now.instant) continue;
    sessions_.erase(connection.session);
    close(id, 4009, "Session timed out.", out);
  }
  forget_old_sessions(now.wall);
  return out;
}

Gateway::Effects Gateway::reconnect_all() {
  Effects out;
  for (auto& [id, connection] : connections_) send(id, kReconnect, Json(), out);
  return out;
}

Gateway::Effects Gateway::invalidate_all(bool resumable) {
  Effects out;
  for (auto& [id, connection] : connections_) {
    send(id, kInvalidSession, resumable, out);
    if (!resumable) sessions_.erase(connection.session);
    connection.session.clear();
  }
  if (!resumable) sessions_.clear();
  for (auto& [name, session] : sessions_) session.connection.reset();
  out.push_back(PresenceChanged{});
  return out;
}

Gateway::Effects Gateway::ask_heartbeats() {
  Effects out;
  for (auto& [id, connection] : connections_) send(id, kHeartbeat, Json(), out);
  return out;
}

// A session that has a connection lives on as long as that; it just cannot be found again.
void Gateway::expire_sessions() {
  std::erase_if(sessions_, [](const auto& entry) { return !entry.second.connection; });
  std::map<std::string, GatewaySession> renamed;
  for (auto& [name, session] : sessions_) {
    session.id = "expired-" + name;
    connections_[*session.connection].session = session.id;
    renamed[session.id] = std::move(session);
  }
  sessions_ = std::move(renamed);
}

Json Gateway::session_start_limit(WallTime now) {
  if (!day_ || *day_ + kDay <= now) {
    day_ = now;
    left_today_ = options_.identifies_a_day;
  }
  return Json::object()
      .set("total", options_.identifies_a_day)
      .set("remaining", left_today_)
      .set("reset_after", (*day_ + kDay - now).count())
      .set("max_concurrency", options_.max_concurrency);
}

bool Gateway::anybody_ready() const {
  return std::any_of(sessions_.begin(), sessions_.end(),
                     [](const auto& entry) { return !!entry.second.connection; });
}

void Gateway::send(ConnectionId to, int op, Json data, Effects& out) {
  out.push_back(Send{
      to, Json::object().set("t", Json()).set("s", Json()).set("op", op).set("d", std::move(data)).dump()});
}

void Gateway::send_dispatch(GatewaySession& session, std::string_view event, const Json& data, Effects& out) {
  std::string payload = Json::object()
                            .set("t", event)
                            .set("s", ++session.sequence)
                            .set("op", static_cast<int>(kDispatch))
                            .set("d", data.clone())
                            .dump();
  if (session.connection) out.push_back(Send{*session.connection, payload});
  session.replay.emplace_back(session.sequence, std::move(payload));
  if (session.replay.size() > options_.replay_length) session.replay.pop_front();
}

void Gateway::close(ConnectionId id, int code, std::string_view reason, Effects& out) {
  auto& connection = connections_[id];
  if (connection.closing) return;
  connection.closing = true;
  out.push_back(Close{id, code, std::string(reason)});
}

void Gateway::forget_old_sessions(WallTime now) {
  std::erase_if(sessions_, [&](const auto& entry) {
    return entry.second.left && *entry.second.left + options_.session_lifetime < now;
  });
}

}  // namespace coordinator::playground
