// The gateway's driver: binds the machine to a websocket, a timer, decompression and the REST client, and
// tells what comes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "discord/envelope.h"
#include "discord/event.h"
#include "discord/gateway_machine.h"
#include "discord/request.h"
#include "discord/token.h"
#include "io/timer.h"

namespace coordinator::io {
class Inflate;
class LwsContext;
class WebSocket;
}  // namespace coordinator::io

namespace coordinator::discord {

class Rest;

// https://discord.com/developers/docs/events/gateway#gateway-intents
namespace intent {
inline constexpr std::uint32_t kGuilds = 1 << 0;           // which channels and threads there are
inline constexpr std::uint32_t kGuildMessages = 1 << 9;    // mentions
inline constexpr std::uint32_t kGuildReactions = 1 << 10;  // a person's mark on a message cancels a turn
inline constexpr std::uint32_t kDirectMessages = 1 << 12;  // private conversations, and ephemeral answers
// All that Coordinator has a use for. None is privileged: whoever mentions the bot lets it read that message,
// and that is all it wants to read (MESSAGE_CONTENT, 1 << 15, would show it everybody's). Interactions need
// none.
inline constexpr std::uint32_t kAll = kGuilds | kGuildMessages | kGuildReactions | kDirectMessages;
}  // namespace intent

enum class Compression { none, zlib_stream, zstd_stream };

struct GatewayOptions {
  std::uint32_t intents = intent::kAll;
  Compression compression = Compression::zlib_stream;
  std::optional<GatewaySession> session{};  // of an earlier process, to be resumed
  // A server's new message in which our own id does not occur cannot mention us: it is dropped unparsed, but
  // for one in a second, which tells how far the servers' talk has come.
  bool only_addressed = true;
  std::string ca_file{};  // trusted besides the system's authorities
  gateway::Options machine{};
};

// None is called from inside a call to the Gateway.
struct GatewayListener {
  // Also Ready when a session of an earlier process is being resumed, before what was missed: `resuming` is
  // set, its guilds are empty, and GUILD_CREATE does not come.
  std::function<void(const Event& event)> event;
  // Every change of condition, in words for the log. `failed`: it has given up, and the text says what to do.
  std::function<void(const gateway::Report& report)> report;
  // How long an IDENTIFY has to wait by the daemon's own books; asked before each connection for one. May be
  // empty.
  std::function<Millis()> identify_wait{};
  // An IDENTIFY is about to leave: `go` lets it, when it is written down. Empty: it leaves at once.
  std::function<void(std::function<void()> go)> identify{};
};

// For metrics.
struct GatewayStats {
  std::uint64_t payloads = 0, bytes = 0;  // received, decompressed
  std::uint64_t ignored = 0;              // dropped unparsed
  std::uint64_t connections = 0, identifies = 0, resumes = 0;
  std::optional<Millis> latency;  // of the last heartbeat that was answered
};

// To let it die inside one of its callbacks: Loop::bury.
class Gateway {
 public:
  Gateway(io::LwsContext& context, Rest& rest, Token token, GatewayOptions options, GatewayListener listener);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  void start();
  // Leaves; with `resume_later` so that this process or another can resume with session().
  void stop(bool resume_later);
  // A payload of one's own, for example a presence update: sent when the connection is ready and the limit
  // allows.
  void send(const Json& payload);

  // What another process needs to resume; changes with every event, so ask when it is to be stored.
  const std::optional<GatewaySession>& session() const { return machine_.session(); }
  bool ready() const { return machine_.ready(); }
  const GatewayStats& stats() const { return stats_; }

 private:
  void tell(const gateway::Event& event);
  void apply(const gateway::AskBotInfo&);
  void apply(const gateway::Connect& effect);
  void apply(const gateway::Disconnect& effect);
  void apply(const gateway::SendHeartbeat& effect);
  void apply(const gateway::SendIdentify&);
  void apply(const gateway::SendResume& effect);
  void apply(const gateway::SendText& effect);
  void apply(const gateway::Report& effect);
  void apply(const gateway::Latency& effect);

  void on_message(std::string_view bytes, bool binary);
  void on_payload(std::string_view text);
  void on_json(const Json& payload);
  void on_dispatch(const Json& payload);
  bool of_no_interest(const Envelope& envelope, std::string_view text);
  bool its_turn_to_be_told();
  void told_ready(const Identity& identity);
  gateway::Event bot_info(const RestResult& result) const;
  void identify();
  void drop_socket(int code);
  void transmit(const Json& payload);
  void hand_over(Event event);

  io::LwsContext& context_;
  Rest& rest_;
  Token token_;
  GatewayOptions options_;
  GatewayListener listener_;
  gateway::Machine machine_;
  io::Timer timer_;
  std::optional<Instant> armed_;  // what the timer is set to
  std::unique_ptr<io::WebSocket> socket_;
  std::unique_ptr<io::Inflate> inflate_;
  std::string own_id_;           // decimal, empty before the first READY
  std::optional<Instant> told_;  // when a message that does not concern us was told
  GatewayStats stats_;
  std::shared_ptr<Gateway*> self_;  // outlives us in deferred calls, pointing at nothing
};

}  // namespace coordinator::discord
