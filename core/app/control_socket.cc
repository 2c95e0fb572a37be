#include "app/control_socket.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "io/loop.h"
#include "io/pipe_stream.h"
#include "io/timer.h"

namespace coordinator::app {

namespace {

constexpr std::size_t kUnsentCap = 16u << 20;

std::string line_of(const Result<Json>& result) {
  Json line = Json::object();
  if (result)
    line.set("answer", result->clone());
  else
    line.set("error", result.error().what);
  return line.dump() + "\n";
}

}  // namespace

struct ControlSocket::Client {
  Client(io::Loop& loop, io::PipeStream::Callbacks callbacks, std::function<void()> silent)
      : stream(loop, std::move(callbacks), kUnsentCap), silence(loop, std::move(silent)) {}

  io::PipeStream stream;
  io::Timer silence;
  std::string unread;      // at most a request and what came with its end
  bool answering = false;  // a request is with its handler
  bool leaving = false;    // what we owe is sent; then it is closed
};

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(io::Loop& loop, const std::string& path,
                                                           Millis silence) {
  std::unique_ptr<ControlSocket> socket(new ControlSocket(loop, silence));
  auto listener = io::UnixListener::listen(loop, path, [raw = socket.get()](int fd) { raw->accept(fd); });
  if (!listener) return tl::unexpected(listener.error());
  socket->listener_ = std::move(*listener);
  return socket;
}

ControlSocket::ControlSocket(io::Loop& loop, Millis silence)
    : loop_(loop), silence_(silence), self_(std::make_shared<ControlSocket*>(this)) {}

ControlSocket::~ControlSocket() = default;

void ControlSocket::handle(std::string name, Handler handler) {
  handlers_.insert_or_assign(std::move(name), std::move(handler));
}

void ControlSocket::accept(int fd) {
  if (clients_.size() >= 2 * kMostClients) {  // those that are told to come later, too, are too many
    ::close(fd);
    return;
  }
  std::uint64_t id = ++last_client_;
  io::PipeStream::Callbacks callbacks;
  callbacks.data = [this, id](std::string_view bytes) { hear(id, bytes); };
  callbacks.ended = [this, id] { close(id); };
  auto client = std::make_unique<Client>(loop_, std::move(callbacks), [this, id] { close(id); });
  if (!client->stream.open(fd)) return loop_.bury(std::move(client));
  client->silence.start(silence_);
  client->stream.read();
  auto served =
      std::count_if(clients_.begin(), clients_.end(), [](const auto& each) { return !each.second->leaving; });
  bool too_many = static_cast<std::size_t>(served) >= kMostClients;
  clients_.emplace(id, std::move(client));
  if (too_many) {
    clients_[id]->leaving = true;
    answered(id, fail("the daemon serves {} programs already: try again in a moment", kMostClients));
  }
}

void ControlSocket::hear(std::uint64_t id, std::string_view bytes) {
  auto found = clients_.find(id);
  if (found == clients_.end() || found->second->leaving) return;
  found->second->unread += bytes;
  next_request(id);
}

// Not while one is being answered: the client's further bytes stay in its socket.
void ControlSocket::next_request(std::uint64_t id) {
  Client& client = *clients_.at(id);
  std::size_t end = client.unread.find('\n');
  if (std::min(end, client.unread.size()) > kLongestRequest) {
    client.leaving = true;
    return answered(id, fail("a request may have {} bytes", kLongestRequest));
  }
  if (end == std::string::npos) return client.stream.read();
  std::string line = client.unread.substr(0, end);
  client.unread.erase(0, end + 1);
  client.stream.pause();
  client.silence.stop();
  client.answering = true;
  dispatch(id, line);
}

void ControlSocket::dispatch(std::uint64_t id, std::string_view line) {
  auto answer = [weak = std::weak_ptr(self_), id](const Result<Json>& result) {
    if (auto self = weak.lock()) (*self)->answered(id, result);
  };
  auto request = Json::parse(line);
  if (!request) return answer(fail("the request is {}", request.error().what));
  auto name = (*request)["request"].text();
  auto handler = handlers_.find(name.value_or(""));
  if (handler != handlers_.end()) return handler->second(request->view(), answer);
  std::vector<std::string_view> known;
  for (const auto& [one, what] : handlers_) known.push_back(one);
  answer(fail("there is no request \"{}\"; there are: {}", text::ellipsized(name.value_or(""), 64),
              fmt::join(known, ", ")));
}

// Goes on with the next request from the loop, so that a handler which answers at once is not entered again
// inside itself.
void ControlSocket::answered(std::uint64_t id, const Result<Json>& result) {
  auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = *found->second;
  if (!client.leaving && !std::exchange(client.answering, false)) return;  // a second answer
  bool sent = client.stream.write(line_of(result)).has_value();
  if (client.leaving || !sent) {
    client.stream.finish();
    client.silence.start(sent ? silence_ : 0ms);
    return client.stream.read();  // until the other side closes, too
  }
  client.silence.start(silence_);
  loop_.later([weak = std::weak_ptr(self_), id] {
    auto self = weak.lock();
    if (self && (*self)->clients_.contains(id)) (*self)->next_request(id);
  });
}

void ControlSocket::close(std::uint64_t id) {
  auto found = clients_.find(id);
  if (found == clients_.end()) return;
  loop_.bury(std::move(found->second));
  clients_.erase(found);
}

std::string control_path(const std::string& state_directory) { return state_directory + "/control.sock"; }

}  // namespace coordinator::app
