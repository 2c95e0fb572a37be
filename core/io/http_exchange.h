// One connection of the HTTP server, inside: requests one after the other, or a websocket for the rest of its
// life. Only http_server.cc and http_exchange.cc include this.
#pragma once

#include <libwebsockets.h>

#include <deque>
#include <unordered_map>

#include "io/http_server.h"
#include "io/lws_context.h"
#include "io/timer.h"

namespace coordinator::io {

struct Responder::Exchange : ServerSocket {
  HttpServer::Core* core = nullptr;  // null: the server has gone
  lws* wsi = nullptr;                // null: the connection has gone
  ServerRequest request;

  bool answering = false;  // the handler has the request
  bool answered = false;
  bool hang_up = false;  // after this answer
  int told_whole = 0;    // how often lws said that the body is whole, since the answer was given
  std::string head;      // the answer's, while it is still to be written
  std::string out;       // what of the answer's body is still to be written
  std::size_t written = 0;
  std::size_t refused = 0;  // bytes of an oversized body that were thrown away

  bool is_socket = false;
  std::string message;
  std::deque<std::pair<std::vector<unsigned char>, bool>> queue;
  std::size_t queued = 0;
  std::optional<std::pair<int, std::string>> closing;
  bool deaf = false;
  int peer_code = 1006;

  // HTTP
  bool begin();
  bool take_body(std::string_view bytes);
  bool body_is_whole();
  void hand_over();
  bool answer(ServerResponse response);
  bool write_answer();
  bool write_head();
  bool finish();
  void expect_progress();
  // websocket
  void open();
  bool receive(std::string_view bytes);
  bool write_message();
  void say_goodbye();
  void closed();

  void send_text(std::string_view bytes) override { enqueue(bytes, false); }
  void send_binary(std::string_view bytes) override { enqueue(bytes, true); }
  void close(int code, std::string_view reason) override;
  void drop() override;
  std::size_t backlog() const override { return queued; }
  void enqueue(std::string_view bytes, bool binary);
};

using Exchange = Responder::Exchange;

struct HttpServer::Core {
  Core(LwsContext& on, HttpServerOptions with)
      : context(on),
        options(std::move(with)),
        watch(std::make_unique<Timer>(on.loop(), [this] { look_for_the_gone(); })) {}

  LwsContext& context;
  HttpServerOptions options;
  RequestHandler handler;
  std::function<std::optional<ServerResponse>(const ServerRequest&)> accept;
  SocketHandler open_socket;
  lws_vhost* vhost = nullptr;    // once it listens it owns this object, since its last callbacks come late
  bool gone = false;             // the HttpServer has been destroyed
  std::unique_ptr<Timer> watch;  // for peers that hang up while they are waiting
  std::unordered_map<lws*, std::shared_ptr<Exchange>> exchanges;

  Exchange& of(lws* wsi);
  ServerRequest read_head(lws* wsi) const;
  int upgrade(lws* wsi, std::string_view protocol);
  void look_for_the_gone();
  static void finalize(Core* core);
};

// Ends a connection soon, outside of every callback.
void end_connection(lws* wsi);
// The same by a TCP reset.
void reset_connection(lws* wsi);

}  // namespace coordinator::io
