// A directory that is held open, and the files in it, for places in which others write too: nothing here
// follows a symbolic link, and nothing is reached by a path that somebody could bend meanwhile.
//
// These calls block, like those of io/file.h. Names are bare: one with a slash, a NUL or only dots is
// refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "io/file.h"

namespace coordinator::io {

class Directory {
 public:
  // By its path; links on the way to it are followed.
  static Result<Directory> open(const std::string& path);

  // One in this one; absent where there is nothing of that name. An error where it is no directory, a
  // symbolic link, or another user's.
  Result<std::optional<Directory>> inside(const std::string& name) const;
  // The same; made with mode 0700 where it is missing, and durable then.
  Result<Directory> make(const std::string& name) const;

  struct Entry {
    std::string name;
    enum class Kind { file, directory, other } kind = Kind::other;
    std::uint64_t bytes = 0;
    std::uint64_t links = 1;  // names that the same file has, here or elsewhere
    WallTime changed{};
  };
  // At most `most` of what is in it, by name.
  Result<std::vector<Entry>> list(std::size_t most) const;
  // Absent where there is nothing of that name.
  Result<std::optional<Entry>> look(const std::string& name) const;

  // A new file to write to, mode 0600.
  Result<Descriptor> create(const std::string& name) const;
  // The first `most` bytes of a regular file that has no other name.
  Result<std::string> read(const std::string& name, std::size_t most) const;
  // Over another, if there is one; durable when it returns.
  Status rename(const std::string& from, const std::string& to) const;
  // Into another directory of the same file system.
  Status move(const std::string& name, const Directory& into) const;
  // With all that is in it. What is not there is no error.
  Status remove(const std::string& name) const;

  int get() const { return fd_.get(); }
  const std::string& path() const { return path_; }  // as it was opened, for the log

 private:
  Directory(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Status sync() const;

  Descriptor fd_;
  std::string path_;
};

}  // namespace coordinator::io
