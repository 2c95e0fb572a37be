// The process's environment as a value, so that tests bring their own and children get a chosen part of it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace coordinator {

using Environment = std::map<std::string, std::string, std::less<>>;

// The process's own.
Environment own_environment();

std::vector<std::string> as_strings(const Environment& environment);  // NAME=VALUE

}  // namespace coordinator
