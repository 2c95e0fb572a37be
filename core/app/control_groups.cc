#include "app/control_groups.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/log.h"
#include "io/file.h"

namespace coordinator::app {

namespace {

constexpr const char* kArea = "daemon";
constexpr const char* kMount = "/sys/fs/cgroup";
constexpr std::size_t kLongest = 1u << 16;

bool write(const std::string& file, std::string_view value) {
  io::Descriptor target(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return target && ::write(target.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size());
}

bool is_group_without_processes(const std::string& path) {
  auto processes = io::read_file(path + "/cgroup.procs", kLongest);
  return processes && processes->empty() && ::access((path + "/cgroup.subtree_control").c_str(), W_OK) == 0;
}

// One by one: a controller that was not given to us must not keep back the others.
void hand_down(const std::string& path) {
  for (const char* controller : {"+memory", "+pids", "+cpu"})
    write(path + "/cgroup.subtree_control", controller);
}

std::string make_below(const std::string& base) {
  std::string turns = base + "/turns";
  hand_down(base);
  if (::mkdir(turns.c_str(), 0700) != 0 && errno != EEXIST) return {};
  hand_down(turns);
  return turns;
}

}  // namespace

std::string delegated_above(const std::string& text) {
  constexpr std::string_view kSubgroup = "/daemon";
  std::size_t at = text.starts_with("0::") ? 0 : text.find("\n0::");
  if (at == std::string::npos) return {};
  at = text.find("::", at) + 2;
  std::string path = text.substr(at, text.find('\n', at) - at);
  if (!path.ends_with(kSubgroup) || path.size() == kSubgroup.size()) return {};
  return path.substr(0, path.size() - kSubgroup.size());
}

std::string control_groups(const std::string& configured) {
  std::string base = configured;
  if (base.empty()) {
    std::string above = delegated_above(io::read_file("/proc/self/cgroup", kLongest).value_or(""));
    if (above.empty()) return {};
    base = kMount + above;
  }
  std::string turns = is_group_without_processes(base) ? make_below(base) : std::string();
  if (!turns.empty())
    log::info(kArea, "turns run in control groups below {}", turns);
  else if (!configured.empty())
    log::warning(
        kArea,
        "limits.control_group: {} is no control group of version 2 that is ours and holds no process: {}",
        base, "turns run without control groups");
  return turns;
}

}  // namespace coordinator::app
