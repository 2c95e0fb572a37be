#include "shim/control_group.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace coordinator::shim {

namespace {

constexpr std::uint64_t kThreadsEach = 64;  // the kernel counts threads, a limit of ours counts processes

std::string read_all(const std::string& path) {
  Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[4096];
  ssize_t got = file ? read(file.get(), buffer, sizeof buffer) : 0;
  return std::string(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
}

}  // namespace

std::string ControlGroup::make(const std::string& path, const TreeLimits& limits) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return "cannot make the control group " + path + ": " + std::strerror(errno);
  path_ = path;
  entrance_.reset(open((path + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  if (!entrance_) return "no control groups of version 2 are at " + path;
  if (limits.memory_bytes && write("memory.max", std::to_string(limits.memory_bytes))) {
    write("memory.swap.max", "0");
    write("memory.oom.group", "1");
  }
  if (limits.processes) write("pids.max", std::to_string(limits.processes * kThreadsEach));
  if (limits.cpus_percent) write("cpu.max", std::to_string(limits.cpus_percent * 1000) + " 100000");
  return {};
}

bool ControlGroup::out_of_memory() const {
  if (path_.empty()) return false;
  std::string events = read_all(path_ + "/memory.events");
  auto kills = events.find("oom_kill ");
  return kills != std::string::npos && events[kills + 9] != '0';
}

void ControlGroup::kill() const {
  if (!path_.empty()) write("cgroup.kill", "1");
}

void ControlGroup::remove() {
  if (!path_.empty() && (rmdir(path_.c_str()) == 0 || errno == ENOENT)) path_.clear();
}

bool ControlGroup::write(const char* file, const std::string& value) const {
  Fd target(open((path_ + "/" + file).c_str(), O_WRONLY | O_CLOEXEC));
  return target && ::write(target.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size());
}

}  // namespace coordinator::shim
