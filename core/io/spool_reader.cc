#include "io/spool_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace coordinator::io {

namespace {

constexpr std::size_t kPiece = 64u << 10;
constexpr std::size_t kRoomyLine = 1u << 20;  // a line of this size is rare: its memory is not kept

}  // namespace

void LineSplitter::take(std::string_view bytes) {
  for (;;) {
    auto end = bytes.find('\n');
    if (end == std::string_view::npos) return keep(bytes);
    end_line(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish() {
  if (!begun_.empty()) end_line({});
}

void LineSplitter::end_line(std::string_view rest) {
  if (begun_.empty() && !skipping_ && rest.size() <= cap_) return callbacks_.line(rest);
  keep(rest);
  if (!std::exchange(skipping_, false)) callbacks_.line(begun_);
  begun_.clear();
  if (begun_.capacity() > kRoomyLine) std::string().swap(begun_);
}

void LineSplitter::keep(std::string_view bytes) {
  if (skipping_) return;
  if (begun_.size() + bytes.size() <= cap_) {
    begun_ += bytes;
    return;
  }
  skipping_ = true;
  std::string().swap(begun_);
  callbacks_.too_long();
}

Result<SpoolReader> SpoolReader::open(const std::string& path, std::uint64_t from) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) return fail_as(cause_of(errno), "cannot read {}: {}", path, std::strerror(errno));
  return SpoolReader(std::move(file), from);
}

Result<bool> SpoolReader::read(std::size_t budget, LineSplitter& lines) {
  static char piece[kPiece];
  while (budget > 0) {
    std::size_t wanted = std::min(budget, kPiece);
    ssize_t got = pread(file_.get(), piece, wanted, static_cast<off_t>(offset_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail("cannot read the spool: {}", std::strerror(errno));
    if (got == 0) return false;
    offset_ += static_cast<std::uint64_t>(got);
    budget -= static_cast<std::size_t>(got);
    lines.take({piece, static_cast<std::size_t>(got)});
  }
  return true;
}

}  // namespace coordinator::io
