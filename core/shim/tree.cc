#include "shim/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "shim/fd.h"
#include "shim/protocol.h"

namespace coordinator::shim {

namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::size_t kMaxEnvironment = 4u << 20;

struct Process {
  Member member;
  pid_t parent = 0;
};

std::string read_file(const std::string& path, std::size_t cap) {
  std::string content;
  Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[4096];
  while (file && content.size() < cap) {
    ssize_t got = read(file.get(), buffer, sizeof buffer);
    if (got <= 0) break;
    content.append(buffer, static_cast<std::size_t>(got));
  }
  return content;
}

std::string proc(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + "/" + file; }

// /proc/PID/stat: the name (field 2) may hold blanks and parentheses, so the rest is counted from the last
// ')'.
std::optional<Process> look_at(pid_t pid) {
  std::string stat = read_file(proc(pid, "stat"), 4096);
  auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  Process process;
  process.member.pid = pid;
  int found = std::sscanf(stat.c_str() + name_end + 1,
                          " %*c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                          &process.parent, &process.member.group, &process.member.start);
  return found == 3 ? std::optional(process) : std::nullopt;
}

std::vector<Process> all_processes() {
  std::vector<Process> all;
  struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
  };
  std::unique_ptr<DIR, CloseDirectory> directory(opendir("/proc"));
  while (dirent* entry = directory ? readdir(directory.get()) : nullptr) {
    if (!std::isdigit(static_cast<unsigned char>(entry->d_name[0]))) continue;
    if (auto process = look_at(static_cast<pid_t>(std::atoi(entry->d_name)))) all.push_back(*process);
  }
  return all;
}

bool is_marked(pid_t pid, const std::string& turn) {
  std::string wanted = std::string(kMarker) + "=" + turn + '\0';
  std::string environment = '\0' + read_file(proc(pid, "environ"), kMaxEnvironment) + '\0';
  return environment.find('\0' + wanted) != std::string::npos;
}

// Adds to `tree` whatever descends from it, until nothing new is found.
void add_descendants(const std::vector<Process>& all, std::set<pid_t>& tree) {
  std::size_t before = 0;
  while (std::exchange(before, tree.size()) != tree.size())
    for (const auto& process : all)
      if (tree.count(process.parent)) tree.insert(process.member.pid);
}

}  // namespace

std::vector<Member> tree_of(pid_t root, const std::string& turn, pid_t spared) {
  std::vector<Process> all = all_processes();
  std::set<pid_t> tree = {root}, not_these = {root};
  if (spared != 0) {
    std::set<pid_t> branch = {spared};
    add_descendants(all, branch);
    not_these.insert(branch.begin(), branch.end());
  }
  add_descendants(all, tree);
  for (const auto& process : all) {
    pid_t pid = process.member.pid;
    if (!turn.empty() && !tree.count(pid) && is_marked(pid, turn)) tree.insert(pid);
  }
  add_descendants(all, tree);
  std::vector<Member> members;
  for (const auto& process : all)
    if (tree.count(process.member.pid) && !not_these.count(process.member.pid))
      members.push_back(process.member);
  return members;
}

// The pidfd is opened first: if what it names began when the member began, it is the member, and stays it.
bool send_signal(const Member& member, int number) {
  Fd handle(static_cast<int>(syscall(SYS_pidfd_open, member.pid, 0)));
  if (!handle) return false;
  auto now = look_at(member.pid);
  if (!now || now->member.start != member.start) return false;
  return syscall(SYS_pidfd_send_signal, handle.get(), number, nullptr, 0) == 0;
}

Ending::Ending(pid_t root, std::string turn, Time now, std::chrono::milliseconds grace, pid_t spared)
    : root_(root),
      spared_(spared),
      turn_(std::move(turn)),
      kill_at_(now + grace),
      terminated_(grace.count() == 0) {}

void Ending::kill_now(Time now) {
  kill_at_ = std::min(kill_at_, now);
  terminated_ = true;
}

Ending::Step Ending::step(Time now) {
  auto members = tree_of(root_, turn_, spared_);
  left_ = static_cast<int>(members.size());
  signalled_ = std::max(signalled_, left_);
  if (members.empty() || now > kill_at_ + kPatience) return Step::done;
  if (now >= kill_at_) {
    kill_groups(members);
    send_all(members, SIGKILL);
  } else if (!terminated_) {
    terminated_ = true;
    send_all(members, SIGTERM);
    send_all(members, SIGCONT);  // a stopped process would not hear it
  }
  return Step::waiting;
}

// Whatever forks faster than we can look is in a group, and the kernel ends a group in one step. Only one
// whose leader is of the tree, or gone. A member that has been stopped keeps the group's number from becoming
// another one's.
void Ending::kill_groups(const std::vector<Member>& members) {
  std::set<pid_t> done = {getpgrp(), 0}, tree;
  for (const auto& member : members) tree.insert(member.pid);
  for (const auto& member : members) {
    pid_t leader = member.group;
    if (done.contains(leader) || (!tree.contains(leader) && kill(leader, 0) == 0)) continue;
    if (!send_signal(member, SIGSTOP)) continue;
    done.insert(leader);
    kill(-leader, SIGKILL);
  }
}

void Ending::send_all(const std::vector<Member>& members, int number) {
  for (const auto& member : members) send_signal(member, number);
}

}  // namespace coordinator::shim
