// Discord's limits on what a body may hold, and the form in which it gives it back. Mistakes go into `errors`
// at their paths; what is returned counts only when there are none.
// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
// https://discord.com/developers/docs/components/reference
#pragma once

#include <string_view>

#include "base/json.h"
#include "reply.h"

namespace coordinator::playground {

// The length that Discord counts: code points, without the white space around.
std::size_t length(std::string_view text);

// Checks `object[key]`: absent or null is fine unless `least` > 0; else it must be a string of `least` to
// `most` code points.
void check_text(JsonView object, const char* key, std::size_t least, std::size_t most, std::string_view path,
                FormErrors& errors);

Json checked_embeds(JsonView embeds, FormErrors& errors);

enum class Surface { message, modal };
// `v2`: the message carries IS_COMPONENTS_V2.
Json checked_components(JsonView components, Surface surface, bool v2, FormErrors& errors);

// One application command, as it comes in; the paths start with `path`.
void check_command(JsonView command, const std::string& path, FormErrors& errors);

}  // namespace coordinator::playground
