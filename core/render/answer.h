// An agent's answer as the messages that should exist: its blocks joined, made to read well, split and
// capped.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/event.h"

namespace coordinator::render {

struct AnswerOptions {
  std::size_t messages = 20;  // the most that one answer may take; at least 1
  std::size_t limit = 2000;   // code points in one message; at least 200, so that the closing sentence fits
  bool for_discord = true;    // tables, deep headings and the like are rewritten first (markdown.h)
};

// The contents of the messages, in order; none where the blocks have nothing visible in them. When the answer
// takes more messages than it may, the last one ends with how much was left out and what to do about it.
std::vector<std::string> answer(const std::vector<agent::Text>& blocks, const AnswerOptions& options = {});

}  // namespace coordinator::render
