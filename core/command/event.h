// What the command machines are told of the outside world: how their acts went.
#pragma once

#include <optional>
#include <variant>

#include "base/ids.h"
#include "base/json.h"
#include "discord/request.h"

namespace coordinator::command {

struct Said {
  InteractionId interaction;
  // The message that was made or changed, where Discord's answer names it.
  tl::expected<std::optional<MessageId>, discord::RestError> result;
};
struct Listed {
  tl::expected<Json, discord::RestError> commands;  // an array
};
struct Published {
  tl::expected<Json, discord::RestError> commands;  // all that Discord has now
};

using Event = std::variant<Said, Listed, Published>;

}  // namespace coordinator::command
