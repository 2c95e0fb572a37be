// What stands in a line of Markdown, as Discord shows it: links, images, HTML, entities, footnotes' marks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "render/references.h"

namespace coordinator::render {

// A thematic break, which Discord has none for.
inline constexpr std::string_view kRule = "──────────";

struct InlineStyle {
  bool plain = false;                 // for a fence: words without marks
  std::string_view next_line = "\n";  // what <br> and the ends of HTML's blocks become
  std::vector<std::string>* links =
      nullptr;  // those of a fence, which shows only their words, are added here
};

// Takes time in proportion to the line. Code keeps its words; what HTML alone said may leave nothing.
std::string inline_text(std::string_view line, References& references, const InlineStyle& style = {});

// The size of the inline code at the beginning of the text; of its backticks alone where nothing closes it.
std::size_t code_span(std::string_view text);
// Without what is not finished at its end, a link or a comment: for a line that is still being written.
std::string_view without_unfinished(std::string_view line);

}  // namespace coordinator::render
