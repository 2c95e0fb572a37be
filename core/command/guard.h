// What stands around plugin code while it runs: a marker that survives our death, and a watchdog.
#pragma once

#include <chrono>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace coordinator::command {

// Whose code ran when a process ended.
struct Death {
  std::string plugin;
  std::string content;  // the hash of its file's content
  std::string what;     // "run of /reset"
  bool operator==(const Death&) const = default;
};

// The marker is a page of a file that is mapped into memory: setting it costs no system call, and the kernel
// keeps what stands in it however the process ends (SIGKILL and SIGSEGV included; not over a loss of power).
// One at a time: the watchdog's signal (SIGRTMIN) finds it by a global.
class Guard {
 public:
  using Returned = std::function<void(std::string_view plugin, std::chrono::microseconds took)>;

  // Reads what an earlier process left in the file, and clears it. An empty path, or one that cannot be used
  // (the log says why): nothing outlives this process. A watchdog of 0: none. `returned` is told of each
  // call.
  Guard(const std::string& marker, Millis watchdog, Returned returned = nullptr);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // What the marker named: plugin code that was running when an earlier process ended.
  const std::optional<Death>& found() const { return found_; }

  // Around each call; calls are never inside each other. When leave() does not come in time, a sentence goes
  // to stderr and the process aborts, the marker set.
  void enter(std::string_view plugin, std::string_view content, std::string_view what);
  // How long the call took.
  std::chrono::microseconds leave(std::string_view plugin);

  struct Page;

 private:
  void map(const std::string& marker);
  void start_watchdog();
  void arm(Millis delay);

  Millis watchdog_;
  Returned returned_;
  std::chrono::steady_clock::time_point entered_{};
  std::optional<Death> found_;
  Page* page_ = nullptr;
  timer_t timer_{};
  bool timed_ = false;
};

}  // namespace coordinator::command
