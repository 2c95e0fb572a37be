#include "io/unix_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "io/file.h"
#include "io/loop.h"

namespace coordinator::io {

namespace {

constexpr int kBacklog = 128;
constexpr Millis kPause = 1s;  // when there is no descriptor left for a client

Descriptor make_socket() {
  return Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// The address of `path` for as long as `directory` stays open.
struct Address {
  Descriptor directory;
  sockaddr_un name{};
};

Result<Address> address_of(const std::string& path) {
  auto slash = path.rfind('/');
  std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  Address address{Descriptor(open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), {}};
  if (!address.directory) return fail_as(cause_of(errno), "cannot open {}: {}", parent, std::strerror(errno));
  std::string name = fmt::format("/proc/self/fd/{}/{}", address.directory.get(), path.substr(slash + 1));
  address.name.sun_family = AF_UNIX;
  if (name.size() >= sizeof address.name.sun_path) return fail("the socket's name is too long: {}", path);
  std::memcpy(address.name.sun_path, name.c_str(), name.size() + 1);
  return address;
}

const sockaddr* raw(const Address& address) { return reinterpret_cast<const sockaddr*>(&address.name); }

Result<Descriptor> connected(const std::string& path) {
  auto address = address_of(path);
  if (!address) return tl::unexpected(address.error());
  Descriptor socket = make_socket();
  if (!socket) return fail_as(Cause::busy, "cannot make a socket: {}", std::strerror(errno));
  if (connect(socket.get(), raw(*address), sizeof address->name) == 0) return socket;
  if (errno == EAGAIN)
    return fail_as(Cause::busy, "too many wait for {} already: try again in a moment", path);
  return fail("nobody answers on {}: {}", path, std::strerror(errno));
}

bool same_user(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

// With a umask that leaves no moment at which others could connect.
int bind_private(int socket, const Address& address) {
  mode_t before = umask(0177);
  int result = bind(socket, raw(address), sizeof address.name);
  int error = errno;
  umask(before);
  return result == 0 ? 0 : error;
}

Result<Descriptor> bound(const std::string& path) {
  auto other = connected(path);
  if (other) return fail("somebody listens on {} already", path);
  if (other.error().cause == Cause::busy)
    return fail("it cannot be told whether somebody listens on {} already: {}", path, other.error().what);
  auto address = address_of(path);
  if (!address) return tl::unexpected(address.error());
  struct stat found;
  if (lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) unlink(path.c_str());
  Descriptor socket = make_socket();
  if (!socket) return fail("cannot make a socket: {}", std::strerror(errno));
  if (int error = bind_private(socket.get(), *address); error != 0)
    return fail("cannot listen on {}: {}", path, std::strerror(error));
  if (listen(socket.get(), kBacklog) != 0) return fail("cannot listen on {}: {}", path, std::strerror(errno));
  return socket;
}

}  // namespace

Result<std::unique_ptr<PipeStream>> connect_unix(Loop& loop, const std::string& path,
                                                 PipeStream::Callbacks callbacks, std::size_t unsent_cap) {
  auto socket = connected(path);
  if (!socket) return tl::unexpected(socket.error());
  auto stream = std::make_unique<PipeStream>(loop, std::move(callbacks), unsent_cap);
  if (auto opened = stream->open(socket->release()); !opened) return tl::unexpected(opened.error());
  stream->read();
  return stream;
}

int peer_pid(PipeStream& stream) {
  uv_os_fd_t fd = -1;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (uv_fileno(reinterpret_cast<uv_handle_t*>(stream.raw()), &fd) != 0) return 0;
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

Result<std::unique_ptr<UnixListener>> UnixListener::listen(Loop& loop, const std::string& path,
                                                           Accept accept) {
  auto socket = bound(path);
  if (!socket) return tl::unexpected(socket.error());
  std::unique_ptr<UnixListener> listener(new UnixListener(path, std::move(accept)));
  if (auto started = listener->start(loop, socket->release()); !started)
    return tl::unexpected(started.error());
  return listener;
}

UnixListener::UnixListener(std::string path, Accept accept)
    : path_(std::move(path)), accept_(std::move(accept)) {}

UnixListener::~UnixListener() {
  poll_.reset();  // before its descriptor: libuv must not poll a number that means something else by then
  if (fd_ >= 0) ::close(fd_);
  unlink(path_.c_str());
}

Status UnixListener::start(Loop& loop, int fd) {
  fd_ = fd;
  pause_ = std::make_unique<Timer>(loop, [this] { wait(); });
  poll_.reset(new uv_poll_t);
  poll_->data = this;
  if (int error = uv_poll_init(loop.raw(), poll_.get(), fd_); error != 0) {
    delete poll_.release();  // never became a handle
    return fail("cannot watch the socket: {}", uv_strerror(error));
  }
  wait();
  return {};
}

void UnixListener::wait() {
  uv_poll_start(poll_.get(), UV_READABLE, [](uv_poll_t* handle, int, int) {
    if (handle->data) static_cast<UnixListener*>(handle->data)->on_readable();
  });
}

// A client that cannot be accepted stays in the line, and the socket readable: to look again at once would be
// to look for ever.
void UnixListener::on_readable() {
  Descriptor client(accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client && cause_of(errno) == Cause::busy && errno != EAGAIN) {
    uv_poll_stop(poll_.get());
    pause_->start(kPause);
  }
  if (client && same_user(client.get())) accept_(client.release());
}

}  // namespace coordinator::io
