#include "traces.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "io/database.h"

namespace coordinator::chaos {

namespace fs = std::filesystem;

namespace {

struct Process {
  int parent = 0;
  char state = '?';
  std::string name;
};

// /proc/PID/stat: "PID (NAME) STATE PARENT ..."; the name may hold anything.
bool read_process(const fs::path& directory, Process& process) {
  std::ifstream file(directory / "stat");
  std::string stat;
  std::getline(file, stat);
  auto open = stat.find('('), close = stat.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return false;
  process.name = stat.substr(open + 1, close - open - 1);
  std::istringstream rest(stat.substr(close + 1));
  return static_cast<bool>(rest >> process.state >> process.parent);
}

std::map<int, Process> all_processes() {
  std::map<int, Process> all;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::string name = entry.path().filename();
    int pid = 0;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size()) continue;
    Process process;
    if (read_process(entry.path(), process)) all.emplace(pid, process);
  }
  return all;
}

// The rows of a query, each as its columns in a line; an error as a row of its own.
std::vector<std::string> rows(const std::string& state, const std::string& sql, int columns) {
  std::vector<std::string> out;
  auto database = io::Database::open(state + "/state.db", io::Database::Mode::read_only);
  if (!database) return {database.error().what};
  auto statement = database->prepare(sql);
  if (!statement) return {statement.error().what};
  auto read = statement->each([&](io::Statement& row) {
    std::string line;
    for (int column = 0; column < columns; ++column) line += (column ? " | " : "") + row.text(column);
    out.push_back(line);
  });
  if (!read) out.push_back(read.error().what);
  return out;
}

}  // namespace

void become_subreaper() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

std::vector<std::string> descendants(int known) {
  auto all = all_processes();
  std::set<int> tree = {getpid()};
  for (std::size_t before = 0; before != tree.size();) {
    before = tree.size();
    for (const auto& [pid, process] : all)
      if (tree.contains(process.parent)) tree.insert(pid);
  }
  std::vector<std::string> out;
  for (int pid : tree) {
    if (pid == getpid() || pid == known) continue;
    const Process& process = all.at(pid);
    bool gone = process.state == 'Z' && process.parent == getpid() && waitpid(pid, nullptr, WNOHANG) == pid;
    if (!gone) out.push_back(fmt::format("{} {}", pid, process.name));
  }
  return out;
}

int process_of(const std::string& turn, const std::string& name) {
  for (const auto& [pid, process] : all_processes()) {
    if (process.name != name) continue;
    std::ifstream file(fmt::format("/proc/{}/environ", pid));
    for (std::string variable; std::getline(file, variable, '\0');)
      if (variable == "COORDINATOR_TURN=" + turn) return pid;
  }
  return 0;
}

std::vector<std::string> leftovers(const std::string& state) {
  const std::set<std::string> known = {"state.db", "lock", "turns", "plugins", "reserve"};
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(state))
    if (!known.contains(entry.path().lexically_relative(state))) out.push_back(entry.path());
  return out;
}

std::vector<std::string> unfinished(const std::string& state) {
  return rows(state,
              "SELECT 'mention', message, state FROM inbox WHERE state IN ('queued', 'running', 'answering') "
              "UNION ALL SELECT 'turn', turn_id, state FROM turns WHERE state = 'running' "
              "UNION ALL SELECT 'message', source || '-' || chunk, state FROM outbox WHERE state = 'pending'",
              3);
}

std::vector<std::string> rows_about(const std::string& state, MessageId mention) {
  std::vector<std::string> all;
  for (auto [sql, columns] :
       {std::pair("SELECT 'inbox', state, turn_id, reason, arrived, started, finished FROM inbox WHERE "
                  "message = {}",
                  7),
        {"SELECT 'turn', turn_id, state, session_id, started, finished FROM turns WHERE message = {}", 6},
        {"SELECT 'outbox', chunk, state, sent, reason, created, finished FROM outbox WHERE source = {}", 7}})
    for (std::string& row : rows(state, fmt::format(fmt::runtime(sql), mention.value), columns))
      all.push_back(std::move(row));
  return all;
}

std::vector<std::string> turns_of(const std::string& state, MessageId mention) {
  return rows(state, fmt::format("SELECT turn_id FROM turns WHERE message = {}", mention.value), 1);
}

}  // namespace coordinator::chaos
