// One pass over the lines; only those that begin with a bracket cost more than a look.
#include "render/references.h"

#include <algorithm>

#include "base/text.h"
#include "render/fence.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kLongestLabel = 200, kMostDefinitions = 2000, kLongestAddress = 2000;
constexpr std::size_t kReadable = 1 << 20;  // bytes; what defines further on is not looked for

bool digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// As labels are compared: without regard to case and to how much white space stands in them.
std::string key_of(std::string_view label) {
  std::string key;
  for (char c : text::trimmed(label)) {
    bool blank = c == ' ' || c == '\t';
    if (blank && key.ends_with(' ')) continue;
    key += blank ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
}

bool looks_like_address(std::string_view value) {
  return value.starts_with('#') || value.starts_with("mailto:") ||
         value.find_first_of("/.") < value.size() - 1;  // not the full stop of a word
}

// Behind an address only a title may stand.
bool is_title(std::string_view rest) {
  rest = text::trimmed(rest);
  return rest.empty() ||
         (rest.size() >= 2 && std::string_view("\"'(").find(rest[0]) != std::string_view::npos &&
          rest.back() == (rest[0] == '(' ? ')' : rest[0]));
}

}  // namespace

std::optional<Definition> definition(std::string_view line) {
  std::size_t begin = line.find_first_not_of(' ');
  if (begin > 3 || begin >= line.size() || line[begin] != '[') return std::nullopt;
  std::size_t end = line.find(']', begin);
  if (end == std::string_view::npos || end - begin > kLongestLabel || end - begin < 2) return std::nullopt;
  if (end + 1 >= line.size() || line[end + 1] != ':') return std::nullopt;
  Definition found{line.substr(begin + 1, end - begin - 1), text::trimmed(line.substr(end + 2)), false};
  if (found.label.starts_with('^') && found.label.size() > 1) {
    found.label.remove_prefix(1);
    found.footnote = true;
    return found;
  }
  if (found.label.starts_with('^') || found.value.size() > kLongestAddress) return std::nullopt;
  std::size_t blank = std::min(found.value.find_first_of(" \t"), found.value.size());
  if (!is_title(found.value.substr(blank))) return std::nullopt;
  found.value = found.value.substr(0, blank);
  if (found.value.starts_with('<') && found.value.ends_with('>'))
    found.value = found.value.substr(1, found.value.size() - 2);
  if (found.value.empty() || !looks_like_address(found.value)) return std::nullopt;
  return found;
}

References::References(std::string_view markdown) {
  markdown = markdown.substr(0, kReadable);
  if (markdown.find("]:") == std::string_view::npos) return;  // nearly always
  FenceReader fences;
  while (!markdown.empty() && links_.size() + footnotes_.size() < kMostDefinitions) {
    std::size_t end = std::min(markdown.find('\n'), markdown.size());
    std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (fences.read(line) != FenceReader::Line::outside) continue;
    std::optional<Definition> found = definition(line);
    if (found && found->footnote) footnotes_.emplace(key_of(found->label), true);
    if (found && !found->footnote) links_.emplace(key_of(found->label), found->value);
  }
}

std::string References::link(std::string_view label) {
  if (label.size() > kLongestLabel) return {};
  auto found = links_.find(key_of(label));
  if (found != links_.end()) return found->second;
  missed_ = true;
  return {};
}

bool References::footnote(std::string_view label) {
  if (label.size() > kLongestLabel) return false;
  bool found = footnotes_.contains(key_of(label));
  if (!found) missed_ = true;
  return found;
}

std::string footnote_mark(std::string_view label) {
  if (!digits(label)) return "[" + std::string(label) + "]";
  std::string mark;
  for (char c : label) mark += kRaised[static_cast<std::size_t>(c - '0')];
  return mark;
}

}  // namespace coordinator::render
