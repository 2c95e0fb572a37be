// A websocket client on the loop (libwebsockets): one connection, opened once, closed once.
// https://www.rfc-editor.org/rfc/rfc6455
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "io/timer.h"
#include "io/url.h"

namespace coordinator::io {

class LwsContext;
class Resolve;

struct WebSocketOptions {
  std::string ca_file;           // trusted besides the system's certificates; for servers of one's own
  std::string user_agent;        // sent when not empty
  Millis connect_timeout = 20s;  // name, TCP, TLS and upgrade together
  std::size_t max_message = 16 * 1024 * 1024;  // bytes; a longer one ends the connection (1009)
  std::size_t max_unsent = 1024 * 1024;        // bytes that wait for a peer that does not read
};

// `closed` comes exactly once, whatever happened; after it nothing comes. None is called from inside a call
// to the WebSocket. `message` borrows its bytes for the call.
struct WebSocketListener {
  std::function<void()> opened;
  std::function<void(std::string_view bytes, bool binary)> message;
  // The peer's close code, or 1005 when its close frame had none; absent when the connection was never
  // opened, broke, or was closed from here. `reason` says which, in words for the log.
  std::function<void(std::optional<int> code, const std::string& reason)> closed;
};

// wss verifies the certificate, always; plain ws is refused unless the host is this machine. To let it die
// inside one of its callbacks: mute() and Loop::bury.
class WebSocket {
 public:
  WebSocket(LwsContext& context, std::string_view url, WebSocketListener listener,
            WebSocketOptions options = {});
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // Well-formed UTF-8. Dropped unless open.
  void send(std::string_view text);
  // Sends what waits and then a close frame; the farewell goes on by itself when this object dies meanwhile.
  // Before the connection is open: gives up.
  void close(int code, std::string_view reason = {});
  // Nothing is told any more.
  void mute() { finished_ = true; }
  bool open() const { return open_; }

  struct Link;  // what lives as long as lws's own object; for websocket.cc only

 private:
  friend struct Link;
  Status begin(std::string_view url);
  void look_up();
  void try_next_address();
  bool start(const std::string& address);
  void attempt_failed(const std::string& reason);
  void on_opened();
  void on_message(std::string_view bytes, bool binary);
  void finish(std::optional<int> code, const std::string& reason);
  void finish_later(std::string reason);
  void let_go();

  LwsContext& context_;
  WebSocketListener listener_;
  WebSocketOptions options_;
  Url url_;
  std::unique_ptr<Resolve> resolve_;
  std::vector<std::string> addresses_;  // those left to try, the next one last
  Timer deadline_;
  Link* link_ = nullptr;
  std::shared_ptr<WebSocket*> self_;  // outlives us in deferred calls, pointing at nothing
  bool open_ = false;
  bool finished_ = false;  // `closed` was told, or nobody listens any more
};

}  // namespace coordinator::io
