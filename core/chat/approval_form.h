// The message that asks people whether an agent may use a tool, and what becomes of it when that is decided.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "render/file.h"
#include "store/records.h"

namespace coordinator::chat {

struct ApprovalForm {
  std::string content;
  std::string components;  // JSON: rows of buttons and selects; an empty array where there are none
  std::vector<render::File> files = {};
};

// As it is now: with buttons while it is pending, with the verdict afterwards. `input` is the tool's whole
// input, which goes along as a file where it is too long to be shown; empty: no file is wanted.
ApprovalForm form_of(const store::Approval& record, Millis patience, std::string_view input = {});

// The form in which a reason, or an answer in one's own words, is written: a modal's body.
std::string reason_form(const store::Approval& record, const std::string& custom_id);

// A tool's input as people read it, what is hidden in it made visible.
std::string readable_input(std::string_view tool, std::string_view input);

}  // namespace coordinator::chat
