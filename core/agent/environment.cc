#include "agent/environment.h"

#include <algorithm>
#include <array>

#include "shim/protocol.h"

namespace coordinator::agent {

namespace {

// XDG_* : where agents keep their sessions and their login. Not XDG_RUNTIME_DIR and not SSH_AUTH_SOCK: they
// lead to the user's other programs, and are passed by name where a project wants them.
const NameList kCommon = {"PATH",
                          "HOME",
                          "USER",
                          "LOGNAME",
                          "SHELL",
                          "LANG",
                          "LANGUAGE",
                          "LC_*",
                          "TZ",
                          "TMPDIR",
                          "SSL_CERT_*",
                          "HTTP_PROXY",
                          "HTTPS_PROXY",
                          "NO_PROXY",
                          "ALL_PROXY",
                          "http_proxy",
                          "https_proxy",
                          "no_proxy",
                          "all_proxy",
                          "NODE_EXTRA_CA_CERTS",
                          "XDG_CONFIG_HOME",
                          "XDG_DATA_HOME",
                          "XDG_CACHE_HOME",
                          "XDG_STATE_HOME"};

constexpr std::array<std::string_view, 2> kNever = {"DISCORD_TOKEN", "CREDENTIALS_DIRECTORY"};

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

template <class List>
bool listed(const List& list, std::string_view name) {
  return std::ranges::any_of(list, [name](std::string_view pattern) { return matches(pattern, name); });
}

}  // namespace

Environment child_environment(const Environment& own, const NameList& names, const Environment& additions,
                              const AgentSettings& settings, const std::string& turn_id) {
  Environment child;
  for (const auto& [name, value] : own)
    if (listed(kCommon, name) || listed(names, name) || listed(settings.pass_environment, name))
      child[name] = value;
  for (const auto& [name, value] : additions) child[name] = value;
  for (const auto& [name, value] : settings.environment) child[name] = value;
  child["TERM"] = "dumb";
  child[shim::kMarker] = turn_id;
  for (std::string_view name : kNever) child.erase(std::string(name));
  return child;
}

}  // namespace coordinator::agent
