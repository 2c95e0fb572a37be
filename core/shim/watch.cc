#include "shim/watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "shim/fd.h"

namespace coordinator::shim {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPause{250};
constexpr milliseconds kShortPause{50};  // when half of a limit is used up

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

std::string read_whole(const std::string& path) {
  std::string content;
  Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[4096];
  for (ssize_t got = 0; file && (got = read(file.get(), buffer, sizeof buffer)) > 0;)
    content.append(buffer, static_cast<std::size_t>(got));
  return content;
}

std::string proc(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + "/" + file; }

template <class Each>
void each_number(const std::string& text, Each each) {
  char* next = nullptr;
  long number = std::strtol(text.c_str(), &next, 10);
  while (number != 0) {
    each(number);
    number = std::strtol(next, &next, 10);
  }
}

// Each thread has children of its own: proc(5), /proc/PID/task/TID/children.
template <class Each>
void each_child(pid_t pid, Each each) {
  std::string tasks = proc(pid, "task");
  std::unique_ptr<DIR, CloseDirectory> directory(opendir(tasks.c_str()));
  while (dirent* entry = directory ? readdir(directory.get()) : nullptr)
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])))
      each_number(read_whole(tasks + "/" + entry->d_name + "/children"), each);
}

// utime, stime, and those of its children that it has waited for: fields 14 to 17 of /proc/PID/stat.
std::uint64_t cpu_of(pid_t pid) {
  static const long ticks = sysconf(_SC_CLK_TCK);
  std::string stat = read_whole(proc(pid, "stat"));
  auto name_end = stat.rfind(')');
  unsigned long own = 0, kernel = 0;
  long children = 0, children_kernel = 0;
  if (name_end == std::string::npos ||
      std::sscanf(stat.c_str() + name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld",
                  &own, &kernel, &children, &children_kernel) != 4)
    return 0;
  auto all = own + kernel + static_cast<unsigned long>(children + children_kernel);
  return all * 1000 / static_cast<unsigned long>(ticks);
}

std::uint64_t memory_of(pid_t pid) {
  static const auto page = static_cast<unsigned long>(sysconf(_SC_PAGESIZE));
  unsigned long resident = 0, shared = 0;
  if (std::sscanf(read_whole(proc(pid, "statm")).c_str(), "%*u %lu %lu", &resident, &shared) != 2) return 0;
  return resident > shared ? (resident - shared) * page : 0;
}

std::uint64_t millis(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1000 + static_cast<std::uint64_t>(time.tv_usec) / 1000;
}

// How many threads the whole machine has: the fourth field of /proc/loadavg is "running/all".
std::uint64_t threads_of_machine() {
  unsigned long all = 0;
  int found = std::sscanf(read_whole("/proc/loadavg").c_str(), "%*f %*f %*f %*u/%lu", &all);
  return found == 1 ? all : ~0ull;
}

}  // namespace

// What ended without its parent waiting for it became the root's child, and was waited for by it.
TreeUse use_of_tree(pid_t root, std::uint64_t most) {
  TreeUse use;
  std::vector<pid_t> next = {root};
  while (!next.empty() && use.processes <= most) {
    pid_t pid = next.back();
    next.pop_back();
    each_child(pid, [&](long child) {
      next.push_back(static_cast<pid_t>(child));
      ++use.processes;
      use.memory_bytes += memory_of(static_cast<pid_t>(child));
      use.cpu_ms += cpu_of(static_cast<pid_t>(child));
    });
  }
  rusage waited_for{};
  if (root == getpid() && getrusage(RUSAGE_CHILDREN, &waited_for) == 0)
    use.cpu_ms += millis(waited_for.ru_utime) + millis(waited_for.ru_stime);
  return use;
}

std::uint64_t threads_of_user() {
  std::uint64_t threads = 0;
  std::unique_ptr<DIR, CloseDirectory> directory(opendir("/proc"));
  while (dirent* entry = directory ? readdir(directory.get()) : nullptr) {
    struct stat task;  // it has a link for each thread, and two of its own
    if (!std::isdigit(static_cast<unsigned char>(entry->d_name[0]))) continue;
    if (fstatat(dirfd(directory.get()), (std::string(entry->d_name) + "/task").c_str(), &task, 0) != 0)
      continue;
    if (task.st_uid == geteuid() && task.st_nlink > 2) threads += task.st_nlink - 2;
  }
  return threads;
}

std::optional<Time> Watch::next_look() const {
  if (limits_.memory_bytes == 0 && limits_.processes == 0 && limits_.cpu_ms == 0) return std::nullopt;
  return next_;
}

std::optional<ExitReason> Watch::look(Time now) {
  if (!next_look() || now < next_) return std::nullopt;
  next_ = now + kPause;
  if (!can_be_beyond(now)) return std::nullopt;
  TreeUse use = use_of_tree(root_, limits_.processes > 0 ? limits_.processes : ~0ull);
  if (is_near(use)) next_ = now + kShortPause;
  return beyond(use);
}

bool Watch::can_be_beyond(Time now) const {
  if (limits_.memory_bytes > 0) return true;
  if (limits_.processes > 0 && threads_of_machine() > limits_.processes) return true;
  static const auto cpus = static_cast<std::uint64_t>(sysconf(_SC_NPROCESSORS_ONLN));
  auto elapsed = std::chrono::duration_cast<milliseconds>(now - began_).count();
  return limits_.cpu_ms > 0 && static_cast<std::uint64_t>(elapsed) * cpus >= limits_.cpu_ms;
}

std::optional<ExitReason> Watch::beyond(const TreeUse& use) const {
  if (limits_.memory_bytes > 0 && use.memory_bytes > limits_.memory_bytes) return ExitReason::memory_limit;
  if (limits_.processes > 0 && use.processes > limits_.processes) return ExitReason::process_limit;
  if (limits_.cpu_ms > 0 && use.cpu_ms > cpu_before_ms_ + limits_.cpu_ms) return ExitReason::cpu_limit;
  return std::nullopt;
}

bool Watch::is_near(const TreeUse& use) const {
  return (limits_.memory_bytes > 0 && use.memory_bytes > limits_.memory_bytes / 2) ||
         (limits_.processes > 0 && use.processes > limits_.processes / 2);
}

}  // namespace coordinator::shim
