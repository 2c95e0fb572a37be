// Interactions as Discord sends them: read as plugins see them, or refused.
#include "command/interaction.h"
#include "base/json.h"
#include "discord/decode.h"
#include "fuzz.h"

namespace coordinator::fuzz {

void interaction(std::string_view text) {
  auto json = Json::parse(text);
  if (!json) return;
  discord::decode("INTERACTION_CREATE", json->view());
  auto read = command::parse_interaction(json->view());
  if (!read) return require(!read.error().what.empty(), "it was refused without a reason");
  require(static_cast<bool>(read->id) && !read->token.empty(), "an interaction cannot be answered");
}

}  // namespace coordinator::fuzz
