#include "app/config_problem.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace coordinator::app {

std::string ConfigProblem::text() const {
  std::string out = file;
  if (line > 0) out += fmt::format(":{}:{}", line, column);
  out += kind == Kind::warning ? ": warning: " : ": ";
  if (!key.empty()) out += key + ": ";
  out += what;
  // One line, and nothing that a terminal would obey: values are shown as they stand in the file.
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  std::replace_if(out.begin(), out.end(), is_control, '?');
  return out;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  if (word.size() > 100) return best;
  for (std::string_view candidate : known) {
    std::size_t distance = text::distance(word, candidate);
    if (distance < least && distance < candidate.size()) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace coordinator::app
