#include "app/config_list.h"

#include <fmt/format.h>

#include "base/text.h"

namespace coordinator::app {

namespace {

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

bool ends_line(std::string_view text, std::size_t at) {
  return at >= text.size() || text[at] == '\n' || text.substr(at, 2) == "\r\n";
}

bool begins_line(const ConfigText& text, const ConfigNode& node) {
  return text.begin_of(node) == text.begin_of_line(node.line) + text.indentation(node.line).size();
}

void take(ConfigText& text, const ConfigNode& element, std::size_t begin, std::size_t end) {
  bool whole_line =
      begin == text.begin_of(element) && begins_line(text, element) && ends_line(text.text(), end);
  if (whole_line)
    text.remove_lines(element.line, element.end_line);
  else
    text.replace(begin, end, "");
}

}  // namespace

void add_element(ConfigText& text, const ConfigNode& node, const std::string& element) {
  const auto& list = std::get<ConfigNode::List>(node.value);
  if (list.empty()) return text.replace(text.begin_of(node) + 1, text.begin_of(node) + 1, element);
  const ConfigNode& last = list.back();
  std::size_t end = text.end_of(last), next = skip_blanks(text.text(), end);
  bool comma = text.text().substr(next, 1) == ",";
  if (comma) next = skip_blanks(text.text(), next + 1);
  bool alone = ends_line(text.text(), next) || text.text().substr(next, 1) == "#";
  if (!alone || !begins_line(text, last)) return text.replace(end, end, ", " + element);
  if (!comma) text.replace(end, end, ",");
  std::size_t at = text.begin_of_line(last.end_line + 1);
  text.replace(
      at, at,
      fmt::format("{}{}{}{}", text.indentation(last.line), element, comma ? "," : "", text.line_end()));
}

bool remove_element(ConfigText& text, const ConfigNode::List& list, std::size_t index) {
  const ConfigNode& element = list[index];
  std::size_t begin = text.begin_of(element), end = text.end_of(element);
  std::size_t next = skip_blanks(text.text(), end);
  if (text.text().substr(next, 1) == ",")
    return take(text, element, begin, skip_blanks(text.text(), next + 1)), true;
  if (index + 1 < list.size()) return false;
  if (index > 0) {  // the comma before it goes, where nothing else stands between
    std::size_t before = text.end_of(list[index - 1]);
    if (text::trimmed(text.text().substr(before, begin - before)) == "," &&
        text.text().substr(before, begin - before).find('\n') == std::string_view::npos)
      begin = before;
  }
  return take(text, element, begin, end), true;
}

}  // namespace coordinator::app
