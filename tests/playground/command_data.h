// The `data` of a command's interaction: the person's options by name, in the form that the command declares.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "world.h"

namespace coordinator::playground {

// The error says which option is missing or unknown. `focused` names the one being written (autocomplete):
// then nothing has to be there yet.
Result<Json> command_data(World& world, JsonView command, const Channel& channel, JsonView options,
                          std::string_view target, const std::optional<std::string>& focused);

}  // namespace coordinator::playground
