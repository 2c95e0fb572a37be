#include "shim/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace coordinator::shim {

namespace {

constexpr std::size_t kMaxClients = 8;
constexpr std::size_t kMaxUntold = 4096;
constexpr const char* kNewSocket = "control.sock.new";

// sun_path holds 108 bytes (unix(7)); a state directory's name may be longer, /proc/self/fd/N/NAME never is.
sockaddr_un address_in(int directory, const char* name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", directory, name);
  return address;
}

}  // namespace

Connection::Connection(Fd socket, std::size_t stdin_cap)
    : socket_(std::move(socket)), stdin_cap_(stdin_cap) {}

void Connection::read(const Obey& obey) {
  char buffer[16384];
  ssize_t got = recv(socket_.get(), buffer, sizeof buffer, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return socket_.reset();
  in_.append(buffer, static_cast<std::size_t>(got));
  obey_all(obey);
}

void Connection::obey_all(const Obey& obey) {
  while (socket_ && obey_one(obey)) continue;
}

// False: the command is not whole yet, or the connection is over.
bool Connection::obey_one(const Obey& obey) {
  auto line_end = in_.find('\n');
  if (line_end == std::string::npos) {
    if (in_.size() > kMaxLine) refuse("that line is too long");
    return false;
  }
  auto command = parse_command(std::string_view(in_).substr(0, line_end));
  if (!command) return refuse("that is no command"), false;
  auto* write = std::get_if<WriteStdin>(&*command);
  if (write && write->bytes > stdin_cap_) return refuse("more than stdin can take"), false;
  std::size_t follows = write ? write->bytes : 0;
  if (in_.size() < line_end + 1 + follows) return false;
  std::string bytes = in_.substr(line_end + 1, follows);
  in_.erase(0, line_end + 1 + follows);
  if (in_.empty()) std::string().swap(in_);  // a long question's memory goes back
  obey(*this, *command, std::move(bytes));
  return true;
}

void Connection::refuse(const char* words) {
  tell(Refused{words});
  flush();
  socket_.reset();
}

// A client that lets this many lines lie is not reading.
void Connection::tell(const Notice& notice) {
  if (deaf_) return;
  if (out_.size() > kMaxUntold) return socket_.reset();
  out_ += notice_line(notice);
  flush();
}

void Connection::flush() {
  if (deaf_) return;
  if (out_.empty() && spool_ != told_) out_ = notice_line(SpoolGrew{told_ = spool_});
  while (socket_ && !out_.empty()) {
    ssize_t sent = send(socket_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0 && errno != EINTR) return go_deaf();
    if (sent > 0) out_.erase(0, static_cast<std::size_t>(sent));
  }
}

// It has gone, but what it said before still counts: read() finds that, and then the end.
void Connection::go_deaf() {
  deaf_ = true;
  std::string().swap(out_);
}

int Control::listen(int directory) {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address = address_in(directory, kNewSocket);
  mode_t before = umask(0177);
  int bound = socket ? bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) : -1;
  int error = errno;
  umask(before);
  if (bound != 0) return error;
  if (::listen(socket.get(), static_cast<int>(kMaxClients)) != 0) return errno;
  // Renamed only now: where the name is, somebody listens, or has died.
  if (renameat(directory, kNewSocket, directory, kSocketName) != 0) return errno;
  listener_ = std::move(socket);
  return 0;
}

void Control::add_to(std::vector<pollfd>& polled) const {
  polled.push_back({listener_.get(), POLLIN, 0});
  for (const auto& client : clients_)
    polled.push_back({client.fd(), static_cast<short>(POLLIN | (client.wants_to_write() ? POLLOUT : 0)), 0});
}

void Control::serve(const pollfd* polled, std::size_t stdin_cap, const Status& greeting,
                    const Connection::Obey& obey) {
  const pollfd* events = polled + 1;
  for (auto& client : clients_) {
    if (events->revents & POLLOUT) client.flush();
    if (events->revents & (POLLIN | POLLHUP | POLLERR) && !client.broken()) client.read(obey);
    ++events;
  }
  clients_.remove_if([](const Connection& client) { return client.broken(); });
  if (polled->revents & POLLIN) accept(stdin_cap, greeting);
}

void Control::accept(std::size_t stdin_cap, const Status& greeting) {
  Fd socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket || !same_user(socket.get()) || clients_.size() >= kMaxClients) return;
  Connection& client = clients_.emplace_back(std::move(socket), stdin_cap);
  client.tell(Hello{});
  client.tell(greeting);
  client.knows_spool(greeting.spool);
}

bool Control::same_user(int socket) const {
  ucred peer{};
  socklen_t size = sizeof peer;
  return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

void Control::tell_all(const Notice& notice) {
  for (auto& client : clients_) client.tell(notice);
}

void Control::spool_grew(std::uint64_t size) {
  for (auto& client : clients_) {
    client.spool_grew(size);
    client.flush();
  }
}

bool Control::all_told() const {
  for (const auto& client : clients_)
    if (!client.broken() && client.wants_to_write()) return false;
  return true;
}

}  // namespace coordinator::shim
