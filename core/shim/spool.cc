#include "shim/spool.h"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "shim/protocol.h"

namespace coordinator::shim {

namespace {

constexpr std::uint64_t kLookEvery = 256u << 10;

// A file that is there already belongs to an earlier shim: a turn is begun once.
Fd create(int directory, const char* name) {
  return Fd(openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
}

}  // namespace

int Spool::open(int directory, std::uint64_t cap, std::uint64_t keep_free) {
  file_ = create(directory, kSpoolName);
  cap_ = cap;
  keep_free_ = keep_free;
  return file_ ? 0 : errno;
}

Spool::Taken Spool::append(std::string_view bytes) {
  if (!has_room()) return Taken::no_room;
  auto room = static_cast<std::size_t>(std::min<std::uint64_t>(cap_ - (size_ - begun_at_), bytes.size()));
  if (!write_all(bytes.substr(0, room)))
    return error_ == ENOSPC || error_ == EDQUOT ? Taken::no_room : Taken::failed;
  return room == bytes.size() ? Taken::all : Taken::full;
}

// Now and then: other turns, and other programs, fill the disk too.
bool Spool::has_room() {
  if (keep_free_ == 0 || size_ < look_at_) return true;
  look_at_ = size_ + kLookEvery;
  struct statvfs disk;
  if (fstatvfs(file_.get(), &disk) != 0) return true;
  return disk.f_bavail >= keep_free_ / disk.f_frsize;
}

bool Spool::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      error_ = errno;
      return false;
    }
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

int Tail::open(int directory, std::size_t keep) {
  file_ = create(directory, kStderrName);
  keep_ = keep;
  return file_ ? 0 : errno;
}

// What cannot be written is lost: stderr is for people, and no reason to end a turn.
void Tail::append(std::string_view bytes) {
  if (bytes.size() > keep_) bytes.remove_prefix(bytes.size() - keep_);
  if (size_ + bytes.size() > 2 * keep_) compact();
  ssize_t written = pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
  if (written > 0) size_ += static_cast<std::size_t>(written);
}

void Tail::compact() {
  std::string end(std::min(keep_, size_), '\0');
  if (pread(file_.get(), end.data(), end.size(), static_cast<off_t>(size_ - end.size())) < 0) return;
  if (pwrite(file_.get(), end.data(), end.size(), 0) < 0) return;
  if (ftruncate(file_.get(), static_cast<off_t>(end.size())) == 0) size_ = end.size();
}

}  // namespace coordinator::shim
