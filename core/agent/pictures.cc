#include "agent/pictures.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "agent/project_place.h"
#include "base/log.h"

namespace coordinator::agent {

namespace {

constexpr std::size_t kMost = 4u << 20;  // bytes of one; those that are longer were not named

Result<std::string> read(const std::string& project, const std::vector<std::string>& path) {
  auto place = find_place(project, {path.begin(), path.end() - 1});
  if (!place) return tl::unexpected(place.error());
  if (!*place) return fail("it is not there any more");
  return (*place)->read(path.back(), kMost);
}

}  // namespace

void read_pictures(TurnSpec& spec) {
  for (Picture& picture : spec.pictures) {
    auto bytes = read(spec.directory, picture.path);
    if (bytes)
      picture.bytes = std::move(*bytes);
    else
      log::warning("agent", "turn {}: the picture {} is not shown to the agent: {}", spec.turn_id,
                   picture.path.back(), bytes.error().what);
  }
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 3; ++i)
      word = word << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    std::size_t there = bytes.size() - at < 3 ? bytes.size() - at : 3;
    for (std::size_t i = 0; i < 4; ++i) text += i <= there ? kDigits[word >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

}  // namespace coordinator::agent
