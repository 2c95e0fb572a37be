// Measures of text: an ASCII path that costs a comparison a byte, and utf8proc's tables for everything else.
#include "base/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace coordinator::text {

namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kEmojiPresentation = 0xFE0F;
constexpr std::string_view kBlanks = " \t\r\n";

bool ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

bool continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// How many bytes at the beginning are ASCII, at most `limit`.
std::size_t ascii_run(std::string_view text, std::size_t limit) {
  std::size_t end = std::min(limit, text.size()), at = 0;
  while (at < end && ascii(text[at])) ++at;
  return at;
}

// Two ASCII characters are never one cluster, but for a line end of CR and LF.
bool plain_boundary(char before, char after) {
  return ascii(before) && ascii(after) && !(before == '\r' && after == '\n');
}

bool regional_indicator(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }

// Calls `each(begin, end)` for every cluster until it answers false.
template <class Each>
void clusters(std::string_view text, Each each) {
  std::size_t begin = 0, at = 0;
  utf8proc_int32_t state = 0;
  for (CodePoint last = first(text); last.size > 0;) {
    at += last.size;
    CodePoint next = first(text.substr(at));
    if (next.size == 0 ||
        utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(last.value),
                                         static_cast<utf8proc_int32_t>(next.value), &state)) {
      if (!each(begin, at)) return;
      begin = at;
    }
    last = next;
  }
}

std::size_t cluster_columns(std::string_view cluster) {
  std::size_t width = 0, indicators = 0;
  for (CodePoint c = first(cluster); c.size > 0; cluster.remove_prefix(c.size), c = first(cluster)) {
    if (c.value == kEmojiPresentation || (regional_indicator(c.value) && ++indicators == 2)) return 2;
    int own = utf8proc_charwidth(static_cast<utf8proc_int32_t>(c.value));
    width = std::max(width, static_cast<std::size_t>(std::max(own, 0)));
  }
  return width;
}

}  // namespace

CodePoint first(std::string_view text) {
  if (text.empty()) return {};
  if (ascii(text[0])) return {static_cast<char32_t>(text[0]), 1, true};
  utf8proc_int32_t value = -1;
  auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                               static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4)), &value);
  if (size <= 0 || value < 0) return {kReplacement, 1, false};
  return {static_cast<char32_t>(value), static_cast<std::size_t>(size), true};
}

// The property White_Space, which is so small and so stable that a table would only be slower
// (https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt).
bool white(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool visible(char32_t c) {
  if (c < 0x80) return c > ' ' && c != 0x7F;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
      return false;
    default:
      return true;
  }
}

bool letter(char32_t c) {
  auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool number(char32_t c) {
  auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

char32_t lower_case(char32_t c) {
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    std::size_t run = ascii_run(text, text.size());
    count += run;
    text.remove_prefix(run);
    if (text.empty()) break;
    text.remove_prefix(first(text).size);
    ++count;
  }
  return count;
}

std::size_t offset_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (count > 0 && at < text.size()) {
    std::size_t run = ascii_run(text.substr(at), count);
    at += run;
    count -= run;
    if (count == 0 || at >= text.size()) break;
    at += first(text.substr(at)).size;
    --count;
  }
  return at;
}

std::size_t grapheme_floor(std::string_view text, std::size_t limit) {
  if (limit >= text.size()) return text.size();
  if (limit == 0 || plain_boundary(text[limit - 1], text[limit])) return limit;
  std::size_t end = limit, floor = 0;
  while (end < text.size() && end < limit + 3 && continuation(text[end])) ++end;
  if (end == limit) end += first(text.substr(limit)).size;
  clusters(text.substr(0, end), [&](std::size_t, std::size_t boundary) {
    if (boundary <= limit) floor = boundary;
    return boundary < limit;
  });
  return floor;
}

bool joined(char32_t before, char32_t after) {
  return !utf8proc_grapheme_break(static_cast<utf8proc_int32_t>(before),
                                  static_cast<utf8proc_int32_t>(after));
}

std::size_t columns(std::string_view text) {
  std::size_t width = 0;
  clusters(text, [&](std::size_t begin, std::size_t end) {
    width += cluster_columns(text.substr(begin, end - begin));
    return true;
  });
  return width;
}

std::string valid_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    std::size_t run = 0;
    while (run < bytes.size() && ascii(bytes[run]) && bytes[run] != 0) ++run;
    out += bytes.substr(0, run);
    bytes.remove_prefix(run);
    if (bytes.empty()) break;
    CodePoint c = first(bytes);
    if (c.valid && c.value != 0)
      out += bytes.substr(0, c.size);
    else
      out += "\xEF\xBF\xBD";
    bytes.remove_prefix(c.size);
  }
  return out;
}

std::string ellipsized(std::string_view text, std::size_t count) {
  std::size_t all = offset_of(text, count);
  if (all == text.size()) return std::string(text);
  if (count == 0) return {};
  std::size_t kept = grapheme_floor(text, offset_of(text, count - 1));
  return std::string(text.substr(0, kept)) + "…";
}

std::string_view trimmed(std::string_view text) {
  std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool blank(std::string_view text) {
  while (!text.empty()) {
    CodePoint c = first(text);
    if (visible(c.value)) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

// Wagner and Fischer's table, one row at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace coordinator::text
