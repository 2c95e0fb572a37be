// The gateway on real websockets: binds the machine to them, and tells it what happens in the world.
#pragma once

#include <map>
#include <memory>
#include <queue>

#include "alarms.h"
#include "chat.h"
#include "compressor.h"
#include "faults.h"
#include "gateway.h"
#include "io/http_server.h"
#include "recorder.h"

namespace coordinator::playground {

class GatewayServer : private GatewayHost {
 public:
  GatewayServer(io::Loop& loop, Chat& chat, Faults& faults, Recorder& recorder, Alarms& alarms,
                Random& random, GatewayOptions options);
  ~GatewayServer() override;

  // For HttpServer: whether an upgrade of "/" or "/resume" is taken, and what becomes of it.
  std::optional<io::ServerResponse> accept(const io::ServerRequest& request);
  void open(const io::ServerRequest& request, io::ServerSocket& socket);

  // Faults, on every connection.
  void drop_all();
  void close_all(int code, std::string_view reason);
  void reconnect_all() { carry_out(machine_.reconnect_all()); }
  void invalidate_all(bool resumable) { carry_out(machine_.invalidate_all(resumable)); }
  void ask_heartbeats() { carry_out(machine_.ask_heartbeats()); }
  void acknowledge(bool on) { machine_.acknowledge(on); }
  void expire_sessions() { machine_.expire_sessions(); }

  bool connected() const { return machine_.anybody_ready(); }
  Gateway& machine() { return machine_; }
  // For the control interface (README.md, GET /control/gateway).
  Json describe() const;

 private:
  struct Connection {
    io::ServerSocket* socket;
    std::string path, compression;
    std::unique_ptr<Compressor> compressor;
    bool ended_here = false;
  };

  std::optional<Bot> bot(std::string_view token) override;
  Json ready(const GatewaySession& session) override;
  std::vector<std::pair<std::string, Json>> greeting(const GatewaySession& session) override;

  void carry_out(Gateway::Effects effects);
  void publish(GatewayDispatch dispatch);
  void release();
  void on_change(const Change& change);
  void publish_message(const char* event, ChannelId channel, MessageId message);
  void publish_channel(const char* verb, const Channel& channel);

  Chat& chat_;
  Faults& faults_;
  Recorder& recorder_;
  Alarms& alarms_;
  Gateway machine_;
  std::map<ConnectionId, Connection> connections_;
  std::deque<std::pair<WallTime, GatewayDispatch>> delayed_;
  ConnectionId next_ = 1;
  bool was_connected_ = false;
  int watch_;
  io::Timer tick_;
};

}  // namespace coordinator::playground
