#include "app/config_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "io/file.h"

namespace coordinator::app {

Result<std::string> config_target(const std::string& file) {
  std::error_code error;
  auto target = std::filesystem::canonical(file, error);
  if (error) return fail("cannot find the configuration {}: {}", file, error.message());
  return target.string();
}

Status config_writable(const std::string& file) {
  auto target = config_target(file);
  if (!target) return tl::unexpected(target.error());
  std::string directory = std::filesystem::path(*target).parent_path();
  if (::access(directory.c_str(), W_OK | X_OK) == 0) return {};
  return fail("the configuration cannot be written, since the daemon's user may not write in {}: {}",
              directory, std::strerror(errno));
}

Status replace_config(const std::string& file, std::string_view content) {
  auto target = config_target(file);
  if (!target) return tl::unexpected(target.error());
  struct stat before;
  if (::stat(target->c_str(), &before) != 0)
    return fail("cannot look at {}: {}", *target, std::strerror(errno));
  mode_t mode = before.st_mode & 07777;
  bool ours = before.st_gid == ::getegid();
  if (auto written = io::write_file(*target, content, ours ? mode : mode & ~mode_t{070}); !written)
    return written;
  if (ours && before.st_uid == ::geteuid()) return {};
  (void)!::chown(target->c_str(), before.st_uid, static_cast<gid_t>(-1));
  if (!ours && ::chown(target->c_str(), static_cast<uid_t>(-1), before.st_gid) == 0)
    ::chmod(target->c_str(), mode);
  return {};
}

}  // namespace coordinator::app
