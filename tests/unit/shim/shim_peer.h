// A real coordinator-shim for tests, and a blocking client of it. Ends what it started.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "shim/fd.h"
#include "shim/tree.h"

namespace coordinator::shim::testing {

// The directory of the test program, where the build puts the other programs too.
inline std::string program(const char* name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

inline std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Tests wait for what another process does: this long at most.
inline constexpr int kPatienceMs = 20'000;

template <class Condition>
bool eventually(Condition condition) {
  for (int waited = 0; waited < kPatienceMs; waited += 5) {
    if (condition()) return true;
    usleep(5000);
  }
  return false;
}

class Client {
 public:
  explicit Client(const std::string& directory) {
    Fd folder(open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control.sock", folder.get());
    socket_.reset(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) socket_.reset();
  }

  bool connected() const { return static_cast<bool>(socket_); }
  void send(const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      ssize_t taken = ::send(socket_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (taken <= 0) return;
      sent += static_cast<std::size_t>(taken);
    }
  }
  // The next line; empty at the end of the connection, or when nothing comes.
  std::string line() {
    auto end = begun_.find('\n');
    while (end == std::string::npos && receive()) end = begun_.find('\n');
    if (end == std::string::npos) return {};
    std::string line = begun_.substr(0, end);
    begun_.erase(0, end + 1);
    return line;
  }
  // Reads lines until one begins with that.
  std::string line_with(const std::string& beginning) {
    for (std::string next = line(); !next.empty(); next = line())
      if (next.starts_with(beginning)) return next;
    return {};
  }

 private:
  bool receive() {
    pollfd polled{socket_.get(), POLLIN, 0};
    if (poll(&polled, 1, kPatienceMs) <= 0) return false;
    char buffer[4096];
    ssize_t got = recv(socket_.get(), buffer, sizeof buffer, 0);
    if (got > 0) begun_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }

  Fd socket_;
  std::string begun_;
};

class RunningShim {
 public:
  // Waits until it listens, or has failed.
  RunningShim(const std::string& directory, std::vector<std::string> agent,
              std::vector<std::string> options = {})
      : directory_(directory) {
    std::vector<std::string> argv = {program("coordinator-shim"), "--directory", directory};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.push_back("--");
    argv.insert(argv.end(), agent.begin(), agent.end());
    int pipe_ends[2];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) return;
    pid_ = fork();
    if (pid_ == 0) become(argv, pipe_ends[1]);
    close(pipe_ends[1]);
    Fd said(pipe_ends[0]);
    char buffer[64];
    ssize_t got = read(said.get(), buffer, sizeof buffer);
    ready_ = got > 0 && std::string(buffer, static_cast<std::size_t>(got)) == "ready\n";
  }
  ~RunningShim() {
    if (pid_ <= 0) return;
    Client(directory_).send("end\n");
    if (!gone()) kill(pid_, SIGKILL);
    for (const auto& member : tree_of(getpid(), turn())) send_signal(member, SIGKILL);
  }

  bool ready() const { return ready_; }
  pid_t pid() const { return pid_; }
  // Waits for its end.
  bool gone() {
    return pid_ <= 0 || eventually([this] {
             if (waitpid(pid_, &status_, WNOHANG) != pid_) return false;
             pid_ = 0;
             return true;
           });
  }
  int status() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1; }
  std::string file(const char* name) const { return content(directory_ + "/" + name); }
  std::string exit_json() {
    gone();
    return file("exit.json");
  }

  // Another run of this may go on beside us.
  static std::string turn() { return "feedface" + std::to_string(getpid()); }

 private:
  [[noreturn]] void become(const std::vector<std::string>& argv, int output) {
    std::vector<char*> pointers;
    for (const auto& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    dup2(output, 1);
    setenv("COORDINATOR_TURN", turn_.c_str(), 1);
    setsid();
    execv(pointers[0], pointers.data());
    _exit(127);
  }

  std::string directory_, turn_ = turn();
  pid_t pid_ = 0;
  int status_ = 0;
  bool ready_ = false;
};

}  // namespace coordinator::shim::testing
