#include "io/open_files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "io/file.h"

namespace coordinator::io {

namespace {

constexpr rlim_t kEnough = 65536;

// Of the whole process, as the limit is.
rlim_t original = 0;

}  // namespace

// open() takes the lowest number that is free.
void open_standard_streams() {
  int last = STDIN_FILENO;
  while (last >= 0 && last <= STDERR_FILENO) last = ::open("/dev/null", O_RDWR);
  if (last > STDERR_FILENO) ::close(last);
}

void raise_open_files() {
  rlimit files{};
  if (original != 0 || ::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  rlim_t before = files.rlim_cur, most = std::min(files.rlim_max, kEnough);
  if (before >= most) return;
  files.rlim_cur = most;
  if (::setrlimit(RLIMIT_NOFILE, &files) == 0) original = before;
}

std::uint64_t open_files_of_children() { return original; }

void restore_open_files(pid_t child) {
  rlimit files{};
  if (original == 0 || ::prlimit(child, RLIMIT_NOFILE, nullptr, &files) != 0) return;
  files.rlim_cur = original;
  ::prlimit(child, RLIMIT_NOFILE, &files, nullptr);
}

bool can_open(int files) {
  std::vector<Descriptor> opened;
  while (files-- > 0) {
    opened.emplace_back(::open("/", O_PATH | O_CLOEXEC));
    if (!opened.back()) return false;
  }
  return true;
}

}  // namespace coordinator::io
