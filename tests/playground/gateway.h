// The server's side of the gateway as a machine: connections, sessions, what goes to whom, and when somebody
// is thrown out. https://discord.com/developers/docs/events/gateway
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "model.h"

namespace coordinator::playground {

namespace intent {
constexpr std::uint32_t guilds = 1 << 0, guild_members = 1 << 1, guild_presences = 1 << 8,
                        guild_messages = 1 << 9, guild_message_reactions = 1 << 10,
                        guild_message_typing = 1 << 11, direct_messages = 1 << 12, message_content = 1 << 15;
// Bits 0 to 16, 20, 21, 24 and 25 mean something.
constexpr std::uint32_t known = 0x1FFFF | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;
}  // namespace intent

using ConnectionId = std::uint64_t;

struct GatewaySession {
  std::string id;
  ApplicationId application;
  UserId bot;
  std::uint32_t intents = 0;
  std::uint64_t shard = 0, shards = 1;
  std::uint64_t sequence = 0;
  std::optional<ConnectionId> connection;
  std::optional<WallTime> left;                              // when the connection went away
  std::deque<std::pair<std::uint64_t, std::string>> replay;  // the latest dispatches, by their sequence
};

struct GatewayOptions {
  Millis heartbeat_interval = 41'250ms;
  int identifies_a_day = 1000;
  int max_concurrency = 1;
  Millis identify_window = 5s;       // so many identifies a window; zero: no limit
  Millis session_lifetime = 5min;    // without a connection
  std::size_t replay_length = 5000;  // a session that missed more cannot be resumed
};

// What the machine asks of the world, and nothing more.
class GatewayHost {
 public:
  virtual ~GatewayHost() = default;
  struct Bot {
    ApplicationId application;
    UserId user;
    bool message_content;
  };
  virtual std::optional<Bot> bot(std::string_view token) = 0;
  // The `d` of READY but for session_id, shard and v.
  virtual Json ready(const GatewaySession& session) = 0;
  // What follows READY: GUILD_CREATE for each guild.
  virtual std::vector<std::pair<std::string, Json>> greeting(const GatewaySession& session) = 0;
};

struct GatewayDispatch {
  std::string event;
  Json data;
  GuildId guild;                      // none: direct; such events go to shard 0
  std::uint32_t intent = 0;           // needed to hear it; 0: none
  std::optional<ApplicationId> only;  // for this application's sessions
  bool message = false;               // has content, which the message content intent guards
};

class Gateway {
 public:
  struct Send {
    ConnectionId to;
    std::string payload;
  };
  struct Close {
    ConnectionId to;
    int code;
    std::string reason;
  };
  // A session came ready or was resumed, or the last one lost its connection.
  struct PresenceChanged {};
  using Effect = std::variant<Send, Close, PresenceChanged>;
  using Effects = std::vector<Effect>;

  Gateway(GatewayOptions options, GatewayHost& host, Random& random)
      : options_(options), host_(host), random_(random) {}

  Effects connected(ConnectionId id, Now now);
  Effects received(ConnectionId id, std::string_view payload, Now now);
  // `code`: what the peer closed with; 1006 when it vanished. 1000 and 1001 end its session.
  Effects disconnected(ConnectionId id, int code, Now now);
  Effects dispatch(const GatewayDispatch& dispatch, Now now);
  // Throws out those who stopped beating. Call it about once a second.
  Effects tick(Now now);

  // Faults, on every connection.
  Effects reconnect_all();
  Effects invalidate_all(bool resumable);
  Effects ask_heartbeats();
  void acknowledge(bool on) { acknowledging_ = on; }
  void expire_sessions();

  // `session_start_limit` of GET /gateway/bot.
  Json session_start_limit(WallTime now);
  bool anybody_ready() const;
  int identifies() const { return identifies_; }
  int resumes() const { return resumes_; }
  const std::map<std::string, GatewaySession>& sessions() const { return sessions_; }
  // The bots whose token has been reset by too many identifies.
  bool burnt() const { return burnt_; }

 private:
  struct Connection {
    std::string session;  // empty: not identified
    Instant last_beat;
    std::deque<Instant> sent;  // the latest payloads of the peer
    bool closing = false;
  };

  void identify(ConnectionId id, JsonView data, Now now, Effects& out);
  void resume(ConnectionId id, JsonView data, Now now, Effects& out);
  void request_members(const Connection& connection, JsonView data, Effects& out);
  bool may_identify(std::uint64_t shard, WallTime now);
  void bind(ConnectionId id, GatewaySession& session);
  void send(ConnectionId to, int op, Json data, Effects& out);
  void send_dispatch(GatewaySession& session, std::string_view event, const Json& data, Effects& out);
  void close(ConnectionId id, int code, std::string_view reason, Effects& out);
  void forget_old_sessions(WallTime now);

  GatewayOptions options_;
  GatewayHost& host_;
  Random& random_;
  std::map<ConnectionId, Connection> connections_;
  std::map<std::string, GatewaySession> sessions_;
  std::map<std::uint64_t, std::deque<WallTime>> identified_;  // by bucket of max_concurrency
  std::optional<WallTime> day_;
  int left_today_ = 0;
  int identifies_ = 0, resumes_ = 0;
  bool acknowledging_ = true;
  bool burnt_ = false;
};

}  // namespace coordinator::playground
