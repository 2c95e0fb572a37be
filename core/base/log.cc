#include "base/log.h"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"

namespace coordinator::log {

namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// One JSON object a line; spdlog's own patterns do not escape what they print.
class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    auto micros = std::chrono::duration_cast<std::chrono::microseconds>(line.time.time_since_epoch()).count();
    std::string_view text(line.payload.data(), line.payload.size());
    std::size_t colon = text.find(": ");
    Json json = Json::object()
                    .set("time", static_cast<double>(micros) / 1e6)
                    .set("level", std::string_view(spdlog::level::to_string_view(line.level).data()))
                    .set("area", text.substr(0, colon))
                    .set("message", colon == std::string_view::npos ? text : text.substr(colon + 2));
    fmt::format_to(std::back_inserter(out), "{}\n", json.dump());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

// With what stands around it less than PIPE_BUF, for which a pipe that can be written to has room.
constexpr std::size_t kLongestShown = 3500;

bool terminal_has_room() {
  pollfd terminal{STDERR_FILENO, POLLOUT, 0};
  return ::poll(&terminal, 1, 0) > 0;
}

// A pipe whose reader has stopped is full one day, and a write to it would hold the whole loop up. What does
// not fit is left out, and the next line that fits is preceded by how many those were.
class PatientTerminal : public spdlog::sinks::stderr_color_sink_mt {
 public:
  void log(const spdlog::details::log_msg& line) override {
    if (!terminal_has_room()) {
      ++left_out_;
      return;
    }
    std::string words(line.payload.data(), line.payload.size());
    if (words.size() > kLongestShown) words = words.substr(0, kLongestShown) + " [...]";
    if (left_out_ > 0)
      words = fmt::format("log: {} lines were left out here, since nobody read them | {}",
                          std::exchange(left_out_, 0), words);
    spdlog::details::log_msg shown = line;
    shown.payload = {words.data(), words.size()};
    spdlog::sinks::stderr_color_sink_mt::log(shown);
  }

 private:
  std::size_t left_out_ = 0;
};

std::shared_ptr<spdlog::logger> make_logger(const Options& options) {
  std::vector<spdlog::sink_ptr> sinks;
  if (options.terminal) {
    auto sink = std::make_shared<PatientTerminal>();
    sink->set_pattern("%H:%M:%S.%e %^%-7l%$ %v");
    sinks.push_back(std::move(sink));
  }
  if (!options.file.empty()) {
    try {
      auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file, options.file_bytes,
                                                                         options.files);
      sink->set_formatter(std::make_unique<JsonFormatter>());
      sinks.push_back(std::move(sink));
    } catch (const spdlog::spdlog_ex& error) {
      fmt::print(stderr, "log: cannot open {}: {}; logging goes on without it\n", options.file, error.what());
    }
  }
  auto logger = std::make_shared<spdlog::logger>("coordinator", sinks.begin(), sinks.end());
  logger->set_level(to_spdlog(options.level));
  logger->flush_on(spdlog::level::info);
  return logger;
}

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance = make_logger({});
  return instance;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string one_line(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (is_control(c))
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

}  // namespace

void configure(const Options& options) { logger() = make_logger(options); }
bool enabled(Level level) { return logger()->should_log(to_spdlog(level)); }

void write(Level level, std::string_view area, std::string_view text) {
  bool plain = std::none_of(text.begin(), text.end(), is_control);
  logger()->log(to_spdlog(level), "{}: {}", area, plain ? text : std::string_view(one_line(text)));
}

}  // namespace coordinator::log
