#include "script.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace demo {

namespace {

constexpr std::array<std::string_view, 24> kVerbs = {
    "abandon", "big",     "code",      "crash",     "deaf",       "env",      "fail", "grandchild",
    "hang",    "history", "long-line", "malformed", "permission", "retry",    "say",  "sleep",
    "stderr",  "stream",  "tool",      "flood",     "plan",       "question", "give", "read"};

bool starts_word(std::string_view prompt, std::size_t at) {
  return at == 0 || std::isspace(static_cast<unsigned char>(prompt[at - 1]));
}

std::string_view verb_at(std::string_view prompt, std::size_t at) {
  if (prompt[at] != '!' || !starts_word(prompt, at)) return {};
  auto end = prompt.find_first_of(" \t\r\n", at);
  auto word = prompt.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
  return std::ranges::find(kVerbs, word) == kVerbs.end() ? std::string_view() : word;
}

}  // namespace

std::vector<Step> script_of(std::string_view prompt) {
  std::vector<Step> steps;
  bool in_step = false;
  for (std::size_t at = 0; at < prompt.size(); ++at) {
    if (auto verb = verb_at(prompt, at); !verb.empty()) {
      steps.push_back({std::string(verb), {}});
      in_step = true;
      at += verb.size();
    } else if (prompt[at] == '\n') {
      in_step = false;
    } else if (in_step) {
      steps.back().argument += prompt[at];
    }
  }
  for (auto& step : steps) step.argument = coordinator::text::trimmed(step.argument);
  return steps;
}

}  // namespace demo
