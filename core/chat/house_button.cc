#include "chat/house_button.h"

#include <string_view>

namespace coordinator::chat {

namespace {

constexpr std::string_view kRetry = "retry:";

}  // namespace

std::string HouseButton::text() const {
  return CustomId{std::string(CustomId::kHouse), expires, std::string(kRetry) + mention.text()}.text();
}

std::optional<HouseButton> HouseButton::parse(const CustomId& id) {
  std::string_view own = id.own;
  if (id.owner != CustomId::kHouse || !own.starts_with(kRetry)) return std::nullopt;
  auto mention = MessageId::parse(own.substr(kRetry.size()));
  if (!mention) return std::nullopt;
  return HouseButton{What::retry, *mention, id.expires};
}

}  // namespace coordinator::chat
