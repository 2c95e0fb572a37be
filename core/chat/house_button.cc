#include "chat/house_button.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace coordinator::chat {

namespace {

struct Word {
  HouseButton::What what;
  std::string_view prefix;
};
constexpr std::array<Word, 2> kWords = {
    {{HouseButton::What::retry, "retry:"}, {HouseButton::What::stop, "stop:"}}};

}  // namespace

std::string HouseButton::text() const {
  const Word* word = std::ranges::find(kWords, what, &Word::what);
  return CustomId{std::string(CustomId::kHouse), expires, std::string(word->prefix) + mention.text()}.text();
}

std::optional<HouseButton> HouseButton::parse(const CustomId& id) {
  if (id.owner != CustomId::kHouse) return std::nullopt;
  for (const Word& word : kWords) {
    if (!id.own.starts_with(word.prefix)) continue;
    auto mention = MessageId::parse(std::string_view(id.own).substr(word.prefix.size()));
    if (mention) return HouseButton{word.what, *mention, id.expires};
  }
  return std::nullopt;
}

}  // namespace coordinator::chat
