// What a person asks of a project, checked and turned into an edit of the configuration: pure.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "app/config_edit.h"
#include "chat/access.h"
#include "command/services.h"

namespace coordinator::app {

// Checks what can be told without looking at the machine: names, addresses, who is meant by `allow` (several
// may be given, with blanks or commas between). Of an addition without `allow`, `by` is allowed. The model
// "default" is the agent's own. The directory of an addition with a repository is left out.
tl::expected<ProjectEdit, command::Refusal> edit_for_addition(const chat::Person& by,
                                                              const command::ProjectChange& change);
tl::expected<ProjectEdit, command::Refusal> edit_for_change(const command::ProjectChange& change);

tl::unexpected<command::Refusal> refusal(int result, std::string words);

// "model, channel": what the edit names.
std::string edited_keys(const ProjectEdit& edit);

}  // namespace coordinator::app
