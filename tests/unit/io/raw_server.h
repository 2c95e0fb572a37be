// A TCP server on the test's own loop that does exactly what a test tells it, down to broken frames and
// dropped connections. Listens on a port of 127.0.0.1 that the system chooses.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/handle.h"
#include "io/loop.h"

namespace coordinator::test {

class RawServer {
 public:
  struct Peer {
    io::Handle<uv_tcp_t> socket;
    RawServer* server = nullptr;
    std::string input;  // what has come and was not yet consumed
    bool upgraded = false;
    bool gone = false;

    void send(std::string_view bytes) {
      struct Write {
        uv_write_t request;
        std::string bytes;
      };
      if (gone) return;
      auto* write = new Write{{}, std::string(bytes)};
      write->request.data = write;
      uv_buf_t buffer = uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
      uv_write(&write->request, reinterpret_cast<uv_stream_t*>(socket.get()), &buffer, 1,
               [](uv_write_t* request, int) { delete static_cast<Write*>(request->data); });
    }
    // After what was sent has gone out.
    void hang_up() {
      struct Shutdown {
        uv_shutdown_t request;
      };
      auto* shutdown = new Shutdown;
      shutdown->request.data = shutdown;
      if (uv_shutdown(&shutdown->request, reinterpret_cast<uv_stream_t*>(socket.get()),
                      [](uv_shutdown_t* request, int) { delete static_cast<Shutdown*>(request->data); }))
        delete shutdown;
    }
    void drop() {
      gone = true;
      socket.reset();
    }
  };

  explicit RawServer(io::Loop& loop) : listener_(new uv_tcp_t) {
    uv_tcp_init(loop.raw(), listener_.get());
    listener_->data = this;
    sockaddr_in address{};
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_tcp_bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), 0);
    uv_listen(reinterpret_cast<uv_stream_t*>(listener_.get()), 64, [](uv_stream_t* stream, int) {
      if (stream->data) static_cast<RawServer*>(stream->data)->accept();
    });
  }

  int port() const {
    sockaddr_in address{};
    int size = sizeof address;
    uv_tcp_getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  std::function<void(Peer&)> on_input;  // more has come into peer.input
  std::vector<std::unique_ptr<Peer>> peers;

 private:
  void accept() {
    auto peer = std::make_unique<Peer>();
    peer->socket.reset(new uv_tcp_t);
    peer->server = this;
    uv_tcp_init(listener_->loop, peer->socket.get());
    uv_accept(reinterpret_cast<uv_stream_t*>(listener_.get()),
              reinterpret_cast<uv_stream_t*>(peer->socket.get()));
    peer->socket->data = peer.get();
    uv_read_start(
        reinterpret_cast<uv_stream_t*>(peer->socket.get()),
        [](uv_handle_t*, std::size_t size, uv_buf_t* buffer) {
          *buffer = uv_buf_init(static_cast<char*>(std::malloc(size)), static_cast<unsigned>(size));
        },
        [](uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
          if (auto* self = static_cast<Peer*>(stream->data)) self->server->read(*self, size, buffer->base);
          std::free(buffer->base);
        });
    peers.push_back(std::move(peer));
  }

  void read(Peer& peer, ssize_t size, const char* bytes) {
    if (size < 0) return peer.drop();
    peer.input.append(bytes, static_cast<std::size_t>(size));
    if (on_input) on_input(peer);
  }

  io::Handle<uv_tcp_t> listener_;
};

// Runs the loop until `done`, or until a real second has passed without it; true when done.
template <class Condition>
bool run_until(io::Loop& loop, Condition done, int seconds = 10) {
  auto end = system_now().instant + Millis(seconds * 1000);
  io::Handle<uv_timer_t> tick(new uv_timer_t);
  uv_timer_init(loop.raw(), tick.get());
  tick->data = nullptr;
  uv_timer_start(
      tick.get(), [](uv_timer_t*) {}, 10, 10);
  while (!done() && system_now().instant < end) loop.run_once(true);
  return done();
}

}  // namespace coordinator::test
