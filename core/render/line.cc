// Marks that Discord does not know become those that it does: "+" and "1)", ">" without a blank, tabs.
#include "render/line.h"

#include <algorithm>

#include "base/text.h"
#include "render/fence.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kDeepestQuote = 8, kLongestNumber = 9;
constexpr std::string_view kTab = "    ";

bool digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_blanks(Lead& lead) {
  while (!lead.rest.empty() && (lead.rest[0] == ' ' || lead.rest[0] == '\t')) {
    lead.marks += lead.rest[0] == '\t' ? kTab : " ";
    lead.rest.remove_prefix(1);
  }
  return lead.rest;
}

// ">5" and ">=" compare.
bool take_quote(Lead& lead) {
  std::string_view rest = take_blanks(lead);
  if (lead.item || lead.quotes >= kDeepestQuote || !rest.starts_with('>')) return false;
  char next = rest.size() > 1 ? rest[1] : ' ';
  if (digit(next) || next == '=') return false;
  bool blank = rest.size() > 1 && (next == ' ' || next == '\t');
  lead.marks.erase(lead.marks.find_last_not_of(' ') + 1);
  lead.marks += lead.quotes > 0 ? " > " : "> ";
  ++lead.quotes;
  lead.rest.remove_prefix(blank ? 2 : 1);
  return true;
}

bool take_item(Lead& lead) {
  std::string_view rest = take_blanks(lead);
  std::size_t mark = 0;
  while (mark < rest.size() && mark < kLongestNumber && digit(rest[mark])) ++mark;
  std::string_view ends = mark > 0 ? ".)" : "-*+";
  if (mark >= rest.size() || ends.find(rest[mark]) == std::string_view::npos) return false;
  if (mark + 1 >= rest.size() || (rest[mark + 1] != ' ' && rest[mark + 1] != '\t')) return false;
  lead.marks += rest.substr(0, mark);
  lead.marks += mark > 0 ? "." : rest[0] == '*' ? "*" : "-";
  lead.marks += " ";
  lead.item = true;
  lead.rest.remove_prefix(std::min(rest.find_first_not_of(" \t", mark + 1), rest.size()));
  return true;
}

}  // namespace

Line next_line(std::string_view text) {
  std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {text, {}};
  std::size_t size = end > 0 && text[end - 1] == '\r' ? end - 1 : end;
  return {text.substr(0, size), text.substr(size, end + 1 - size)};
}

std::string Lead::next_line() const {
  std::size_t quote = quotes == 0 ? 0 : marks.rfind('>') + 1;
  return "\n" + marks.substr(0, quote) + std::string(marks.size() - quote, ' ');
}

Lead lead_of(std::string_view line) {
  Lead lead;
  lead.rest = line;
  while (take_quote(lead)) {
  }
  if (is_rule(lead.rest)) return lead;
  for (int depth = 0; depth < 4 && take_item(lead); ++depth) {
  }
  return lead;
}

bool is_rule(std::string_view line) {
  line = text::trimmed(line);
  if (line.empty() || std::string_view("-*_").find(line[0]) == std::string_view::npos) return false;
  std::size_t marks = 0;
  for (char c : line) {
    if (c != line[0] && c != ' ') return false;
    marks += c == line[0];
  }
  return marks >= 3;
}

}  // namespace coordinator::render
