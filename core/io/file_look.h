// What tells one state of a file from another, without reading it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

struct stat;

namespace coordinator::io {

// Two looks are the same when the file is the same one and nobody has touched it in between.
struct FileLook {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified = 0, changed = 0;  // nanoseconds since 1970; `changed`: also its mode or owner
  mode_t mode = 0;
  uid_t owner = 0;
  bool operator==(const FileLook&) const = default;
};

FileLook look_of(const struct stat& info);
// Follows symbolic links; absent where there is nothing.
std::optional<FileLook> look_at(const std::string& path);

}  // namespace coordinator::io
