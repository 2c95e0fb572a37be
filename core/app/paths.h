// Where things are: the state, the configuration, and what was installed beside the daemon.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/environment.h"
#include "base/result.h"

namespace coordinator::app {

// Absent also when it is set to nothing.
std::optional<std::string> variable(const Environment& environment, std::string_view name);

// "~" and "~/x" by HOME; what is not absolute, below `base`. An error where HOME is asked for and not set, or
// "~name".
Result<std::string> resolved(std::string_view path, std::string_view base, const Environment& environment);

// $STATE_DIRECTORY (systemd; the first of several), else $XDG_STATE_HOME/coordinator, else
// ~/.local/state/coordinator. It need not exist.
Result<std::string> state_directory(const Environment& environment);

// The first that exists of: what --config gave (only that, when it did),
// $XDG_CONFIG_HOME/coordinator/coordinator.toml
// (~/.config where that is not set), /etc/coordinator/coordinator.toml. The error names every place that was
// looked at.
Result<std::string> config_file(const Environment& environment, const std::optional<std::string>& given);
std::vector<std::string> config_places(const Environment& environment);

// coordinator-shim beside the daemon (a build directory, or all in bin), or in ../libexec/coordinator.
Result<std::string> shim_program(const std::string& beside);

// The plugins of a build directory (plugins beside the daemon), or of an installation
// (../lib/coordinator/plugins). It need not exist.
std::string plugin_directory(const std::string& beside);

}  // namespace coordinator::app
