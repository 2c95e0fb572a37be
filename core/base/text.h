// Text as Discord and a terminal measure it: UTF-8 in, code points, grapheme clusters and columns out
// (utf8proc).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coordinator::text {

// The number of code points, as Discord counts its limits. A byte that is not UTF-8 counts as one.
std::size_t code_points(std::string_view text);
// The byte offset just behind the first `count` code points, or text.size().
std::size_t offset_of(std::string_view text, std::size_t count);
// The largest byte offset <= `limit` at which no grapheme cluster (UAX #29) is broken; may be 0.
std::size_t grapheme_floor(std::string_view text, std::size_t limit);
// Columns on a terminal: 2 for wide and emoji clusters, 0 for marks.
std::size_t columns(std::string_view text);
// Well-formed UTF-8: every byte that is not part of it becomes U+FFFD; NUL too.
std::string valid_utf8(std::string_view bytes);
// At most `count` code points, the last of them "…" when something was left out; graphemes stay whole.
std::string ellipsized(std::string_view text, std::size_t count);
// Without blanks, tabs and line ends around it.
std::string_view trimmed(std::string_view text);
// True when nothing that a person could see is in it (white space and format characters only).
bool blank(std::string_view text);

// The edit distance (Levenshtein), to name the nearest known word in an error.
std::size_t distance(std::string_view a, std::string_view b);

}  // namespace coordinator::text
