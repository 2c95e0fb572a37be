#include "command/guard.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/log.h"
#include "io/file.h"

namespace coordinator::command {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kPage = 4096;

}  // namespace

// Lines of text, so that a person can read the file too. An empty plugin: nothing runs.
struct Guard::Page {
  char plugin[256], content[128], what[101];
  char limit[24];  // for the watchdog's sentence: "10 s"
};

namespace {

static_assert(sizeof(Guard::Page) <= kPage);
std::atomic<Guard::Page*> watched = nullptr;

template <std::size_t size>
void put(char (&field)[size], std::string_view text) {
  std::size_t length = std::min(text.size(), size - 1);
  std::memcpy(field, text.data(), length);
  field[length] = '\0';
}

template <std::size_t size>
std::string get(const char (&field)[size]) {
  return std::string(field, ::strnlen(field, size));
}

// In a signal handler: no allocation, no lock, no stdio.
void say(const char* text) { (void)!::write(STDERR_FILENO, text, std::strlen(text)); }

void bark(int) {
  const Guard::Page* page = watched;
  if (!page || !page->plugin[0]) return;  // it returned just now
  say("coordinator: the plugin ");
  say(page->plugin);
  say(" has not returned from ");
  say(page->what);
  say(" for ");
  say(page->limit);
  say(": this process ends now, since nothing else can run meanwhile; after the second time the plugin stays "
      "out\n");
  std::abort();
}

// An exit() in a plugin's code must not look as if the daemon had ended well: nobody would start it again.
void at_exit() {
  const Guard::Page* page = watched;
  if (!page || !page->plugin[0]) return;
  say("coordinator: the plugin ");
  say(page->plugin);
  say(" called exit() in ");
  say(page->what);
  say(", which ends this process; after the second time the plugin stays out\n");
  std::abort();
}

std::optional<Death> death_in(const std::string& left) {
  if (left.size() < sizeof(Guard::Page)) return std::nullopt;
  Guard::Page page;
  std::memcpy(&page, left.data(), sizeof page);
  if (!page.plugin[0]) return std::nullopt;
  return Death{get(page.plugin), get(page.content), get(page.what)};
}

// Its blocks are written before it is mapped: to find no room for them later would be a SIGBUS.
Result<io::Descriptor> cleared(const std::string& marker) {
  if (auto written = io::write_file(marker, std::string(kPage, '\0'), 0600); !written)
    return tl::unexpected(written.error());
  io::Descriptor file(::open(marker.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return fail("cannot open {}: {}", marker, std::strerror(errno));
  return file;
}

}  // namespace

Guard::Guard(const std::string& marker, Millis watchdog, Returned returned)
    : watchdog_(watchdog), returned_(std::move(returned)) {
  assert(!watched && "there is another guard");
  map(marker);
  if (page_ && watchdog_ > 0ms) start_watchdog();
}

Guard::~Guard() {
  if (timed_) ::timer_delete(timer_);
  if (watched == page_) watched = nullptr;
  if (page_) ::munmap(page_, kPage);
}

void Guard::map(const std::string& marker) {
  io::Descriptor file;
  if (!marker.empty()) {
    if (auto left = io::read_file(marker, kPage)) found_ = death_in(*left);
    auto opened = cleared(marker);
    if (opened)
      file = std::move(*opened);
    else
      log::warning("command", "{}; a plugin that ends this daemon will not be named at the next start",
                   opened.error().what);
  }
  int flags = file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
  void* mapped = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, flags, file ? file.get() : -1, 0);
  if (mapped != MAP_FAILED) page_ = static_cast<Page*>(mapped);
}

// To this thread, the loop's, so that a core dump shows where the plugin stands.
void Guard::start_watchdog() {
  put(page_->limit,
      watchdog_ % 1s == 0ms ? fmt::format("{} s", watchdog_ / 1s) : fmt::format("{} ms", watchdog_.count()));
  watched = page_;
  [[maybe_unused]] static int once = std::atexit(at_exit);
  struct sigaction action {};
  action.sa_handler = bark;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGRTMIN, &action, nullptr);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGRTMIN;
  event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));  // glibc has no better name for it
  timed_ = ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
  if (!timed_) log::warning("command", "cannot make the plugins' watchdog: {}", std::strerror(errno));
}

void Guard::enter(std::string_view plugin, std::string_view content, std::string_view what) {
  entered_ = Steady::now();
  if (!page_) return;
  put(page_->content, content);
  put(page_->what, what);
  std::atomic_signal_fence(std::memory_order_release);
  put(page_->plugin, plugin);  // last: it says that the rest is true
  arm(watchdog_);
}

std::chrono::microseconds Guard::leave(std::string_view plugin) {
  arm(0ms);
  if (page_) page_->plugin[0] = '\0';
  auto took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - entered_);
  if (returned_) returned_(plugin, took);
  return took;
}

void Guard::arm(Millis delay) {
  if (!timed_) return;
  itimerspec when{};
  when.it_value.tv_sec = delay / 1s;
  when.it_value.tv_nsec = (delay % 1s).count() * 1'000'000;
  ::timer_settime(timer_, 0, &when, nullptr);
}

}  // namespace coordinator::command
