// The lines of an input.
#pragma once

#include <string_view>

namespace coordinator::fuzz {

template <class Line>
void each_line(std::string_view text, Line line) {
  while (!text.empty()) {
    auto end = text.find('\n');
    line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace coordinator::fuzz
