#include "app/config_text.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace coordinator::app {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

Result<ConfigText> ConfigText::read(std::string_view text) {
  auto root = parse_tree(text, "");
  if (!root) {
    const ConfigProblem& problem = root.error().front();
    return fail("line {}: {}", problem.line, problem.what);
  }
  return ConfigText(text, std::move(*root));
}

ConfigText::ConfigText(std::string_view text, ConfigNode root) : text_(text), root_(std::move(root)) {
  lines_.push_back(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  for (std::size_t at; (at = text.find('\n', lines_.back())) != std::string_view::npos;)
    lines_.push_back(at + 1);
  if (lines_.back() != text.size()) lines_.push_back(text.size());
  if (line(1).ends_with("\r\n")) line_end_ = "\r\n";
  in_value_.resize(lines_.size() + 1);
  mark_values(root_);
}

// What begins a line inside a value of several lines is no header, whatever it looks like.
void ConfigText::mark_values(const ConfigNode& node) {
  if (!node.table() || node.inline_table)
    for (int line = node.line + 1; line <= node.end_line && line <= line_count(); ++line)
      in_value_[static_cast<std::size_t>(line)] = true;
  if (node.table())
    for (const auto& member : *node.table()) mark_values(member.node);
  if (auto* list = std::get_if<ConfigNode::List>(&node.value); list && !list->empty())
    for (const ConfigNode& element : *list)
      if (element.inline_table || !element.table()) mark_values(element);
}

std::size_t ConfigText::offset(int line, int column) const {
  std::size_t begin = begin_of_line(line);
  return begin + text::offset_of(text_.substr(begin), static_cast<std::size_t>(std::max(column, 1) - 1));
}

std::size_t ConfigText::begin_of_line(int number) const {
  auto index = static_cast<std::size_t>(std::max(number, 1) - 1);
  return index < lines_.size() ? lines_[index] : text_.size();
}

std::string_view ConfigText::line(int number) const {
  std::size_t begin = begin_of_line(number);
  return text_.substr(begin, begin_of_line(number + 1) - begin);
}

bool ConfigText::blank(int number) const { return text::trimmed(line(number)).empty(); }

bool ConfigText::comment(int number) const { return text::trimmed(line(number)).starts_with('#'); }

std::string_view ConfigText::indentation(int number) const {
  std::string_view whole = line(number);
  return whole.substr(0, std::min(whole.find_first_not_of(" \t"), whole.size()));
}

int ConfigText::next_header(int number) const {
  int next = number + 1;
  while (next <= line_count() &&
         (in_value_[static_cast<std::size_t>(next)] || !text::trimmed(line(next)).starts_with('[')))
    ++next;
  return next;
}

void ConfigText::replace(std::size_t begin, std::size_t end, std::string with) {
  changes_.push_back({begin, end, std::move(with)});
}

std::string ConfigText::changed() const {
  auto changes = changes_;
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.begin < b.begin; });
  std::string out;
  std::size_t done = 0;
  for (const Change& change : changes) {
    if (change.begin > done) out += text_.substr(done, change.begin - done);
    out += change.with;
    done = std::max(done, change.end);
  }
  return out += text_.substr(done);
}

}  // namespace coordinator::app
