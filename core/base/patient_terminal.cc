#include "base/patient_terminal.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace coordinator::log {

namespace {

// With what stands around it less than PIPE_BUF, for which a pipe that can be written to has room.
constexpr std::size_t kLongest = 3500;

bool has_room() {
  pollfd terminal{STDERR_FILENO, POLLOUT, 0};
  return ::poll(&terminal, 1, 0) > 0;
}

}  // namespace

void PatientTerminal::log(const spdlog::details::log_msg& line) {
  if (!has_room()) {
    ++left_out_;
    return;
  }
  spdlog::details::log_msg shown = line;
  std::string words(line.payload.data(), line.payload.size());
  if (words.size() > kLongest) words = words.substr(0, kLongest) + " [...]";
  if (left_out_ > 0)
    words = fmt::format("log: {} lines were left out here, since nobody read them | {}",
                        std::exchange(left_out_, 0), words);
  shown.payload = {words.data(), words.size()};
  spdlog::sinks::stderr_color_sink_mt::log(shown);
}

}  // namespace coordinator::log
