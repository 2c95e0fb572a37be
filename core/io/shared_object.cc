#include "io/shared_object.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace coordinator::io {

namespace {

constexpr unsigned kExecutable = 0x10;  // MFD_EXEC, of Linux 6.3; older headers have no name for it

// Asks for an executable one by name, since vm.memfd_noexec may make it the exception; kernels before 6.3 do
// not know the flag, and need none.
int anonymous_file(const std::string& name) {
  int fd = ::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING | kExecutable);
  if (fd < 0 && errno == EINVAL) fd = ::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return fd;
}

Status fill(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return fail_as(Cause::busy, "cannot copy it into memory: {}", std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

std::string path_of(const Descriptor& file) { return fmt::format("/proc/self/fd/{}", file.get()); }

// The linker's words, with the plugin's name in the place of our path.
std::string linker_says(const std::string& path, const std::string& name) {
  const char* said = ::dlerror();
  std::string words = said ? said : "no reason given";
  if (std::size_t at = words.find(path); at != std::string::npos) words.replace(at, path.size(), name);
  return words;
}

}  // namespace

Result<Descriptor> sealed_copy(std::string_view name, std::string_view bytes) {
  // The kernel takes 249 bytes.
  std::string title = fmt::format("coordinator-plugin {}", name.substr(0, 200));
  Descriptor file(anonymous_file(title));
  if (!file) return fail_as(Cause::busy, "cannot copy it into memory: {}", std::strerror(errno));
  if (auto filled = fill(file.get(), bytes); !filled) return tl::unexpected(filled.error());
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
    return fail("cannot seal its copy in memory: {}", std::strerror(errno));
  return file;
}

Result<std::string> content_of(int descriptor, std::size_t cap) {
  struct stat info;
  if (::fstat(descriptor, &info) != 0) return fail("cannot look at it: {}", std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return fail("it is not a regular file");
  if (static_cast<std::size_t>(info.st_size) > cap) return fail("it is longer than {} bytes", cap);
  std::string content(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t at = 0;
  while (at < content.size()) {
    ssize_t got = ::pread(descriptor, content.data() + at, content.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail("cannot read it: {}", std::strerror(errno));
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  content.resize(at);
  return content;
}

Result<SharedObject> SharedObject::open(Descriptor file, std::string name) {
  std::string path = path_of(file);
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return fail("{}", linker_says(path, name));
  return SharedObject(std::move(file), std::move(name), handle);
}

SharedObject::SharedObject(Descriptor file, std::string name, void* handle)
    : file_(std::move(file)), name_(std::move(name)), handle_(handle) {}

SharedObject::SharedObject(SharedObject&& other) noexcept
    : file_(std::move(other.file_)),
      name_(std::move(other.name_)),
      handle_(std::exchange(other.handle_, nullptr)) {}

SharedObject::~SharedObject() { (void)close(); }

SharedObject::Function SharedObject::function(const char* symbol) const {
  return handle_ ? reinterpret_cast<Function>(::dlsym(handle_, symbol)) : nullptr;
}

// An object that stays keeps its descriptor for good: the linker goes on to know it as /proc/self/fd/N, and
// would take the next one that got this number for the same.
Status SharedObject::close() {
  if (!handle_) return {};
  std::string path = path_of(file_);
  bool closed = ::dlclose(std::exchange(handle_, nullptr)) == 0;
  void* still = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (still) ::dlclose(still);
  if (closed && !still) return {};
  (void)file_.release();
  return fail(
      "the code of {} stays in memory after it was unloaded; build it with -fno-gnu-unique, and without "
      "thread_local objects or -z nodelete",
      name_);
}

}  // namespace coordinator::io
