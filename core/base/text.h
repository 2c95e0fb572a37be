// Text as Discord and a terminal measure it: UTF-8 in, code points, grapheme clusters and columns out
// (utf8proc).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coordinator::text {

// One code point and the bytes that it takes. A byte that is not UTF-8 is a code point of its own, `valid`
// false and its value U+FFFD.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;
  bool valid = true;
};

// The code point at the beginning of `text`; its size is 0 where there is none.
CodePoint first(std::string_view text);
// White space by Unicode: what Discord trims around a message.
bool white(char32_t code_point);
// False for white space, control and format characters: nothing that a person could see.
bool visible(char32_t code_point);

// Unicode's general categories L (letters) and N (numbers of any kind).
bool letter(char32_t code_point);
bool number(char32_t code_point);
// Its lower-case variant; itself where it has none.
char32_t lower_case(char32_t code_point);

// The number of code points, as Discord counts its limits. A byte that is not UTF-8 counts as one.
std::size_t code_points(std::string_view text);
// The byte offset just behind the first `count` code points, or text.size().
std::size_t offset_of(std::string_view text, std::size_t count);
// The largest byte offset <= `limit` at which no grapheme cluster (UAX #29) is broken; may be 0.
std::size_t grapheme_floor(std::string_view text, std::size_t limit);
// Whether two neighbours surely belong to one cluster. Of a pair alone: pairs of flags and the like are not
// told apart.
bool joined(char32_t before, char32_t after);
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

// The edit distance (Levenshtein) in bytes, to name the nearest known word in an error.
std::size_t distance(std::string_view a, std::string_view b);

}  // namespace coordinator::text
