// The log: a level, an area (the folder or subject that speaks) and a sentence. Library code returns errors
// instead; the edge logs once, and says what happens next.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace coordinator::log {

enum class Level { debug, info, warning, error };

struct Options {
  Level level = Level::info;
  std::string file;                           // empty: no file. JSON lines, one object each.
  std::size_t file_bytes = 10 * 1024 * 1024;  // the file is turned over at this size,
  std::size_t files = 5;                      // and this many are kept
  bool terminal = true;                       // human lines on stderr

  bool operator==(const Options&) const = default;
};

// A line stays a line: control characters (a stranger's name may hold an escape sequence) are written as \n
// or \x1b. Before the first line, or again when the configuration changed. What cannot be opened is said on
// stderr.
void configure(const Options& options);
bool enabled(Level level);
void write(Level level, std::string_view area, std::string_view text);

template <class... Args>
void debug(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::debug)) write(Level::debug, area, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::info)) write(Level::info, area, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::warning, area, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::error, area, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace coordinator::log
