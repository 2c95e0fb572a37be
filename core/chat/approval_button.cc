#include "chat/approval_button.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

namespace coordinator::chat {

namespace {

constexpr std::string_view kPrefix = "ask:";
constexpr std::array<std::string_view, 6> kWords = {"allow", "session", "deny", "why", "choose", "other"};

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t colon = 0; colon != std::string_view::npos; text.remove_prefix(colon + 1)) {
    colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) break;
  }
  return parts;
}

std::optional<int> number(std::string_view digits) {
  int value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string ApprovalButton::text() const {
  std::string own = fmt::format("{}{}:{}:{}:{}:{}", kPrefix, kWords[static_cast<std::size_t>(what)],
                                mention.value, chunk, question, option);
  return CustomId{std::string(CustomId::kHouse), expires, own}.text();
}

std::optional<ApprovalButton> ApprovalButton::parse(const CustomId& id) {
  if (id.owner != CustomId::kHouse || !id.own.starts_with(kPrefix)) return std::nullopt;
  auto parts = parts_of(std::string_view(id.own).substr(kPrefix.size()));
  if (parts.size() != 5) return std::nullopt;
  auto word = std::ranges::find(kWords, parts[0]);
  auto mention = MessageId::parse(parts[1]);
  auto chunk = number(parts[2]), question = number(parts[3]), option = number(parts[4]);
  if (word == kWords.end() || !mention || !chunk || !question || !option) return std::nullopt;
  return ApprovalButton{
      static_cast<What>(word - kWords.begin()), *mention, *chunk, *question, *option, id.expires};
}

}  // namespace coordinator::chat
