// What agents write (CommonMark with tables) as what Discord shows: the same words, other marks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coordinator::render {

struct MarkdownOptions {
  std::size_t table_columns = 72;  // a wider table becomes a list
};

// Tables become aligned text or lists; headings deeper than three bold lines; rules a line; images and links
// without an http(s) address text; task lists boxes. Fences of tildes or of more than three marks become
// those that Discord knows; a ``` inside one is broken by an invisible U+200B so that it does not end it.
// Nothing in a fence or in inline code changes otherwise. Takes time in proportion to the text.
std::string for_discord(std::string_view markdown, const MarkdownOptions& options = {});

}  // namespace coordinator::render
