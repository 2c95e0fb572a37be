// The configuration's file: read, and replaced whole, as the file that it is to others.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace coordinator::app {

inline constexpr std::size_t kLongestConfig = 1u << 20;

// Where it is, links followed: what has to be replaced.
Result<std::string> config_target(const std::string& file);

// An error where replace_config() could not work: its directory may not be written to.
Status config_writable(const std::string& file);

// In one step, so that there is always a whole file. It keeps its mode, and its owner and group where this
// process may give them; where it may not, the group loses its rights, since it is another one.
Status replace_config(const std::string& file, std::string_view content);

}  // namespace coordinator::app
