#include "shim/options.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace coordinator::shim {

namespace {

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

template <class Target>
bool set_number(Target& target, std::string_view value) {
  auto parsed = number(value);
  if (parsed) target = static_cast<Target>(*parsed);
  return parsed.has_value();
}

bool set_time(std::chrono::milliseconds& time, std::chrono::milliseconds most, std::string_view value) {
  auto parsed = number(value);
  if (!parsed || *parsed > static_cast<std::uint64_t>(most.count())) return false;
  time = std::chrono::milliseconds(*parsed);
  return true;
}

// False: no such option, or not a number.
bool set(Options& options, std::string_view name, const std::string& value) {
  if (name == "--directory") return !(options.directory = value).empty();
  if (name == "--sweep") return !(options.sweep = value).empty();
  if (name == "--spool-bytes") return set_number(options.spool_bytes, value);
  if (name == "--stdin-bytes") return set_number(options.stdin_bytes, value);
  if (name == "--stderr-bytes") return set_number(options.stderr_bytes, value);
  if (name == "--limit-memory") return set_number(options.limits.memory_bytes, value);
  if (name == "--limit-processes") return set_number(options.limits.processes, value);
  if (name == "--limit-cpu-ms") return set_number(options.limits.cpu_ms, value);
  if (name == "--limit-cpus") return set_number(options.limits.cpus_percent, value);
  if (name == "--keep-free") return set_number(options.keep_free_bytes, value);
  if (name == "--open-files") return set_number(options.open_files, value);
  if (name == "--control-group") return !(options.control_group = value).empty();
  if (name == "--alone-ms") return set_time(options.alone, std::chrono::hours(24 * 24), value);
  if (name == "--alone-idle-ms") return set_time(options.alone_idle, std::chrono::hours(24), value);
  return name == "--grace-ms" && set_time(options.grace, std::chrono::hours(1), value);
}

std::string missing(const Options& options) {
  if (!options.sweep.empty()) return {};
  if (options.directory.empty()) return "--directory is missing";
  if (options.agent.empty()) return "no command after --";
  return {};
}

}  // namespace

ParsedOptions parse_options(const std::vector<std::string>& arguments) {
  ParsedOptions parsed;
  auto next = arguments.begin();
  for (; next != arguments.end() && *next != "--"; next += 2) {
    if (next + 1 == arguments.end()) return {{}, *next + " wants a value"};
    if (!set(parsed.options, *next, *(next + 1))) return {{}, "not understood: " + *next + " " + *(next + 1)};
  }
  if (next != arguments.end()) parsed.options.agent.assign(next + 1, arguments.end());
  parsed.error = missing(parsed.options);
  return parsed;
}

}  // namespace coordinator::shim
