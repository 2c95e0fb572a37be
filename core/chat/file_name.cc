#include "chat/file_name.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>

#include "base/text.h"

namespace coordinator::chat {

namespace {

constexpr std::size_t kLongest = 100;
constexpr std::size_t kLongestEnding = 20;  // a longer one is no ending but a part of the name
constexpr std::string_view kRefused = "\"'`<>|*?:;&$!\\";

// ".png" of "cat.png"; empty where there is none.
std::string_view ending_of(std::string_view name) {
  std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot > kLongestEnding) return {};
  return name.substr(dot);
}

std::string_view stem_of(std::string_view name) {
  return name.substr(0, name.size() - ending_of(name).size());
}

std::string shortened(std::string_view name, std::size_t most) {
  if (name.size() <= most) return std::string(name);
  std::string_view ending = ending_of(name), stem = stem_of(name);
  return std::string(stem.substr(0, text::grapheme_floor(stem, most - ending.size()))) + std::string(ending);
}

std::string without(std::string_view first, std::string_view last, const std::string& name) {
  std::size_t begin = name.find_first_not_of(first);
  if (begin == std::string::npos) return {};
  std::size_t end = name.find_last_not_of(last);
  return end == std::string::npos || end < begin ? std::string() : name.substr(begin, end - begin + 1);
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::string safe_name(std::string_view name) {
  name = name.substr(name.find_last_of("/\\") + 1);
  std::string valid = text::valid_utf8(name), safe;
  for (std::string_view rest = valid; !rest.empty();) {
    text::CodePoint point = text::first(rest);
    bool refused =
        point.value < 128 && kRefused.find(static_cast<char>(point.value)) != std::string_view::npos;
    if (text::white(point.value) && !refused)
      safe += ' ';
    else if (text::visible(point.value))
      safe += refused ? "_" : rest.substr(0, point.size);
    rest.remove_prefix(point.size);
  }
  safe = without(" .-", " .", safe);
  safe = without(" .-", " .", shortened(safe, kLongest));
  return safe.empty() ? "file" : safe;
}

std::string free_name(std::string_view name, const std::vector<std::string>& taken) {
  std::string chosen(name);
  auto is_taken = [&](const std::string& other) { return same(other, chosen); };
  for (int number = 2; std::ranges::any_of(taken, is_taken); ++number)
    chosen = fmt::format("{}-{}{}", stem_of(name), number, ending_of(name));
  return chosen;
}

}  // namespace coordinator::chat
