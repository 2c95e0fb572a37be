// The control socket: what any program of the same user may send, on a real socket, with a handler that
// answers at once and one that answers later.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "app/control_socket.h"
#include "fuzz.h"
#include "io/file.h"
#include "io/loop.h"
#include "lines.h"

namespace coordinator::fuzz {

namespace {

using app::ControlSocket;

class Server {
 public:
  Server() : path_("/tmp/coordinator-fuzz-" + std::to_string(getpid()) + ".sock") {
    auto opened = ControlSocket::open(loop_, path_, 1h);
    if (!opened) return;
    socket_ = std::move(*opened);
    socket_->handle("now", [](JsonView request, auto answer) { answer(Json::clone(request)); });
    socket_->handle("later", [this](JsonView, auto answer) {
      loop_.later([answer] {
        answer(fail("not today"));
        answer(Json("a second answer"));
      });
    });
  }
  ~Server() {
    socket_.reset();
    std::filesystem::remove(path_);
  }

  // Everything that is answered until the server hangs up.
  std::string ask(std::string_view request, std::size_t piece) {
    io::Descriptor client(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{AF_UNIX, {}};
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    if (connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
    fcntl(client.get(), F_SETFL, O_NONBLOCK);
    std::string answers;
    for (int idle = 0; idle < 3;) {
      ssize_t sent = request.empty()
                         ? 0
                         : send(client.get(), request.data(), std::min(piece, request.size()), MSG_NOSIGNAL);
      if (sent > 0) request.remove_prefix(static_cast<std::size_t>(sent));
      loop_.run_once(false);
      idle = hear(client.get(), answers) || sent > 0 ? 0 : idle + 1;
    }
    client = {};
    for (int i = 0; i < 3; ++i) loop_.run_once(false);
    return answers;
  }

 private:
  static bool hear(int client, std::string& answers) {
    char buffer[65536];
    ssize_t got = recv(client, buffer, sizeof buffer, 0);
    if (got > 0) answers.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }

  io::Loop loop_;
  std::string path_;
  std::unique_ptr<ControlSocket> socket_;
};

}  // namespace

void control_socket(std::string_view bytes) {
  static Server server;
  Input input(bytes);
  std::size_t piece = 1 + input.number(4096);
  std::string_view requests = input.rest();
  auto asked = std::count(requests.begin(), requests.end(), '\n');
  std::string answers = server.ask(requests, piece);
  int answered = 0;
  each_line(answers, [&](std::string_view line) {
    ++answered;
    auto json = Json::parse(line);
    require(json && (*json)["answer"].raw() != (*json)["error"].raw(),
            "an answer is neither one nor an error");
  });
  require(answered <= asked + 1, "there are more answers than requests");
  if (requests.size() <= ControlSocket::kLongestRequest)
    require(answered == asked, "a request was not answered");
}

}  // namespace coordinator::fuzz
