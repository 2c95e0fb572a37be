#include "app/paths.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coordinator::app {

namespace {

bool is_directory(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool exists(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0;
}

// The XDG rules: what is not absolute is to be ignored.
// https://specifications.freedesktop.org/basedir-spec/latest/
std::optional<std::string> base_directory(const Environment& environment, std::string_view name,
                                          std::string_view below_home) {
  auto set = variable(environment, name);
  if (set && set->starts_with('/')) return set;
  auto home = variable(environment, "HOME");
  if (!home) return std::nullopt;
  return fmt::format("{}/{}", *home, below_home);
}

}  // namespace

std::optional<std::string> variable(const Environment& environment, std::string_view name) {
  auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Result<std::string> resolved(std::string_view path, std::string_view base, const Environment& environment) {
  if (path.empty()) return fail("it is empty");
  if (path.starts_with('/')) return std::string(path);
  if (!path.starts_with('~')) return fmt::format("{}/{}", base, path);
  if (path.size() > 1 && path[1] != '/') return fail("only ~/ is understood, for the daemon's own home");
  auto home = variable(environment, "HOME");
  if (!home) return fail("HOME is not set, so ~ means nothing: write the whole path");
  return *home + std::string(path.substr(1));
}

Result<std::string> state_directory(const Environment& environment) {
  if (auto given = variable(environment, "STATE_DIRECTORY")) return given->substr(0, given->find(':'));
  auto base = base_directory(environment, "XDG_STATE_HOME", ".local/state");
  if (!base) return fail("nowhere to keep the state: set STATE_DIRECTORY, XDG_STATE_HOME or HOME");
  return *base + "/coordinator";
}

std::vector<std::string> config_places(const Environment& environment) {
  std::vector<std::string> places;
  if (auto base = base_directory(environment, "XDG_CONFIG_HOME", ".config"))
    places.push_back(*base + "/coordinator/coordinator.toml");
  places.push_back("/etc/coordinator/coordinator.toml");
  return places;
}

Result<std::string> config_file(const Environment& environment, const std::optional<std::string>& given) {
  if (given) {
    if (exists(*given)) return *given;
    return fail("there is no configuration file {}", *given);
  }
  auto places = config_places(environment);
  for (const std::string& place : places)
    if (exists(place)) return place;
  return fail(
      "there is no configuration file at {}: write one (coordinator.example.toml shows how), or name one "
      "with --config",
      fmt::join(places, " or "));
}

Result<std::string> shim_program(const std::string& beside) {
  std::string near = beside + "/coordinator-shim",
              installed = beside + "/../libexec/coordinator/coordinator-shim";
  for (const std::string& place : {near, installed})
    if (::access(place.c_str(), X_OK) == 0 && !is_directory(place)) return place;
  return fail("coordinator-shim is neither {} nor {}: install it there", near, installed);
}

std::string plugin_directory(const std::string& beside) {
  std::string near = beside + "/plugins";
  return is_directory(near) ? near : beside + "/../lib/coordinator/plugins";
}

}  // namespace coordinator::app
