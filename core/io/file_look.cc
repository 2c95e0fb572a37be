#include "io/file_look.h"

#include <sys/stat.h>

namespace coordinator::io {

namespace {

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileLook look_of(const struct stat& info) {
  return {info.st_dev,  info.st_ino, info.st_size, nanoseconds(info.st_mtim), nanoseconds(info.st_ctim),
          info.st_mode, info.st_uid};
}

std::optional<FileLook> look_at(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return look_of(info);
}

}  // namespace coordinator::io
