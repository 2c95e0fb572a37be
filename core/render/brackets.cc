// One pass with a stack, so that a line of nothing but brackets costs no more than another.
#include "render/brackets.h"

#include <algorithm>

#include "base/text.h"
#include "render/inline.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kLongestAddress = 2000, kDeepest = 16;

}  // namespace

std::size_t Brackets::closing(std::size_t at) {
  if (closing_.empty()) read();
  return closing_[at] == 0 ? std::string_view::npos : closing_[at];
}

void Brackets::read() {
  closing_.assign(text_.size(), 0);
  std::vector<std::uint32_t> open;
  for (std::size_t at = 0; at < text_.size();) {
    char c = text_[at];
    if (c == '[') open.push_back(static_cast<std::uint32_t>(at));
    if (c == ']' && !open.empty()) {
      closing_[open.back()] = static_cast<std::uint32_t>(at);
      open.pop_back();
    }
    at += c == '`' ? code_span(text_.substr(at)) : c == '\\' ? 2 : 1;
  }
}

Address address_at(std::string_view text) {
  text = text.substr(0, kLongestAddress);
  if (!text.starts_with('(')) return {};
  std::size_t depth = 0, at = 0;
  bool pointed = text.size() > 1 && text[1] == '<';
  if (pointed) at = std::min(text.find('>'), text.size());
  for (char quote = 0; at < text.size(); ++at) {
    char c = text[at];
    if (quote != 0)
      quote = c == quote ? 0 : quote;
    else if ((c == '"' || c == '\'') && text[at - 1] == ' ')
      quote = c;
    else if (c == '(' && ++depth > kDeepest)
      return {};
    else if (c == ')' && (pointed || --depth == 0))
      break;
  }
  if (at >= text.size()) return {};
  std::string_view url = text::trimmed(text.substr(1, at - 1));
  if (pointed) return {url.substr(1, url.find('>') - 1), at + 1};
  return {url.substr(0, url.find_first_of(" \t")), at + 1};
}

}  // namespace coordinator::render
