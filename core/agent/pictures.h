// The pictures of a prompt, as an agent is shown them.
#pragma once

#include <string>
#include <string_view>

#include "agent/spec.h"

namespace coordinator::agent {

// Reads what the spec names; what cannot be read any more stays empty, and the log says why. It blocks.
void read_pictures(TurnSpec& spec);

// https://www.rfc-editor.org/rfc/rfc4648#section-4
std::string base64(std::string_view bytes);

}  // namespace coordinator::agent
