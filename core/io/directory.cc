#include "io/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/owned.h"

namespace coordinator::io {

namespace {

constexpr int kOpen = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

tl::unexpected<Error> failure(std::string_view what, const std::string& path, int error) {
  return fail_as(cause_of(error), "cannot {} {}: {}", what, path, std::strerror(error));
}

Status check(const std::string& name) {
  bool bare = !name.empty() && name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  if (!bare || name == "." || name == "..") return fail("\"{}\" is no bare name", name);
  return {};
}

Directory::Entry::Kind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return Directory::Entry::Kind::file;
  return S_ISDIR(mode) ? Directory::Entry::Kind::directory : Directory::Entry::Kind::other;
}

Directory::Entry entry_of(std::string name, const struct stat& info) {
  auto changed = std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec);
  return {std::move(name), kind_of(info.st_mode), static_cast<std::uint64_t>(info.st_size), info.st_nlink,
          WallTime(std::chrono::duration_cast<Millis>(changed))};
}

Result<std::string> read_first(int fd, std::size_t most, const std::string& path) {
  std::string content;
  char chunk[65536];
  while (content.size() < most) {
    ssize_t got = ::read(fd, chunk, std::min(sizeof chunk, most - content.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", path, errno);
    if (got == 0) break;
    content.append(chunk, static_cast<std::size_t>(got));
  }
  return content;
}

}  // namespace

Result<Directory> Directory::open(const std::string& path) {
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return failure("open", path, errno);
  return Directory(std::move(fd), path);
}

Result<std::optional<Directory>> Directory::inside(const std::string& name) const {
  if (auto good = check(name); !good) return tl::unexpected(good.error());
  std::string path = path_ + "/" + name;
  Descriptor fd(::openat(fd_.get(), name.c_str(), kOpen));
  if (!fd && errno == ENOENT) return std::optional<Directory>();
  if (!fd && (errno == ENOTDIR || errno == ELOOP))
    return fail("{} is not used: it is no directory but a file or a symbolic link", path);
  if (!fd) return failure("open", path, errno);
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return failure("look at", path, errno);
  if (info.st_uid != ::geteuid()) return fail("{} is not used: it belongs to another user", path);
  return std::optional<Directory>(Directory(std::move(fd), std::move(path)));
}

Result<Directory> Directory::make(const std::string& name) const {
  for (bool made = false;; made = true) {
    auto there = inside(name);
    if (!there) return tl::unexpected(there.error());
    if (*there) return std::move(**there);
    if (made) return fail("{}/{} vanishes as soon as it is made", path_, name);
    if (::mkdirat(fd_.get(), name.c_str(), 0700) != 0 && errno != EEXIST)
      return failure("make the directory", path_ + "/" + name, errno);
    if (auto synced = sync(); !synced) return tl::unexpected(synced.error());
  }
}

Result<std::vector<Directory::Entry>> Directory::list(std::size_t most) const {
  Descriptor again(::openat(fd_.get(), ".", kOpen));  // the listing has a place of its own in it
  if (!again) return failure("open", path_, errno);
  Owned<DIR, ::closedir> listing(::fdopendir(again.get()));
  if (!listing) return failure("list", path_, errno);
  static_cast<void>(again.release());
  std::vector<Entry> entries;
  while (const dirent* found = ::readdir(listing.get())) {
    std::string name = found->d_name;
    if (name == "." || name == ".." || entries.size() == most) continue;
    auto entry = look(name);
    if (!entry) return tl::unexpected(entry.error());
    if (*entry) entries.push_back(std::move(**entry));
  }
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

Result<std::optional<Directory::Entry>> Directory::look(const std::string& name) const {
  struct stat info;
  if (auto good = check(name); !good) return tl::unexpected(good.error());
  if (::fstatat(fd_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0)
    return std::optional(entry_of(name, info));
  if (errno == ENOENT) return std::optional<Entry>();
  return failure("look at", path_ + "/" + name, errno);
}

Result<Descriptor> Directory::create(const std::string& name) const {
  if (auto good = check(name); !good) return tl::unexpected(good.error());
  Descriptor file(
      ::openat(fd_.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return failure("create", path_ + "/" + name, errno);
  return file;
}

Result<std::string> Directory::read(const std::string& name, std::size_t most) const {
  if (auto good = check(name); !good) return tl::unexpected(good.error());
  std::string path = path_ + "/" + name;
  Descriptor file(
      ::openat(fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) return failure("open", path, errno);
  struct stat info;
  if (::fstat(file.get(), &info) != 0) return failure("look at", path, errno);
  if (!S_ISREG(info.st_mode) || info.st_nlink != 1)
    return fail("cannot read {}: it is no regular file with one name", path);
  return read_first(file.get(), most, path);
}

Status Directory::rename(const std::string& from, const std::string& to) const {
  for (const std::string* name : {&from, &to})
    if (auto good = check(*name); !good) return good;
  if (::renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) != 0)
    return failure("rename to " + to, path_ + "/" + from, errno);
  return sync();
}

Status Directory::move(const std::string& name, const Directory& into) const {
  if (auto good = check(name); !good) return good;
  if (::renameat(fd_.get(), name.c_str(), into.fd_.get(), name.c_str()) != 0)
    return failure("move to " + into.path_, path_ + "/" + name, errno);
  return {};
}

Status Directory::remove(const std::string& name) const {
  if (auto good = check(name); !good) return good;
  return remove_tree_in(fd_.get(), name, path_ + "/" + name);
}

Status Directory::sync() const {
  if (::fsync(fd_.get()) != 0) return failure("sync", path_, errno);
  return {};
}

}  // namespace coordinator::io
