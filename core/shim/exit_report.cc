#include "shim/exit_report.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "shim/fd.h"
#include "shim/protocol.h"

namespace coordinator::shim {

namespace {

constexpr const char* kTemporary = "exit.json.new";
constexpr off_t kRoom = 4096;  // more than any report takes

std::string number(const char* key, std::int64_t value) {
  return ",\"" + std::string(key) + "\":" + std::to_string(value);
}

// Enough for strerror's words.
std::string quoted(const std::string& words) {
  std::string out = "\"";
  for (char c : words) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= ' ') out += c;
  }
  return out + "\"";
}

}  // namespace

const char* word(ExitReason reason) {
  switch (reason) {
    case ExitReason::exited:
      return "exited";
    case ExitReason::not_started:
      return "not_started";
    case ExitReason::ended:
      return "ended";
    case ExitReason::spool_full:
      return "spool_full";
    case ExitReason::spool_failed:
      return "spool_failed";
    case ExitReason::disk_full:
      return "disk_full";
    case ExitReason::memory_limit:
      return "memory_limit";
    case ExitReason::process_limit:
      return "process_limit";
    case ExitReason::cpu_limit:
      return "cpu_limit";
  }
  return "exited";
}

std::string to_json(const ExitReport& report) {
  return "{\"reason\":" + quoted(word(report.reason)) + number("status", report.status) +
         number("signal", report.signal) + ",\"error\":" + quoted(report.error) +
         number("spool_bytes", static_cast<std::int64_t>(report.spool_bytes)) +
         number("stdin_bytes", static_cast<std::int64_t>(report.stdin_bytes)) +
         number("user_ms", report.user_ms) + number("system_ms", report.system_ms) +
         number("max_rss_kib", report.max_rss_kib) + number("stragglers", report.stragglers) +
         number("left", report.left) + "}\n";
}

int reserve_exit_report(int directory) {
  Fd file(openat(directory, kTemporary, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return errno;
  int error = posix_fallocate(file.get(), 0, kRoom);
  return error == EOPNOTSUPP || error == EINVAL ? 0 : error;
}

// What was reserved is written over, and cut only then: a file that is emptied first would give its room
// away.
bool write_exit_report(int directory, const ExitReport& report) {
  Fd file(openat(directory, kTemporary, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  std::string json = to_json(report);
  if (!file || write(file.get(), json.data(), json.size()) != static_cast<ssize_t>(json.size())) return false;
  if (ftruncate(file.get(), static_cast<off_t>(json.size())) != 0) return false;
  if (fsync(file.get()) != 0) return false;
  return renameat(directory, kTemporary, directory, kExitName) == 0 && fsync(directory) == 0;
}

}  // namespace coordinator::shim
