// An HTTP/1.1 and websocket server on the loop, over libwebsockets: the status page, metrics and the
// playground.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace coordinator::io {

class LwsContext;

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// As libwebsockets hands it over: the path and the query are percent-decoded, "." and ".." folded.
struct ServerRequest {
  std::string method;  // "GET", in capitals
  std::string path;    // "/channels/1"
  HeaderList query;    // in order; a key without "=" has an empty value
  HeaderList headers;  // names in lower case; the well-known ones, and those of HttpServerOptions::headers
  std::string body;
  std::string peer;  // the address, "127.0.0.1"; empty on a unix socket

  std::optional<std::string_view> header(std::string_view name) const;
  std::optional<std::string_view> parameter(std::string_view name) const;
  bool from_this_machine() const;
  // Path and query percent-encoded anew, as they would stand in a request line.
  std::string target() const;
};

struct ServerResponse {
  int status = 200;
  HeaderList headers;  // content-length and connection are added
  std::string body;    // never sent with 204, 304 and to a HEAD
};

// The right to answer one request, once, now or much later (a long poll). Dropped without an answer it gives
// 500, so nobody waits for ever. Using it after the peer or the server has gone does nothing. Must not
// outlive the loop.
class Responder {
 public:
  struct Exchange;
  explicit Responder(std::weak_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) noexcept;
  ~Responder();

  void send(ServerResponse response);
  // Cuts the connection without an answer (TCP reset).
  void drop();
  // False once the peer has gone.
  bool waiting() const;

 private:
  std::weak_ptr<Exchange> exchange_;
};

// One accepted websocket. It belongs to the server and is valid until its on_closed callback has returned; it
// may be told anything inside its own callbacks. After close() or drop() nothing more is received, and
// on_closed still comes.
class ServerSocket {
 public:
  virtual ~ServerSocket() = default;

  // A whole message, pings and fragments dealt with. `binary` tells the two kinds apart.
  std::function<void(std::string_view message, bool binary)> on_message;
  // 1006 when the peer vanished without a close frame. The last call that this socket makes.
  std::function<void(int code)> on_closed;

  virtual void send_text(std::string_view message) = 0;
  virtual void send_binary(std::string_view message) = 0;
  // What was sent before still goes out, then the close frame. `reason`: at most 123 bytes.
  virtual void close(int code, std::string_view reason) = 0;
  // A TCP reset, without a close frame; what was not sent yet is lost.
  virtual void drop() = 0;
  // Bytes that the peer has not taken yet.
  virtual std::size_t backlog() const = 0;
};

struct HttpServerOptions {
  std::string host = "127.0.0.1";  // an address, not a name
  int port = 0;                    // 0: any free one
  std::string unix_path;  // not empty: a unix socket there (an old one is replaced), host and port ignored
  std::size_t body_limit = 30 * 1024 * 1024;    // beyond: 413
  std::size_t message_limit = 1024 * 1024;      // a longer websocket message: closed with 1009
  std::size_t backlog_limit = 8 * 1024 * 1024;  // a websocket that reads slower than that is dropped
  unsigned stall_seconds = 20;  // a request that stops arriving, or an answer that is not read, ends here
  unsigned keep_alive_seconds = 75;  // an idle connection is kept so long
  std::vector<std::string> headers;  // more headers to keep, in lower case ("x-audit-log-reason")
};

class HttpServer {
 public:
  using RequestHandler = std::function<void(ServerRequest, Responder)>;
  using SocketHandler = std::function<void(const ServerRequest&, ServerSocket&)>;
  struct Core;

  // Set the handlers, then listen(). Destroy it before the context, outside of its own callbacks: the sockets
  // then end without on_closed.
  HttpServer(LwsContext& context, HttpServerOptions options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Without a handler every request gets 404.
  void on_request(RequestHandler handler);
  // An upgrade is taken when `accept` gives nothing, and refused with the given answer otherwise; without
  // handlers none is taken. `open` sets the socket's callbacks, and may send at once.
  void on_upgrade(std::function<std::optional<ServerResponse>(const ServerRequest&)> accept,
                  SocketHandler open);

  // Fails when the address is taken or not ours.
  Status listen();
  // The port that it listens on; 0 on a unix socket and before listen().
  int port() const;

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace coordinator::io
