// Files as a daemon needs them: read with a cap, replaced whole or not at all, removed without following
// links, locked against a second daemon.
//
// These calls block: they are for the start, for small files and for what a person asked, not for the stream
// of events. Paths are bytes without NUL; a path that holds one is refused.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace coordinator::io {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// What a system call's error means for whoever may do something about it.
Cause cause_of(int error);

// The directory that the path's last component lies in: "." for a bare name, "/" for the root itself.
std::string parent_of(const std::string& path);

// The whole of a regular file; an error when it is anything else (a FIFO would hang the caller) or longer
// than `cap` bytes.
Result<std::string> read_file(const std::string& path, std::size_t cap);

// Replaces the file as one step, also when the power fails: temporary file beside it, fsync, rename, fsync of
// the directory. On an error the old content stands and the temporary file is gone. A path that is a symbolic
// link is replaced by a file.
Status write_file(const std::string& path, std::string_view content, mode_t mode);

// Moves a file within its directory, over another if there is one; durable when it returns.
Status rename_file(const std::string& from, const std::string& to);

// Makes the directory and what is missing above it, all with `mode`. One that stands already keeps its mode.
Status make_directories(const std::string& path, mode_t mode = 0700);

// Removes a file or a directory with all that is in it, without following symbolic links and without leaving
// the file system that it is on. What is not there any more is no error. Stops at the first thing that cannot
// be removed.
Status remove_tree(const std::string& path);
// The same of what has this bare name in an open directory; `path` is for the error.
Status remove_tree_in(int directory, const std::string& name, const std::string& path);

// An exclusive lock by flock(2) on a file that is made when it is missing and stays afterwards. Held until
// destroyed, or until the process ends in whatever way. Not inherited by programs that the process runs.
class LockFile {
 public:
  // `who` names what the lock stands for, for the sentence when it is taken: "another {who} (process 123)
  // ...".
  static Result<LockFile> take(const std::string& path, std::string_view who);

 private:
  explicit LockFile(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace coordinator::io
