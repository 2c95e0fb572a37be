#include "io/download.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "io/background.h"
#include "io/loop.h"

namespace coordinator::io {

namespace {

constexpr std::size_t kPiece = 256u << 10;
constexpr int kOk = 200;

// 0, or what went wrong.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno != EINTR) return errno;
    if (wrote > 0) bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return 0;
}

}  // namespace

Download::Download(Loop& loop, HttpClient& client, std::string url, Descriptor file, std::uint64_t most,
                   Millis timeout, Done done)
    : loop_(loop),
      client_(client),
      file_(std::make_shared<Descriptor>(std::move(file))),
      most_(most),
      done_(std::move(done)),
      self_(std::make_shared<Download*>(this)) {
  HttpRequest request;
  request.url = std::move(url);
  request.timeout = timeout;
  request.into = [this](std::string_view bytes) { return take(bytes); };
  request_ = client_.send(std::move(request), [this](HttpResult result) { arrived(std::move(result)); });
}

Download::~Download() {
  *self_ = nullptr;
  client_.cancel(request_);
}

Taken Download::take(std::string_view bytes) {
  if (writing_) return Taken::later;
  too_large_ = bytes.size() > most_ - bytes_;
  if (too_large_) return Taken::never;
  bytes_ += bytes.size();
  piece_ += bytes;
  if (piece_.size() >= kPiece) write(false);
  return Taken::all;
}

void Download::write(bool last) {
  writing_ = true;
  auto error = std::make_shared<int>(0);
  auto work = [error, last, file = file_, piece = std::exchange(piece_, {})] {
    *error = write_all(file->get(), piece);
    if (*error == 0 && last && ::fsync(file->get()) != 0) *error = errno;
  };
  in_background(loop_, std::move(work), [self = self_, error, last] {
    if (*self) (*self)->written(*error, last);
  });
}

void Download::written(int error, bool last) {
  writing_ = false;
  if (error != 0) {
    client_.cancel(request_);
    auto kind = cause_of(error) == Cause::no_room ? DownloadError::Kind::full : DownloadError::Kind::disk;
    return fail({kind, 0, std::strerror(error)});
  }
  if (last) return std::exchange(done_, nullptr)(bytes_);
  if (result_)
    arrived(*std::exchange(result_, std::nullopt));
  else
    client_.resume(request_);
}

void Download::arrived(HttpResult result) {
  result_ = std::move(result);
  if (writing_) return;
  if (auto error = trouble())
    fail(std::move(*error));
  else
    write(true);
}

void Download::fail(DownloadError error) { std::exchange(done_, nullptr)(tl::unexpected(std::move(error))); }

std::optional<DownloadError> Download::trouble() const {
  using Kind = DownloadError::Kind;
  if (too_large_) return DownloadError{Kind::too_large, 0, fmt::format("it is longer than {} bytes", most_)};
  if (!*result_) return DownloadError{Kind::lost, 0, result_->error().what};
  int status = (*result_)->status;
  if (status != kOk) return DownloadError{Kind::refused, status, fmt::format("status {}", status)};
  return std::nullopt;
}

}  // namespace coordinator::io
