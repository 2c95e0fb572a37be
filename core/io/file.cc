#include "io/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/owned.h"

namespace coordinator::io {

namespace {

constexpr int kDeepest = 256;  // a tree that nests deeper is not one of ours; descriptors are finite

tl::unexpected<Error> failure(std::string_view what, const std::string& path, int error) {
  return fail_as(cause_of(error), "cannot {} {}: {}", what, path, std::strerror(error));
}

Status check_path(const std::string& path) {
  if (path.empty()) return fail("a path is empty");
  if (path.find('\0') != std::string::npos) return fail("a path holds a NUL byte");
  return {};
}

Status write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    ssize_t wrote = ::write(fd, content.data(), content.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failure("write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

// A rename is durable once the directory is.
Status sync_directory(const std::string& path) {
  Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return failure("open", path, errno);
  if (::fsync(directory.get()) != 0) return failure("sync", path, errno);
  return {};
}

Status fill(int fd, std::string_view content, mode_t mode, const std::string& path) {
  if (auto written = write_all(fd, content, path); !written) return written;
  if (::fchmod(fd, mode) != 0) return failure("set the mode of", path, errno);
  if (::fsync(fd) != 0) return failure("sync", path, errno);
  return {};
}

// What will be a file when it is whole. Whoever dies before leaves nothing behind, where the file system
// knows files without a name.
struct Draft {
  Descriptor file;
  std::string name;  // empty: it has none yet
};

Draft draft_of(const std::string& path) {
  Draft draft{Descriptor(::open(parent_of(path).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)), {}};
  if (draft.file) return draft;
  draft.name = path + ".XXXXXX";
  return {Descriptor(::mkostemp(draft.name.data(), O_CLOEXEC)), draft.name};
}

// The one name that a death between this and the renaming can leave is used again by the next writer.
Status give_name(Draft& draft, const std::string& path) {
  if (!draft.name.empty()) return {};
  std::string name = path + ".new", nameless = fmt::format("/proc/self/fd/{}", draft.file.get());
  ::unlink(name.c_str());
  if (::linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
    return failure("name a file beside", path, errno);
  draft.name = name;
  return {};
}

}  // namespace

Cause cause_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return Cause::no_room;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
      return Cause::busy;
    default:
      return Cause::other;
  }
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::string parent_of(const std::string& path) {
  std::size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return path.empty() ? "." : "/";
  std::size_t slash = path.rfind('/', end);
  if (slash == std::string::npos) return ".";
  std::size_t last = path.find_last_not_of('/', slash);
  return last == std::string::npos ? "/" : path.substr(0, last + 1);
}

Result<std::string> read_file(const std::string& path, std::size_t cap) {
  if (auto good = check_path(path); !good) return tl::unexpected(good.error());
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return failure("open", path, errno);
  struct stat info;
  if (::fstat(file.get(), &info) != 0) return failure("look at", path, errno);
  if (!S_ISREG(info.st_mode)) return fail("cannot read {}: it is not a regular file", path);
  std::string content;
  char chunk[16384];
  while (ssize_t got = ::read(file.get(), chunk, sizeof chunk)) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", path, errno);
    content.append(chunk, static_cast<std::size_t>(got));
    if (content.size() > cap) return fail("cannot read {}: it is longer than {} bytes", path, cap);
  }
  return content;
}

Status write_file(const std::string& path, std::string_view content, mode_t mode) {
  if (auto good = check_path(path); !good) return good;
  Draft draft = draft_of(path);
  if (!draft.file) return failure("create a file beside", path, errno);
  Status done = fill(draft.file.get(), content, mode, path);
  if (done) done = give_name(draft, path);
  if (done && ::rename(draft.name.c_str(), path.c_str()) != 0) done = failure("replace", path, errno);
  if (!done) {
    if (!draft.name.empty()) ::unlink(draft.name.c_str());
    return done;
  }
  return sync_directory(parent_of(path));
}

Status rename_file(const std::string& from, const std::string& to) {
  if (auto good = check_path(from); !good) return good;
  if (auto good = check_path(to); !good) return good;
  if (::rename(from.c_str(), to.c_str()) != 0) return failure("rename to " + to, from, errno);
  return sync_directory(parent_of(to));
}

Status make_directories(const std::string& path, mode_t mode) {
  if (auto good = check_path(path); !good) return good;
  struct stat info;
  if (::stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    return fail("cannot make the directory {}: a file of that name is in the way", path);
  }
  std::string parent = parent_of(path);
  if (parent != path)
    if (auto above = make_directories(parent, mode); !above) return above;
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return failure("make the directory", path, errno);
  return {};
}

namespace {

struct Removal {
  dev_t device = 0;
  Status entry(int directory, const char* name, const std::string& path, int depth);
  Status directory(int parent, const char* name, const std::string& path, int depth);
};

Status Removal::entry(int directory_fd, const char* name, const std::string& path, int depth) {
  struct stat info;
  if (::fstatat(directory_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT ? Status() : failure("look at", path, errno);
  if (depth == 0) device = info.st_dev;
  if (info.st_dev != device) return fail("cannot remove {}: another file system is mounted there", path);
  if (S_ISDIR(info.st_mode)) return directory(directory_fd, name, path, depth);
  if (::unlinkat(directory_fd, name, 0) != 0 && errno != ENOENT) return failure("remove", path, errno);
  return {};
}

// By descriptors from the top down, so that nobody can put a symbolic link into the way meanwhile.
Status Removal::directory(int parent, const char* name, const std::string& path, int depth) {
  if (depth >= kDeepest) return fail("cannot remove {}: it nests deeper than {}", path, kDeepest);
  Descriptor fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return errno == ENOENT ? Status() : failure("open", path, errno);
  Owned<DIR, ::closedir> listing(::fdopendir(fd.get()));
  if (!listing) return failure("list", path, errno);
  int inside = fd.release();
  while (dirent* found = ::readdir(listing.get())) {
    std::string_view child = found->d_name;
    if (child == "." || child == "..") continue;
    if (auto gone = entry(inside, found->d_name, fmt::format("{}/{}", path, child), depth + 1); !gone)
      return gone;
  }
  if (::unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT) return failure("remove", path, errno);
  return {};
}

std::string holder_of(int fd) {
  char text[32];
  ssize_t got = ::pread(fd, text, sizeof text - 1, 0);
  std::string holder(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  holder.erase(holder.find_last_not_of('\n') + 1);
  bool digits = !holder.empty() && holder.find_first_not_of("0123456789") == std::string::npos;
  return digits ? fmt::format(" (process {})", holder) : "";
}

}  // namespace

Status remove_tree(const std::string& path) {
  if (auto good = check_path(path); !good) return good;
  std::string bare = path;
  while (bare.size() > 1 && bare.back() == '/')
    bare.pop_back();  // "link/" would mean what the link points at
  return Removal().entry(AT_FDCWD, bare.c_str(), bare, 0);
}

Status remove_tree_in(int directory, const std::string& name, const std::string& path) {
  return Removal().entry(directory, name.c_str(), path, 0);
}

Result<LockFile> LockFile::take(const std::string& path, std::string_view who) {
  if (auto good = check_path(path); !good) return tl::unexpected(good.error());
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return failure("open", path, errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failure("lock", path, errno);
    return fail("another {}{} holds {}: stop that one first, or give this one a state directory of its own",
                who, holder_of(file.get()), path);
  }
  // For the sentence above only; the lock itself is the kernel's, so a stale number does no harm.
  std::string line = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file.get(), 0) == 0) (void)!::pwrite(file.get(), line.data(), line.size(), 0);
  return LockFile(std::move(file));
}

}  // namespace coordinator::io
