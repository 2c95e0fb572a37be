// One pass over the lines; what is in a fence is told from what is outside by the same reader as the
// splitter's.
#include "render/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "render/code_block.h"
#include "render/fence.h"
#include "render/html.h"
#include "render/inline.h"
#include "render/line.h"
#include "render/references.h"
#include "render/table.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kLongestFormula = 4000, kLongestTitle = 60;

std::string without_bold(std::string_view title) {
  std::string out(title);
  if (out.find('`') != std::string::npos) return out;
  for (std::size_t at = out.find("**"); at != std::string::npos; at = out.find("**", at)) out.erase(at, 2);
  return out;
}

// Bold in a bold title would end it.
std::string bold(std::string_view title) {
  std::string words = without_bold(title);
  return words.find("**") == std::string::npos ? "**" + words + "**" : words;
}

// A heading's level, 0 for any other line, and its title.
std::pair<std::size_t, std::string_view> heading_of(std::string_view line) {
  std::size_t level = std::min(line.find_first_not_of('#'), line.size());
  if (level < 1 || level > 6 || level == line.size() || line[level] != ' ') return {};
  line = text::trimmed(line.substr(level));
  std::size_t closing = line.find_last_not_of('#');
  if (closing == kNone) return {};
  if (closing + 1 < line.size() && line[closing] == ' ') line = text::trimmed(line.substr(0, closing));
  return {level, line};
}

bool only(std::string_view line, char mark) {
  return line.size() >= 3 && line.find_first_not_of(mark) == kNone;
}

// So far only marks: what they will mean is still open.
bool only_marks(std::string_view line) {
  return line.find_first_not_of("`~#-*_=|:>+ \t<[]!.0123456789\\$") == kNone;
}

class Rewriter {
 public:
  Rewriter(std::string_view markdown, const MarkdownOptions& options)
      : source_(markdown), rest_(markdown), options_(options), references_(whole_lines()) {}

  Rewritten run() {
    while (!rest_.empty() && out_.text.size() < options_.enough) {
      take();
      bool stays = !grows_ || rest_.find('\n') != kNone;  // a half line may become one of the table before it
      frozen_ = frozen_ || (grows_ && references_.missed());
      if (stays && !frozen_) out_.settled = out_.text.size();
    }
    out_.read = source_.size() - rest_.size();
    return std::move(out_);
  }

 private:
  void take() {
    Line line = next_line(rest_);
    bool unfinished = in_line_ && line.end.empty();
    if (unfinished && only_marks(line.text)) return skip(line.size());
    FenceReader fences;
    if (fences.read(line.text) == FenceReader::Line::opens) return take_code(*fences.open());
    Lead lead = lead_of(line.text);
    if (lead.rest.empty()) return take_blank(line, lead);
    if (!in_list_ && lead.quotes == 0 && is_alone() && is_indented(line.text)) return take_indented();
    in_list_ = lead.item || (in_list_ && lead.marks.starts_with(' '));
    if (take_table(line, lead) || take_title(line, lead) || take_definition(line) || take_comment(lead) ||
        take_pre(lead) || take_formula(line, lead))
      return;
    take_words(line, lead, unfinished);
  }

  // What is defined in a line that is still written is not known yet.
  std::string_view whole_lines() const {
    return options_.end == End::none ? source_.substr(0, source_.rfind('\n') + 1) : source_;
  }

  void skip(std::size_t size) { rest_.remove_prefix(size); }
  std::string_view behind(const Line& line) const { return rest_.substr(line.size()); }
  // More text could finish what begins here: nothing from here on stays.
  void freeze() { frozen_ = frozen_ || grows_; }

  // What is left out leaves no pile of blank lines.
  void take_blank(const Line& line, const Lead& lead) {
    std::string own = text::trimmed(lead.marks).empty() ? std::string() : text_end(lead.marks);
    bool again = own.empty() && is_alone();
    if (!again) out_.text.append(own).append(line.end);
    skip(line.size());
  }

  static std::string text_end(std::string marks) {
    marks.erase(marks.find_last_not_of(' ') + 1);
    return marks.ends_with('>') ? marks + " " : marks;
  }

  bool is_alone() const {
    const std::string& text = out_.text;
    return text.empty() || text.ends_with("\n\n") || text.ends_with("\n\r\n");
  }

  static bool is_indented(std::string_view line) {
    return line.starts_with("    ") || line.starts_with('\t');
  }

  // CommonMark's other way to write code, which Discord does not know.
  void take_indented() {
    std::string code, blanks;
    while (!rest_.empty()) {
      Line line = next_line(rest_);
      bool blank = text::blank(line.text);
      if (!blank && !is_indented(line.text)) break;
      if (!blank)
        code.append(std::exchange(blanks, {})).append(line.text.substr(line.text[0] == '\t' ? 1 : 4));
      (blank ? blanks : code).append("\n");
      skip(line.size());
    }
    out_.text.append(fenced("", code)).append(blanks.empty() ? "" : "\n");
  }

  void take_words(const Line& line, const Lead& lead, bool unfinished) {
    std::string_view rest = unfinished ? without_unfinished(lead.rest) : lead.rest;
    std::string words = words_of(lead, rest);
    bool nothing = text::blank(words);
    if (!nothing) out_.text.append(lead.marks).append(words).append(line.end);
    if (nothing && lead.item) out_.text.append(text_end(lead.marks)).append(line.end);
    skip(line.size());
  }

  std::string words_of(const Lead& lead, std::string_view rest) {
    if (!lead.item && is_rule(rest)) return std::string(kRule);
    std::string next = lead.next_line();
    InlineStyle style{false, next};
    if (auto [level, title] = heading_of(rest); level > 0) {
      style.next_line = " ";
      std::string words = inline_text(title, references_, style);
      return level > 3 ? bold(words) : std::string(level, '#') + " " + without_bold(words);
    }
    std::string box = lead.item ? box_of(rest) : "";
    if (!box.empty()) rest.remove_prefix(4);
    std::string words = box + inline_text(rest, references_, style);
    words.erase(words.find_last_not_of(" \t\r") + 1);
    return words;
  }

  // "[x] done".
  static std::string box_of(std::string_view rest) {
    if (rest.starts_with("[ ] ")) return "☐ ";
    return rest.starts_with("[x] ") || rest.starts_with("[X] ") ? "☑ " : "";
  }

  // A title that is underlined by "===" or "---".
  bool take_title(const Line& line, const Lead& lead) {
    Line under = next_line(behind(line));
    std::string_view marks = text::trimmed(under.text);
    bool plain = !lead.item && lead.quotes == 0 && lead.rest.size() <= kLongestTitle && !is_rule(lead.rest);
    if (!plain || !is_alone() || (!only(marks, '=') && !only(marks, '-'))) return false;
    if ((in_line_ && under.end.empty()) || lead.rest[0] == '#' || lead.rest[0] == '<') return false;
    out_.text += std::string(marks[0] == '=' ? "# " : "## ") +
                 without_bold(inline_text(text::trimmed(lead.rest), references_, {false, " "}));
    out_.text += under.end;
    skip(line.size() + under.size());
    return true;
  }

  // Those of links say nothing by themselves; those of footnotes are small print.
  bool take_definition(const Line& line) {
    bool unfinished = in_line_ && line.end.empty();
    if (unfinished && line.text.starts_with('[') && line.text.find("]:") != kNone) {
      skip(line.size());  // its address or its words go on
      return true;
    }
    std::optional<Definition> found = definition(line.text);
    if (!found) return false;
    if (found->footnote)
      out_.text.append("-# ")
          .append(footnote_mark(found->label))
          .append(" ")
          .append(inline_text(found->value, references_, {false, " "}))
          .append(line.end);
    skip(line.size());
    return true;
  }

  bool take_comment(const Lead& lead) {
    if (!lead.rest.starts_with("<!--") || no_comment_end_) return false;
    std::size_t begin = static_cast<std::size_t>(lead.rest.data() - rest_.data());
    std::size_t end = rest_.find("-->", begin + 4);
    if (end == kNone) {
      freeze();
      no_comment_end_ = true;
      if (in_line_) skip(rest_.size());
      return in_line_;
    }
    end += 3;
    Line line = next_line(rest_.substr(end));
    skip(end + (text::blank(line.text) ? line.size() : 0));
    return true;
  }

  bool take_table(const Line& header, const Lead& lead) {
    Line line = next_line(behind(header));
    if (lead.item || line.text.empty() || (in_line_ && line.end.empty())) return false;
    Lead delimiters = lead_of(line.text);
    if (delimiters.quotes != lead.quotes || !begins_table(lead.rest, delimiters.rest)) return false;
    std::vector<std::string_view> lines{lead.rest};
    std::string_view after = behind(header);
    for (; !after.empty(); after.remove_prefix(line.size())) {
      line = next_line(after);
      Lead row = lead_of(line.text);
      if (row.quotes != lead.quotes || !continues_table(row.rest)) break;
      if (!in_line_ || !line.end.empty()) lines.push_back(row.rest);
    }
    write_quoted(table_for_discord(lines, options_.table_columns, references_), lead.quotes);
    rest_ = after;
    return true;
  }

  void write_quoted(std::string_view text, std::size_t quotes) {
    for (; !text.empty(); text.remove_prefix(next_line(text).size()))
      out_.text.append(quote_marks(quotes)).append(next_line(text).text).append("\n");
  }

  // "<pre>" is HTML's fence.
  bool take_pre(const Lead& lead) {
    std::optional<Tag> tag = tag_at(lead.rest);
    if (!tag || tag->name != "pre" || tag->closing || no_pre_end_) return false;
    std::size_t begin = static_cast<std::size_t>(lead.rest.data() - rest_.data()) + tag->size;
    std::size_t end = rest_.find("</pre>", begin);
    if (end == kNone) {
      freeze();
      no_pre_end_ = true;
      return false;
    }
    std::string_view body = rest_.substr(begin, end - begin);
    std::optional<Tag> code = tag_at(body);
    if (code && code->name == "code" && !code->closing) body.remove_prefix(code->size);
    if (body.starts_with('\n')) body.remove_prefix(1);
    if (body.ends_with("</code>")) body.remove_suffix(7);
    out_.text += fenced(attribute(*tag, "lang"), without_entities(body));
    std::size_t after = end + 6;
    Line last = next_line(rest_.substr(after));
    skip(after + (text::blank(last.text) ? last.size() : 0));
    return true;
  }

  // A formula in lines of its own, between "$$" or "\[" and "\]".
  bool take_formula(const Line& line, const Lead& lead) {
    std::string_view mark = text::trimmed(lead.rest);
    if (mark != "$$" && mark != "\\[") return false;
    std::string_view closing = mark == "$$" ? "$$" : "\\]", after = behind(line);
    std::string body;
    while (!after.empty() && body.size() < kLongestFormula) {
      Line next = next_line(after);
      after.remove_prefix(next.size());
      if (text::trimmed(next.text) == closing) {
        write_quoted(fenced("tex", body), lead.quotes);
        rest_ = after;
        return true;
      }
      body.append(text::trimmed(lead_of_quotes(next.text))).append("\n");
    }
    if (after.empty()) freeze();
    return false;
  }

  static std::string_view lead_of_quotes(std::string_view line) {
    std::size_t begin = line.find_first_not_of("> \t");
    return begin == kNone ? std::string_view() : line.substr(begin);
  }

  void take_code(const Fence& fence) {
    CodeBlock block = code_block_at(rest_, fence);
    if (!block.closed) freeze();
    bool open = !block.closed && in_line_;
    if (open) drop_half_mark(block);
    std::string words = write_code(block, open);
    if (!words.empty())
      out_.text.append(words).append(block.end.empty() && rest_.size() == block.size ? "" : "\n");
    skip(block.size);
  }

  // A last line of marks may be about to end the block.
  static void drop_half_mark(CodeBlock& block) {
    std::size_t begin = block.body.rfind('\n') + 1;
    std::string_view last = block.body.substr(begin);
    if (last.find_first_not_of("`~> \t") == kNone) block.body = block.body.substr(0, begin);
  }

  std::string write_code(const CodeBlock& block, bool open) {
    std::string quotes = "\n" + quote_marks(block.fence.quotes);
    if (options_.long_code == 0) return shown(block);
    if (open && has_more(block)) return preview(block) + quotes + "-# … " + more(block) + " so far";
    if (open || block.body.size() <= options_.long_code || !has_more(block)) return shown(block);
    if (text::code_points(block.body) <= options_.long_code) return shown(block);
    std::string words = preview(block) + quotes + "-# … " + more(block) + ": ";
    words += file_of(block);
    if (!out_.files.empty())
      out_.files.back().at = std::max(out_.files.back().at, out_.text.size() + words.size());
    return words;
  }

  // Makes the block's file, and says where to find it.
  std::string file_of(const CodeBlock& block) {
    if (out_.files.size() >= kCodeFiles || code_bytes_ >= options_.code_bytes) {
      out_.needs_whole = true;
      return "see " + std::string(kWholeName);
    }
    std::string code = block.code();
    std::size_t room = options_.code_bytes - code_bytes_;
    File file{code_name(block.fence.language, out_.files.size() + 1), capped(code, room), {}};
    code_bytes_ += file.content.size();
    auto lines = static_cast<std::size_t>(std::count(code.begin(), code.end(), '\n'));
    file.caption =
        fmt::format("{}{} line{} of code", block.fence.language + (block.fence.language.empty() ? "" : ", "),
                    grouped(lines), lines == 1 ? "" : "s");
    std::string where = (code.size() > room ? "the beginning is in " : "the whole is in ") + file.name;
    out_.files.push_back({std::move(file), 0});
    return where;
  }

  std::string_view source_, rest_;
  MarkdownOptions options_;
  References references_;
  Rewritten out_;
  std::size_t code_bytes_ = 0;
  bool grows_ = options_.end != End::text;    // what is not finished does not stay
  bool in_line_ = options_.end == End::none;  // and is held back
  bool in_list_ = false;                      // lines that are indented belong to an item
  bool frozen_ = false, no_comment_end_ = false, no_pre_end_ = false;
};

}  // namespace

Rewritten rewrite(std::string_view markdown, const MarkdownOptions& options) {
  return Rewriter(markdown, options).run();
}

std::string for_discord(std::string_view markdown, const MarkdownOptions& options) {
  return rewrite(markdown, options).text;
}

}  // namespace coordinator::render
