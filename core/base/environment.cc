#include "base/environment.h"

#include <fmt/format.h>
#include <unistd.h>

namespace coordinator {

Environment own_environment() {
  Environment own;
  for (char** entry = environ; entry && *entry; ++entry) {
    std::string_view text(*entry);
    auto equals = text.find('=');
    if (equals != std::string_view::npos) own.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return own;
}

std::vector<std::string> as_strings(const Environment& environment) {
  std::vector<std::string> strings;
  for (const auto& [name, value] : environment) strings.push_back(fmt::format("{}={}", name, value));
  return strings;
}

}  // namespace coordinator
