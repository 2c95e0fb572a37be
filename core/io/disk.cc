#include "io/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/file.h"

namespace coordinator::io {

Result<DiskSpace> disk_space(const std::string& path) {
  struct statvfs disk;
  if (::statvfs(path.c_str(), &disk) != 0)
    return fail("cannot look at the disk of {}: {}", path, std::strerror(errno));
  return DiskSpace{std::uint64_t{disk.f_bavail} * disk.f_frsize,
                   std::uint64_t{disk.f_blocks} * disk.f_frsize};
}

namespace {

std::uint64_t room_of(int file) {
  constexpr std::uint64_t kBlock = 512;  // st_blocks counts in these: stat(2)
  struct stat info;
  return ::fstat(file, &info) == 0 ? static_cast<std::uint64_t>(info.st_blocks) * kBlock : 0;
}

}  // namespace

Status take_up_room(const std::string& path, std::uint64_t bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return fail_as(cause_of(errno), "cannot make {}: {}", path, std::strerror(errno));
  if (auto room = room_of(file.get()); room >= bytes) return {};
  int error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes));
  if (error == 0) return {};
  ::unlink(path.c_str());
  return fail_as(cause_of(error), "cannot make {}: {}", path, std::strerror(error));
}

}  // namespace coordinator::io
