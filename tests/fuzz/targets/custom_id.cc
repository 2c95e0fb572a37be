// Custom ids: what one is read as makes a text that is read as the same.
#include "chat/custom_id.h"
#include "fuzz.h"

namespace coordinator::fuzz {

void custom_id(std::string_view text) {
  auto id = chat::CustomId::parse(text);
  if (!id) return;
  auto again = chat::CustomId::parse(id->text());
  require(again && again->owner == id->owner && again->own == id->own && again->expires == id->expires,
          "a custom_id does not come back");
}

}  // namespace coordinator::fuzz
