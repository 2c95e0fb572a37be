// The control socket: one JSON request a line from programs of the same user, one JSON answer a line to each.
//
//   {"request":"plugins.reload","name":"reset"}
//   {"answer":"reset 1.0 serves"}      or      {"error":"there is no plugin \"rest\""}
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "io/unix_socket.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// Listens until destroyed. A client's requests are answered one after another; those that it sends meanwhile
// wait in its socket.
class ControlSocket {
 public:
  static constexpr std::size_t kLongestRequest = 64u << 10;
  static constexpr std::size_t kMostClients = 16;
  static constexpr Millis kSilence = 10s;  // from a client that has no answer to wait for

  // To be called once, now or later; a call that comes when the client or the socket is gone does nothing.
  using Answer = std::function<void(const Result<Json>&)>;
  // The request is valid during the call only.
  using Handler = std::function<void(JsonView request, Answer answer)>;

  // An error where another process listens there already.
  static Result<std::unique_ptr<ControlSocket>> open(io::Loop& loop, const std::string& path,
                                                     Millis silence = kSilence);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  void handle(std::string name, Handler handler);

 private:
  struct Client;

  ControlSocket(io::Loop& loop, Millis silence);
  void accept(int fd);
  void hear(std::uint64_t id, std::string_view bytes);
  void next_request(std::uint64_t id);
  void dispatch(std::uint64_t id, std::string_view line);
  void answered(std::uint64_t id, const Result<Json>& result);
  void close(std::uint64_t id);

  io::Loop& loop_;
  Millis silence_;
  std::map<std::string, Handler, std::less<>> handlers_;
  std::map<std::uint64_t, std::unique_ptr<Client>> clients_;
  std::uint64_t last_client_ = 0;
  std::shared_ptr<ControlSocket*> self_;  // what answers that come later find us by, as long as we are
  std::unique_ptr<io::UnixListener> listener_;
};

// STATE/control.sock
std::string control_path(const std::string& state_directory);

}  // namespace coordinator::app
