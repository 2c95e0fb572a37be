#include "command/command_name.h"

#include <fmt/format.h>

#include "base/text.h"
#include "discord/limits.h"

namespace coordinator::command {

namespace {

using discord::limits::kCommandName;

bool within(char32_t c, char32_t low, char32_t high) { return c >= low && c <= high; }

// The scripts of which Discord takes the marks too; they are no letters, but no word is written without them.
// https://www.unicode.org/Public/UCD/latest/ucd/Scripts.txt
bool devanagari(char32_t c) {
  return within(c, 0x0900, 0x0950) || within(c, 0x0955, 0x0963) || within(c, 0x0966, 0x097F) ||
         within(c, 0xA8E0, 0xA8FF) || within(c, 0x11B00, 0x11B09);
}
bool thai(char32_t c) { return within(c, 0x0E01, 0x0E3A) || within(c, 0x0E40, 0x0E5B); }

bool takes(char32_t c) {
  return c == '-' || c == '_' || c == '\'' || text::letter(c) || text::number(c) || devanagari(c) || thai(c);
}

}  // namespace

std::string wrong_in_command_name(std::string_view name) {
  std::size_t length = text::code_points(name);
  if (length == 0) return "is empty; Discord takes 1 to 32 characters";
  if (length > kCommandName) return fmt::format("has {} characters; Discord takes 1 to 32", length);
  for (auto c = text::first(name); c.size > 0; name.remove_prefix(c.size), c = text::first(name)) {
    if (!c.valid || !takes(c.value))
      return fmt::format("may hold letters, digits, -, _ and ' only, not \"{}\"",
                         text::valid_utf8(name.substr(0, c.size)));
    if (text::lower_case(c.value) != c.value)
      return fmt::format("must be in lower case, which \"{}\" is not", name.substr(0, c.size));
  }
  return {};
}

}  // namespace coordinator::command
