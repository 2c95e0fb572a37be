#include "agent/tool_summary.h"

#include <array>
#include <string_view>

#include "base/text.h"

namespace coordinator::agent {

namespace {

constexpr std::size_t kLength = 120;

// The first of these that is there; tools share most of their names.
constexpr std::array<const char*, 10> kKeys = {"command", "file_path", "notebook_path", "path", "pattern",
                                               "url",     "query",     "description",   "plan", "prompt"};

std::string_view matter(JsonView input) {
  for (const char* key : kKeys)
    if (auto text = input[key].text()) return *text;
  for (JsonView member : input)
    if (auto text = member.text()) return *text;
  return {};
}

}  // namespace

std::string tool_summary(JsonView input) {
  auto text = text::trimmed(matter(input));
  return text::ellipsized(text::trimmed(text.substr(0, text.find('\n'))), kLength);
}

}  // namespace coordinator::agent
