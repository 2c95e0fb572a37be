// The room on a disk: how much there is, and some of it kept back.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace coordinator::io {

struct DiskSpace {
  std::uint64_t free_bytes = 0;  // for this user
  std::uint64_t all_bytes = 0;
};

// Of the file system that `path` is on.
Result<DiskSpace> disk_space(const std::string& path);

// Makes the file take up at least so many bytes of the disk, whatever they hold; an error leaves none of it.
Status take_up_room(const std::string& path, std::uint64_t bytes);

}  // namespace coordinator::io
