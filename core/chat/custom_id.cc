#include "chat/custom_id.h"

#include <array>
#include <charconv>

namespace coordinator::chat {

namespace {

constexpr int kBase = 36;

}  // namespace

std::string CustomId::text() const {
  std::array<char, 16> digits;
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(expires.time_since_epoch()).count();
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), seconds, kBase);
  return owner + ":" + std::string(digits.data(), end.ptr) + ":" + own;
}

std::optional<CustomId> CustomId::parse(std::string_view text) {
  std::size_t first = text.find(':');
  if (first == std::string_view::npos || first == 0) return std::nullopt;
  std::size_t second = text.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  std::string_view digits = text.substr(first + 1, second - first - 1);
  std::uint64_t seconds = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds, kBase);
  bool whole = error == std::errc() && end == digits.data() + digits.size() && digits.size() <= 8;
  if (!whole) return std::nullopt;
  return CustomId{std::string(text.substr(0, first)), WallTime(std::chrono::seconds(seconds)),
                  std::string(text.substr(second + 1))};
}

}  // namespace coordinator::chat
