#include "app/control_client.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

#include "app/control_socket.h"
#include "app/paths.h"
#include "io/loop.h"
#include "io/pipe_stream.h"
#include "io/timer.h"
#include "io/unix_socket.h"

namespace coordinator::app {

namespace {

constexpr const char* kService = "/var/lib/coordinator";
constexpr std::size_t kLongestAnswer = 16u << 20;

tl::unexpected<ControlError> failure(ControlFailure kind, std::string what) {
  return tl::unexpected(ControlError{kind, std::move(what)});
}

// A daemon that ends while we write is an error to be told, not our end.
class IgnoredPipe {
 public:
  IgnoredPipe() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~IgnoredPipe() { std::signal(SIGPIPE, before_); }
  IgnoredPipe(const IgnoredPipe&) = delete;
  IgnoredPipe& operator=(const IgnoredPipe&) = delete;

 private:
  void (*before_)(int);
};

// One question on a loop of its own.
class Question {
 public:
  explicit Question(Millis patience)
      : patience_(loop_, [this, patience] {
          end(failure(ControlFailure::no_daemon,
                      fmt::format("the daemon has not answered for {} s", patience / 1s)));
        }) {
    patience_.start(patience);
  }

  tl::expected<Json, ControlError> ask(const std::string& socket, const Json& request) {
    io::PipeStream::Callbacks callbacks;
    callbacks.data = [this](std::string_view bytes) { hear(bytes); };
    callbacks.ended = [this] {
      end(failure(ControlFailure::no_daemon, "the daemon ended before it answered"));
    };
    auto stream = io::connect_unix(loop_, socket, std::move(callbacks));
    if (!stream && stream.error().cause == Cause::busy)
      return failure(ControlFailure::no_daemon, stream.error().what);
    if (!stream) return failure(ControlFailure::no_daemon, no_daemon(socket));
    stream_ = std::move(*stream);
    if (auto sent = stream_->write(request.dump() + "\n"); !sent)
      return failure(ControlFailure::no_daemon, sent.error().what);
    loop_.run();
    return std::move(answer_);
  }

 private:
  static std::string no_daemon(const std::string& socket) {
    std::string start = "start coordinatord, or name its state directory with --state";
    struct stat info;
    if (::stat(socket.c_str(), &info) != 0)
      return fmt::format("no daemon runs ({} is not there): {}", socket, start);
    return fmt::format("no daemon runs; one that was ended left {}: {}", socket, start);
  }

  void hear(std::string_view bytes) {
    line_ += bytes;
    std::size_t end_of_line = line_.find('\n');
    if (line_.size() > kLongestAnswer)
      return end(failure(ControlFailure::no_daemon, "the answer is longer than any answer is"));
    if (end_of_line == std::string::npos) return;
    auto answer = Json::parse(std::string_view(line_).substr(0, end_of_line));
    if (!answer) return end(failure(ControlFailure::no_daemon, answer.error().what));
    if (auto error = (*answer)["error"].text())
      return end(failure(ControlFailure::refused, std::string(*error)));
    end(Json::clone((*answer)["answer"]));
  }

  void end(tl::expected<Json, ControlError> answer) {
    answer_ = std::move(answer);
    patience_.stop();
    stream_->pause();
    loop_.stop();
  }

  io::Loop loop_;
  io::Timer patience_;
  std::unique_ptr<io::PipeStream> stream_;
  std::string line_;
  tl::expected<Json, ControlError> answer_;
};

std::vector<std::string> places(const std::optional<std::string>& given, const Environment& environment) {
  if (given) return {*given};
  auto own = state_directory(environment);
  if (!own) return {kService};
  return {*own, kService};
}

}  // namespace

tl::expected<std::string, ControlError> find_control_socket(const std::optional<std::string>& given,
                                                            const Environment& environment) {
  auto directories = places(given, environment);
  for (const std::string& directory : directories) {
    struct stat info;
    if (::stat(control_path(directory).c_str(), &info) == 0) return control_path(directory);
    if (errno == EACCES ||
        (errno == ENOENT && ::stat(directory.c_str(), &info) == 0 && ::access(directory.c_str(), X_OK) != 0))
      return failure(
          ControlFailure::no_directory,
          fmt::format("the state directory {} is another user's: run this as that user, for example "
                      "with sudo -u",
                      directory));
  }
  return control_path(directories.front());
}

tl::expected<Json, ControlError> ask_daemon(const std::string& socket, const Json& request, Millis patience) {
  struct stat info;
  if (::stat(socket.c_str(), &info) == 0 && info.st_uid != ::geteuid())
    return failure(
        ControlFailure::no_directory,
        fmt::format("{} belongs to another user, and the daemon answers only that one: run this as "
                    "that user, for example with sudo -u",
                    socket));
  IgnoredPipe ignored;
  return Question(patience).ask(socket, request);
}

}  // namespace coordinator::app
