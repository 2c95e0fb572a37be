// What is said to a mention: its messages, and the same without files, for where Discord takes none.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "render/answer.h"

namespace coordinator::chat {

struct Answer {
  std::vector<render::Message> messages;
  std::vector<std::string> plain;  // the same without files; of no account where there are none
};

// One without files.
Answer plain_answer(std::vector<std::string> contents);

bool has_files(const Answer& answer);

// What takes the place of message `at`, which has files, and of all behind it, where Discord does not take
// those; what is before it has been said. The first files give way to the plain answer; where some have got
// through already, to the words around them and a sentence that says what is missing; not where more than 20
// messages are left, which none of the usual answers has. Each fits into a message.
std::vector<std::string> instead_of(const Answer& answer, std::size_t at);

}  // namespace coordinator::chat
