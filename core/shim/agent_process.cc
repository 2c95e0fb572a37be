#include "shim/agent_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "shim/watch.h"

namespace coordinator::shim {

namespace {

constexpr std::uint64_t kThreadsEach = 16;  // of a process, for the brake below

struct Pipe {
  Fd read, write;
};

bool open_pipe(Pipe& pipe) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  pipe.read.reset(ends[0]);
  pipe.write.reset(ends[1]);
  return true;
}

struct Pipes {
  Pipe input, output, errors, failure;  // failure: carries the child's errno, or closes when exec succeeds
};

bool open_pipes(Pipes& pipes) {
  return open_pipe(pipes.input) && open_pipe(pipes.output) && open_pipe(pipes.errors) &&
         open_pipe(pipes.failure);
}

// The daemon has raised its own, and programs that count on a small one (select(2), loops over all numbers)
// are many.
bool limit_files(std::uint64_t soft) {
  rlimit files{};
  if (soft == 0 || getrlimit(RLIMIT_NOFILE, &files) != 0) return true;
  files.rlim_cur = std::min<rlim_t>(soft, files.rlim_max);
  return setrlimit(RLIMIT_NOFILE, &files) == 0;
}

// A brake for what forks faster than the watch looks, no measure: the kernel counts all that the user runs
// anywhere, threads too. It does not hold for root.
bool limit_threads(rlim_t most) {
  rlimit threads{};
  if (most == 0 || getrlimit(RLIMIT_NPROC, &threads) != 0) return true;
  threads.rlim_max = std::min(threads.rlim_max, most);
  threads.rlim_cur = std::min(threads.rlim_cur, most);
  return setrlimit(RLIMIT_NPROC, &threads) == 0;
}

rlim_t most_threads(const TreeLimits& limits) {
  return limits.processes == 0 ? 0 : threads_of_user() + limits.processes * kThreadsEach;
}

void default_signals() {
  signal(SIGHUP, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Behind fork: only calls that are safe there. Returns when something failed, errno says what.
void become_agent(const Options& options, Pipes& pipes, int group, rlim_t most, char** argv, pid_t parent,
                  mode_t mask) {
  setsid();  // in a session of its own it gets its share of the processor, and we keep ours
  // A parent that died before this line sends no signal any more.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) return;
  if (dup2(pipes.input.read.get(), 0) < 0 || dup2(pipes.output.write.get(), 1) < 0) return;
  if (dup2(pipes.errors.write.get(), 2) < 0) return;
  umask(mask);
  default_signals();
  // Outside of its group it runs all the same: the shim watches it.
  [[maybe_unused]] bool joined = group >= 0 && write(group, "0", 1) == 1;
  if (limit_files(options.open_files) && limit_threads(most)) execvp(argv[0], argv);
}

[[noreturn]] void report_and_exit(int fd) {
  int error = errno ? errno : ECHILD;
  [[maybe_unused]] ssize_t told = write(fd, &error, sizeof error);
  _exit(127);
}

// Waits until the child runs the agent (end of file) or has told why not.
int failure_of(int fd) {
  int error = 0;
  ssize_t got = 0;
  do got = read(fd, &error, sizeof error);
  while (got < 0 && errno == EINTR);
  return got == sizeof error ? error : 0;
}

void nonblocking(const Fd& fd) { fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK); }

Spawned parent_side(pid_t pid, Pipes& pipes) {
  pipes.failure.write.reset();
  if (int error = failure_of(pipes.failure.read.get())) {
    waitpid(pid, nullptr, 0);
    return {0, error, {}, {}, {}};
  }
  for (const Fd* fd : {&pipes.input.write, &pipes.output.read, &pipes.errors.read}) nonblocking(*fd);
  return {pid, 0, std::move(pipes.input.write), std::move(pipes.output.read), std::move(pipes.errors.read)};
}

}  // namespace

Spawned spawn(const Options& options, mode_t umask, int group) {
  std::vector<char*> argv;
  for (const auto& argument : options.agent) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  Pipes pipes;
  if (!open_pipes(pipes)) return {0, errno, {}, {}, {}};
  pid_t parent = getpid();
  rlim_t most = most_threads(options.limits);
  pid_t pid = fork();
  if (pid < 0) return {0, errno, {}, {}, {}};
  if (pid == 0) {
    become_agent(options, pipes, group, most, argv.data(), parent, umask);
    report_and_exit(pipes.failure.write.get());
  }
  return parent_side(pid, pipes);
}

std::string StdinQueue::take(std::string bytes, std::size_t cap) {
  if (closed()) return "the agent's stdin is closed";
  if (queued() + bytes.size() > cap) return "the agent does not read: its stdin queue is full";
  taken_ += bytes.size();
  queue_.erase(0, std::exchange(written_, 0));
  queue_ = queue_.empty() ? std::move(bytes) : queue_ + bytes;
  flush();
  return {};
}

void StdinQueue::close() {
  closing_ = true;
  if (queue_.empty()) pipe_.reset();
}

void StdinQueue::flush() {
  while (pipe_ && written_ < queue_.size()) {
    ssize_t written = write(pipe_.get(), queue_.data() + written_, queue_.size() - written_);
    if (written > 0) written_ += static_cast<std::size_t>(written);
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0 && errno != EINTR) break;
  }
  drop();
}

// Everything is read, or never will be: the memory goes back.
void StdinQueue::drop() {
  bool broken = written_ < queue_.size();
  std::string().swap(queue_);
  written_ = 0;
  if (closing_ || broken) pipe_.reset();
}

}  // namespace coordinator::shim
