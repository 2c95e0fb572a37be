// One pass over the lines; what is in a fence is told from what is outside by the same reader as the
// splitter's.
#include "render/markdown.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "render/fence.h"
#include "render/table.h"

namespace coordinator::render {

namespace {

constexpr std::string_view kRule = "──────────";
// How far to look for the end of a link or of inline code, which keeps hostile lines cheap.
constexpr std::size_t kLookAhead = 2000;
constexpr std::string_view kBrokenMark = "``\xE2\x80\x8B`";

// The line and its own line end.
struct Line {
  std::string_view text, end;
};

Line next_line(std::string_view rest) {
  std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return {rest, {}};
  std::size_t text = end > 0 && rest[end - 1] == '\r' ? end - 1 : end;
  return {rest.substr(0, text), rest.substr(text, end + 1 - text)};
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// "- - -", "***", "___": at least three of one mark, and nothing else.
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

// The title of a heading of level 4 to 6; empty for any other line.
std::string_view deep_heading(std::string_view line) {
  line = text::trimmed(line);
  std::size_t level = std::min(line.find_first_not_of('#'), line.size());
  if (level < 4 || level > 6 || level == line.size() || line[level] != ' ') return {};
  line = text::trimmed(line.substr(level));
  std::size_t closing = line.find_last_not_of('#');
  if (closing == std::string_view::npos) return {};
  return closing + 1 < line.size() && line[closing] == ' ' ? text::trimmed(line.substr(0, closing)) : line;
}

std::string bold(std::string_view title) {
  if (title.find("**") != std::string_view::npos) return std::string(title);
  return "**" + std::string(title) + "**";
}

bool web_address(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

// A link or image as it is written: "[words](address)".
struct Link {
  std::string_view words, address;
  std::size_t size = 0;  // 0: there is none here
};

Link link_at(std::string_view text) {
  text = text.substr(0, kLookAhead);
  std::size_t middle = text.find(']');
  if (middle == std::string_view::npos || middle + 1 >= text.size() || text[middle + 1] != '(') return {};
  std::string_view words = text.substr(1, middle - 1);
  std::size_t end = text.find(')', middle);
  if (words.find('[') != std::string_view::npos || end == std::string_view::npos) return {};
  std::string_view address = text.substr(middle + 2, end - middle - 2);
  return {words, address.substr(0, address.find(' ')), end + 1};
}

// Discord makes links of web addresses only, and no images.
std::string shown_link(const Link& link, bool image) {
  std::string words(link.words.empty() && image ? "image" : link.words);
  if (web_address(link.address)) return "[" + words + "](" + std::string(link.address) + ")";
  bool same = words.find(link.address) != std::string::npos || link.address.empty();
  return same ? words : words + " (" + std::string(link.address) + ")";
}

// Copies inline code as it is, and returns its size; a run of backticks that nothing closes is text.
std::size_t code_span(std::string_view text) {
  text = text.substr(0, kLookAhead);
  std::size_t marks = std::min(text.find_first_not_of('`'), text.size());
  for (std::size_t at = text.find('`', marks); at != std::string_view::npos;) {
    std::size_t end = std::min(text.find_first_not_of('`', at), text.size());
    if (end - at == marks) return end;
    at = text.find('`', end);
  }
  return marks;
}

std::string with_shown_links(std::string_view line) {
  if (line.find("](") == std::string_view::npos) return std::string(line);
  std::string out;
  while (!line.empty()) {
    std::size_t taken = 1;
    bool image = line.starts_with("![");
    Link link = image || line[0] == '[' ? link_at(line.substr(image ? 1 : 0)) : Link{};
    bool changes = link.size > 0 && (image || !web_address(link.address));
    if (line[0] == '`') taken = code_span(line);
    if (line[0] == '\\' && line.size() > 1) taken = 2;
    out += changes ? shown_link(link, image) : std::string(line.substr(0, taken));
    line.remove_prefix(changes ? link.size + (image ? 1 : 0) : taken);
  }
  return out;
}

// "- [x] done" as "- ☑ done".
std::string with_boxes(std::string line) {
  std::size_t item = indent_of(line);
  if (line.size() < item + 6 || std::string_view("-*+").find(line[item]) == std::string_view::npos)
    return line;
  std::string_view box = std::string_view(line).substr(item + 1, 5);
  if (box == " [ ] ") return line.replace(item + 1, 5, " ☐ ");
  if (box == " [x] " || box == " [X] ") return line.replace(item + 1, 5, " ☑ ");
  return line;
}

std::string outside_line(std::string_view line) {
  if (is_rule(line)) return std::string(kRule);
  if (std::string_view title = deep_heading(line); !title.empty()) return bold(title);
  return with_boxes(with_shown_links(line));
}

// The line of a fence itself, with the mark that Discord knows and a plain language.
std::string mark_line(std::string_view line, const Fence& fence, bool opens) {
  std::size_t mark = line.find(std::string(fence.length, fence.mark));
  return std::string(line.substr(0, mark)) + "```" + (opens ? fence.language : "");
}

std::string inside_line(std::string_view line) {
  std::string out(line);
  for (std::size_t at = out.find("```"); at != std::string::npos;
       at = out.find("```", at + kBrokenMark.size()))
    out.replace(at, 3, kBrokenMark);
  return out;
}

class Rewriter {
 public:
  Rewriter(std::string_view rest, const MarkdownOptions& options) : rest_(rest), options_(options) {}

  std::string run() {
    while (!rest_.empty())
      if (fences_.open() || !take_table()) take_line();
    return std::move(out_);
  }

 private:
  void take_line() {
    Line line = next_line(rest_);
    std::optional<Fence> before = fences_.open();
    switch (fences_.read(line.text)) {
      case FenceReader::Line::opens:
        out_ += mark_line(line.text, *fences_.open(), true);
        break;
      case FenceReader::Line::closes:
        out_ += mark_line(line.text, *before, false);
        break;
      case FenceReader::Line::inside:
        out_ += inside_line(line.text);
        break;
      case FenceReader::Line::outside:
        out_ += outside_line(line.text);
        break;
    }
    out_ += line.end;
    rest_.remove_prefix(line.text.size() + line.end.size());
  }

  bool take_table() {
    Line header = next_line(rest_);
    std::string_view after = rest_.substr(header.text.size() + header.end.size());
    if (!begins_table(header.text, next_line(after).text)) return false;
    std::vector<std::string_view> lines{header.text};
    for (Line line = next_line(after); !after.empty() && continues_table(line.text);
         line = next_line(after)) {
      lines.push_back(line.text);
      after.remove_prefix(line.text.size() + line.end.size());
    }
    if (lines.size() < 2) return false;
    out_ += table_for_discord(lines, options_.table_columns);
    rest_ = after;
    return true;
  }

  std::string_view rest_;
  MarkdownOptions options_;
  FenceReader fences_;
  std::string out_;
};

}  // namespace

std::string for_discord(std::string_view markdown, const MarkdownOptions& options) {
  return Rewriter(markdown, options).run();
}

}  // namespace coordinator::render
