// A Markdown table as Discord can show it, which knows none: aligned text in a fence, or a list where that
// would be too wide.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "render/references.h"

namespace coordinator::render {

// True when these two lines begin a table (https://github.github.com/gfm/#tables-extension-).
bool begins_table(std::string_view header, std::string_view delimiters);
// True when the line goes on with a table that has begun.
bool continues_table(std::string_view line);

// `lines` are header, delimiters and rows, without line ends. At most `columns` wide (of a terminal) it is a
// fence, else a list with an item a row. Each line of the result ends with "\n".
std::string table_for_discord(const std::vector<std::string_view>& lines, std::size_t columns,
                              References& references);

}  // namespace coordinator::render
