// A mention's attachments as the text that stands for them in state.db.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/records.h"

namespace coordinator::store {

// A JSON array of objects; empty where there are none.
std::string to_text(const std::vector<Attachment>& attachments);
// What cannot be read of it is left out.
std::vector<Attachment> parse_attachments(std::string_view text);

}  // namespace coordinator::store
