#include "command/plugin_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/owned.h"
#include "command/elf_check.h"
#include "command/try_plugin.h"
#include "io/shared_object.h"

namespace coordinator::command {

namespace {

constexpr std::size_t kMostFiles = 200;

std::string wrong_with_owner(const std::string& path, const io::FileLook& look, uid_t us) {
  if (look.owner == us || look.owner == 0) return {};
  return fmt::format("{} belongs to user {}, who could run any code in this daemon: chown {} {}", path,
                     look.owner, us, path);
}

std::string wrong_with_mode(const std::string& path, const io::FileLook& look) {
  bool group = look.mode & S_IWGRP, others = look.mode & S_IWOTH;
  if (!group && !others) return {};
  const char* who = group && others ? "its group and everybody else" : group ? "its group" : "everybody";
  return fmt::format("{} may write to {}, and so run any code in this daemon: chmod {} {}", who, path,
                     group && others ? "go-w"
                     : group         ? "g-w"
                                     : "o-w",
                     path);
}

bool is_plugin_name(std::string_view name) { return !name.starts_with('.') && name.ends_with(".so"); }

Result<std::vector<std::string>> names_in(const std::string& directory) {
  Owned<DIR, ::closedir> listing(::opendir(directory.c_str()));
  if (!listing) return fail("cannot read the directory {}: {}", directory, std::strerror(errno));
  std::vector<std::string> names;
  while (dirent* entry = ::readdir(listing.get()))
    if (is_plugin_name(entry->d_name)) names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

// Absent: gone between the listing and the look.
std::optional<FileSight> look_at_file(const std::string& path, uid_t us) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0) {
    auto look = io::look_of(info);
    return FileSight{path, look, wrong_with_file(path, look, us)};
  }
  int error = errno;
  if (::lstat(path.c_str(), &info) != 0) return std::nullopt;
  return FileSight{path, io::look_of(info),
                   error == ENOENT ? "it is a symbolic link that points at nothing"
                                   : fmt::format("cannot look at it: {}", std::strerror(error))};
}

void look_at_files(const std::vector<std::string>& names, uid_t us, DirectorySight& sight) {
  for (std::size_t index = 0; index < std::min(names.size(), 2 * kMostFiles); ++index) {
    auto file = look_at_file(fmt::format("{}/{}", sight.path, names[index]), us);
    if (!file) continue;
    if (index >= kMostFiles)
      file->problem = fmt::format("there are {} plugins in {}; the first {} by name are loaded: remove some",
                                  names.size(), sight.path, kMostFiles);
    sight.files.push_back(std::move(*file));
  }
}

Cause cause_of(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM ? Cause::busy : Cause::other;
}

Result<PluginImage> image_of(const std::string& path, std::string_view bytes) {
  if (auto elf = check_elf(bytes); !elf) return tl::unexpected(elf.error());
  auto copy = io::sealed_copy(file_name(path), bytes);
  if (!copy) return tl::unexpected(copy.error());
  return PluginImage{std::move(*copy), file_name(path), content_hash(bytes), ""};
}

bool looks_like(const io::Descriptor& file, const io::FileLook& look) {
  struct stat info;
  return ::fstat(file.get(), &info) == 0 && io::look_of(info) == look;
}

}  // namespace

std::string wrong_with_directory(const std::string& path, const io::FileLook& look, uid_t us) {
  if (!S_ISDIR(look.mode)) return fmt::format("{} is not a directory: name one in the configuration", path);
  if (auto wrong = wrong_with_owner(path, look, us); !wrong.empty()) return wrong;
  return wrong_with_mode(path, look);
}

std::string wrong_with_file(const std::string& path, const io::FileLook& look, uid_t us) {
  if (S_ISDIR(look.mode)) return "it is a directory, not a shared object: move it elsewhere";
  if (!S_ISREG(look.mode)) return "it is not a regular file: move it elsewhere";
  if (auto wrong = wrong_with_owner(path, look, us); !wrong.empty()) return wrong;
  if (auto wrong = wrong_with_mode(path, look); !wrong.empty()) return wrong;
  if (static_cast<std::size_t>(look.size) > kLargestPlugin)
    return fmt::format("it has {} bytes; a plugin may have {}", look.size, kLargestPlugin);
  return {};
}

DirectorySight look_into(const std::string& directory, uid_t us) {
  DirectorySight sight{directory, {}, {}};
  auto look = io::look_at(directory);
  if (!look) return sight;
  sight.problem = wrong_with_directory(directory, *look, us);
  if (!sight.problem.empty()) return sight;
  auto names = names_in(directory);
  if (names)
    look_at_files(*names, us, sight);
  else
    sight.problem = names.error().what;
  return sight;
}

// By its descriptor from the first look to the last, so that nobody can put another file into its place.
PluginRead read_plugin(const std::string& path, const io::FileLook& look) {
  io::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file && errno == ENOENT) return {true, fail("it is gone")};
  if (!file) return {false, fail_as(cause_of(errno), "cannot open it: {}", std::strerror(errno))};
  if (!looks_like(file, look)) return {true, fail("it has changed")};
  auto bytes = io::content_of(file.get(), kLargestPlugin);
  if (!looks_like(file, look)) return {true, fail("it has changed")};
  if (!bytes) return {false, tl::unexpected(bytes.error())};
  return {false, image_of(path, *bytes)};
}

// http://www.isthe.com/chongo/tech/comp/fnv/
std::string content_hash(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace coordinator::command
