// One pass from left to right; what begins nothing is copied.
#include "render/inline.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "render/brackets.h"
#include "render/html.h"
#include "render/link.h"

namespace coordinator::render {

namespace {

// How far to look for the end of something, which keeps hostile lines cheap.
constexpr std::size_t kLookAhead = 1000, kNear = 300;
constexpr int kDeepest = 3;
constexpr std::size_t npos = std::string_view::npos;

bool word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

bool number(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == npos; }

bool blank(char c) { return c == ' ' || c == '\t'; }

std::size_t run_of(std::string_view text, char mark) {
  return std::min(text.find_first_not_of(mark), text.size());
}

// What is between "__" is bold in CommonMark and underlined in Discord; in what agents write, such a word is
// a name of Python's.
bool is_name(std::string_view words, char before, char behind) {
  bool in_path = before == '/' || before == '.' || behind == '/' || behind == '(';
  return in_path || words.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == npos;
}

// As code, with marks that nothing in it can close; three of them would be a fence for Discord.
std::string as_code(std::string_view words) {
  if (words.find('`') == npos) return "`" + std::string(words) + "`";
  std::string code(words);
  for (std::size_t at = code.find("``"); at != npos; at = code.find("``", at + 1))
    code.insert(at + 1, "\u200B");
  return "`` " + code + " ``";
}

// "<sup>2</sup>" and "<sub>2</sub>".
std::string raised(std::string_view words, bool down) {
  static constexpr std::array<std::string_view, 10> kUp{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  static constexpr std::array<std::string_view, 10> kDown{"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
  std::string out;
  for (char c : words) {
    if (c < '0' || c > '9') return (down ? "_" : "^") + std::string(words);
    out += (down ? kDown : kUp)[static_cast<std::size_t>(c - '0')];
  }
  return out;
}

// The mark that an element of HTML becomes; nullptr where it has none.
const char* mark_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 14> kMarks{{{"b", "**"},
                                                                                    {"cite", "*"},
                                                                                    {"del", "~~"},
                                                                                    {"dfn", "*"},
                                                                                    {"dt", "**"},
                                                                                    {"em", "*"},
                                                                                    {"i", "*"},
                                                                                    {"ins", "__"},
                                                                                    {"s", "~~"},
                                                                                    {"strike", "~~"},
                                                                                    {"strong", "**"},
                                                                                    {"summary", "**"},
                                                                                    {"u", "__"},
                                                                                    {"mark", "**"}}};
  for (const auto& [element, mark] : kMarks)
    if (element == name) return mark;
  return nullptr;
}

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Elements that stand in lines of their own.
bool is_block(std::string_view name) {
  return one_of(name, {"article", "blockquote", "br",    "center", "dd", "details", "div",     "dl",
                       "dt",      "footer",     "h1",    "h2",     "h3", "h4",      "h5",      "h6",
                       "header",  "hr",         "li",    "nav",    "ol", "p",       "section", "summary",
                       "table",   "tbody",      "tfoot", "thead",  "tr", "ul"});
}

class Writer {
 public:
  Writer(std::string_view text, References& references, const InlineStyle& style, int depth)
      : text_(text), references_(references), style_(style), depth_(depth), brackets_(text) {}

  std::string run() {
    while (at_ < text_.size()) at_ += step();
    return std::move(out_);
  }

 private:
  // Writes what stands here, and returns how many bytes of the text that takes.
  std::size_t step() {
    std::size_t taken = 0;
    switch (text_[at_]) {
      case '\\':
        taken = escape();
        break;
      case '`':
        taken = code();
        break;
      case '!':
        taken = next() == '[' ? bracket(at_ + 1, true) : 0;
        break;
      case '[':
        taken = bracket(at_, false);
        break;
      case '<':
        taken = angle();
        break;
      case '&':
        taken = entity();
        break;
      case '|':
        taken = bars();
        break;
      case '_':
        taken = underscores();
        break;
      case '*':
        taken = style_.plain ? emphasis('*') : stars();
        break;
      case '$':
        taken = formula("$", "$");
        break;
      case 'h':
        taken = url();
        break;
      default:
        taken = control();
    }
    return taken > 0 ? taken : copy(1);
  }

  std::string_view rest(std::size_t from = 0) const {
    return text_.substr(std::min(at_ + from, text_.size()));
  }
  char next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }
  char before() const { return at_ > 0 ? text_[at_ - 1] : '\0'; }
  char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\0'; }

  void write(std::string_view piece) {
    if (break_) piece.remove_prefix(run_of(piece, ' '));
    if (piece.empty()) return;
    if (break_ && !out_.empty() && !out_.ends_with("\n- ") && out_ != "- ") {
      out_.erase(out_.find_last_not_of(' ') + 1);
      out_ += style_.next_line;
    }
    break_ = false;
    out_ += piece;
  }

  std::size_t copy(std::size_t size) {
    size = std::min(size, text_.size() - at_);
    write(text_.substr(at_, size));
    return size;
  }

  // Where `what` comes next, at least `from` and at most `near` bytes ahead; npos where it does not.
  std::size_t ahead(std::string_view what, std::size_t from, std::size_t near = kNear) const {
    std::size_t found = rest().substr(0, near).find(what, from);
    return found == npos ? npos : at_ + found;
  }

  std::size_t escape() {
    if (next() == '\0') return text_.find('\\') == at_ && at_ > 0 ? 1 : 0;  // a hard line break
    if (next() == '(')
      if (std::size_t taken = formula("\\(", "\\)")) return taken;
    if (next() == '[')
      if (std::size_t taken = formula("\\[", "\\]")) return taken;
    if (word_character(next()) || blank(next())) return 0;
    if (!style_.plain) return copy(2);
    write(text_.substr(at_ + 1, 1));
    return 2;
  }

  std::size_t code() {
    std::size_t marks = run_of(rest().substr(0, kLookAhead), '`'), size = code_span(rest());
    bool closed = size > marks;
    if (marks < 3 && !(closed && style_.plain)) return copy(size);
    std::string_view words =
        closed ? text::trimmed(rest(marks).substr(0, size - 2 * marks)) : rest().substr(0, marks);
    if (closed)
      write(style_.plain ? std::string(words) : as_code(words));
    else
      for (char mark : words) write(style_.plain ? std::string(1, mark) : std::string("\\") + mark);
    return size;
  }

  // Formulas read best as they are written, which code does; prices and variables are none.
  std::size_t formula(std::string_view opening, std::string_view closing) {
    if (opening == "$" && next() == '$') opening = closing = "$$";
    std::size_t begin = at_ + opening.size(), end = ahead(closing, opening.size());
    if (end == npos || end == begin || word_character(before())) return 0;
    std::string_view words = text_.substr(begin, end - begin);
    bool dollars = opening[0] == '$';
    if (words.find('`') != npos || (dollars && words.find_first_of("\\^_={") == npos)) return 0;
    if (opening == "$" && (blank(words.front()) || blank(words.back()))) return 0;
    if (dollars && word_character(at(end + closing.size()))) return 0;
    if (!dollars && words.find_first_of("\\^_=+-*/<>") == npos && words.size() > 2) return 0;
    words = text::trimmed(words);
    if (words.empty()) return 0;
    write(style_.plain ? std::string(words) : as_code(words));
    return end + closing.size() - at_;
  }

  std::size_t bracket(std::size_t open, bool image) {
    std::size_t close = brackets_.closing(open);
    if (close == npos) return 0;
    std::string_view words = text_.substr(open + 1, close - open - 1);
    if (Address address = address_at(text_.substr(close + 1)); address.size > 0) {
      if (address.url.empty() && words.empty()) return 0;
      write_link(words, address.url, image);
      return close + 1 + address.size - at_;
    }
    if (text_.substr(close + 1).starts_with('[')) {
      std::size_t end = brackets_.closing(close + 1);
      if (end == npos) return 0;
      std::string_view label = text_.substr(close + 2, end - close - 2);
      if (number(words) && number(label)) return shortcut(words, close + 1 - at_, image);
      std::string url = references_.link(label.empty() ? words : label);
      if (url.empty()) return 0;
      write_link(words, url, image);
      return end + 1 - at_;
    }
    return shortcut(words, close + 1 - at_, image);
  }

  // "[label]" or "[^footnote]" alone.
  std::size_t shortcut(std::string_view words, std::size_t size, bool image) {
    if (words.starts_with('^') && words.size() > 1) {
      if (!references_.footnote(words.substr(1))) return 0;
      write(footnote_mark(words.substr(1)));
      return size;
    }
    if (text::blank(words) || words == "x" || words == "X" || word_character(before())) return 0;
    std::string url = references_.link(words);
    if (url.empty()) return 0;
    write_link(words, url, image);
    return size;
  }

  void write_link(std::string_view words, std::string_view url, bool image) {
    std::string shown = depth_ >= kDeepest ? std::string(words) : words_of(words);
    bool only_words = style_.plain || depth_ > 0;
    if (style_.links && web_address(url) && depth_ == 0)
      style_.links->push_back(shown_link(shown, url, image));
    if (only_words)
      write(shown.empty() ? (image ? "image" : std::string(url)) : shown);
    else
      write(shown_link(shown, url, image));
  }

  std::string words_of(std::string_view words) {
    return Writer(words, references_, {style_.plain, " "}, depth_ + 1).run();
  }

  std::size_t angle() {
    if (rest().starts_with("<!--")) {
      std::size_t end = ahead("-->", 4, kLookAhead);
      return end == npos ? 0 : end + 3 - at_;
    }
    if (rest().starts_with("<http://") || rest().starts_with("<https://")) {
      std::size_t end = ahead(">", 1, 2 * kLookAhead);
      if (end == npos || text_.substr(at_, end - at_).find(' ') != npos) return 0;
      bool bare = style_.plain || depth_ > 0;
      write(text_.substr(at_ + bare, end + 1 - at_ - 2 * bare));
      return end + 1 - at_;
    }
    std::optional<Tag> tag = tag_at(rest());
    return tag ? element(*tag) : 0;
  }

  std::size_t element(const Tag& tag) {
    const std::string& name = tag.name;
    bool parameter =
        name.size() == 1 && tag.size == 3 && word_character(before()) && !closed_ahead(tag, kNear);
    if (parameter) return 0;  // "vector<a>"
    if (is_block(name)) break_ = true;
    if (name == "hr") write("──────────");
    if (name == "hr") break_ = true;
    if (name == "img") write_link(attribute(tag, "alt"), attribute(tag, "src"), true);
    if (tag.closing) return close_element(tag);
    if (name == "li") write("- ");
    if (one_of(name, {"td", "th"}) && !out_.empty() && !break_) write(" · ");
    if (one_of(name, {"code", "kbd", "samp", "tt", "var", "sub", "sup", "a"})) return whole_element(tag);
    if (const char* mark = mark_of(name); mark && closed_ahead(tag, kNear)) open(name, mark);
    if (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' &&
        closed_ahead(tag, kLookAhead))
      open_heading(name);
    return tag.size;
  }

  std::size_t close_element(const Tag& tag) {
    auto found =
        std::find_if(open_.rbegin(), open_.rend(), [&](const auto& each) { return each.first == tag.name; });
    if (found == open_.rend()) return tag.size;
    bool broken = std::exchange(break_, false);  // behind its mark, not before it
    write(found->second);
    break_ = broken;
    open_.erase(std::next(found).base());
    return tag.size;
  }

  void open(const std::string& name, const char* mark) {
    if (style_.plain) return;
    bool again =
        std::any_of(open_.begin(), open_.end(), [&](const auto& each) { return each.second == mark; });
    write(again ? "" : mark);
    open_.emplace_back(name, again ? "" : mark);
  }

  void open_heading(const std::string& name) {
    if (style_.plain || depth_ > 0) return;
    if (name[1] <= '3')
      write(std::string(static_cast<std::size_t>(name[1] - '0'), '#') + " ");
    else
      open(name, "**");  // its end was seen
  }

  std::size_t closed_ahead(const Tag& tag, std::size_t near) const {
    std::size_t found = ahead("</" + tag.name, tag.size, near);
    return found == npos ? 0 : found;
  }

  // An element that is read to its end at once; without an end its tag alone is left out.
  std::size_t whole_element(const Tag& tag) {
    std::size_t end = closed_ahead(tag, kLookAhead);
    if (end == 0) return tag.size;
    std::string_view words = text_.substr(at_ + tag.size, end - at_ - tag.size);
    std::optional<Tag> closing = tag_at(text_.substr(end));
    if (!closing) return tag.size;
    if (tag.name == "a")
      write_anchor(words, attribute(tag, "href"));
    else if (tag.name == "sub" || tag.name == "sup")
      write(raised(without_entities(words), tag.name == "sub"));
    else if (words.empty() || style_.plain)
      write(without_entities(words));
    else
      write(as_code(without_entities(words)));
    return end + closing->size - at_;
  }

  void write_anchor(std::string_view words, const std::string& url) {
    if (url.empty())
      write(words_of(words));
    else
      write_link(words, url, false);
  }

  std::size_t entity() {
    Entity entity = entity_at(rest());
    if (entity.size == 0) return 0;
    if (!style_.plain && is_mark(entity.text, rest(entity.size))) write("\\");
    write(entity.text);
    return entity.size;
  }

  // Whether a character that was written as an entity, to be no mark, would be one for Discord.
  bool is_mark(std::string_view decoded, std::string_view behind) const {
    if (decoded.size() != 1) return false;
    if (decoded == "<")
      return !behind.empty() && (std::string_view("@#:/").find(behind[0]) != npos ||
                                 behind.starts_with("t:") || behind.starts_with("a:"));
    if (out_.empty() && std::string_view(">#-+").find(decoded) != npos) return true;
    return std::string_view("*_~`|\\[]").find(decoded) != npos;
  }

  // "||" hides words in Discord; between blanks it is an operator.
  std::size_t bars() {
    std::size_t bars = run_of(rest(), '|');
    if (style_.plain || bars < 2) return copy(bars);
    std::size_t end = ahead("||", 2);
    bool hides = bars == 2 && end != npos && !blank(next_but(2)) && !blank(at(end - 1)) &&
                 !word_character(before()) && !word_character(at(end + 2));
    if (hides) return copy(end + 2 - at_);
    for (std::size_t i = 0; i < bars; ++i) write("\\|");
    return bars;
  }

  char next_but(std::size_t count) const { return at(at_ + count); }

  std::size_t underscores() {
    if (style_.plain && next() != '_') return emphasis('_');
    if (next() != '_' || next_but(2) == '_' || word_character(before()) || before() == '_') return 0;
    std::size_t end = ahead("__", 2);
    if (end == npos || end == at_ + 2) return 0;
    std::string_view words = text_.substr(at_ + 2, end - at_ - 2);
    char behind = at(end + 2);
    if (blank(words.front()) || blank(words.back()) || word_character(behind) || behind == '_') return 0;
    bool name = is_name(words, before(), behind);
    if (name)
      write(style_.plain ? "__" + std::string(words) + "__" : "\\_\\_" + std::string(words) + "\\_\\_");
    else if (style_.plain)
      write(words_of(words));
    else if (words.find("**") != npos || depth_ >= kDeepest)
      return 0;
    else
      write("**" + Writer(words, references_, style_, depth_ + 1).run() + "**");
    return end + 2 - at_;
  }

  // In paths they stand for names, and Discord would take two such for marks.
  std::size_t stars() {
    std::size_t run = run_of(rest().substr(0, kNear), '*');
    if (run > 2) return copy(run);
    bool& open = stars_open_[run - 1];
    if (!open && is_glob(run)) {
      for (std::size_t i = 0; i < run; ++i) write("\\*");
      return run;
    }
    bool alone = (blank(before()) || before() == '\0') && (blank(next_but(run)) || next_but(run) == '\0');
    if (!alone) open = !open;
    return copy(run);
  }

  // "src/**/*.cc", but not "**/etc/passwd** is".
  bool is_glob(std::size_t run) const {
    if (before() == '/') return true;
    char next = next_but(run);
    if ((next != '/' && next != '.') || word_character(before())) return false;
    std::size_t end = ahead(std::string(run, '*'), run);
    return end == npos || blank(at(end - 1)) || at(end - 1) == '/' || at(end + run) == '*';
  }

  // In a fence marks would be seen: those that emphasize are left out.
  std::size_t emphasis(char mark) {
    std::size_t run = run_of(rest(), mark);
    if (run > 3) return copy(run);
    if (auto open = std::find(emphasis_.begin(), emphasis_.end(), at_); open != emphasis_.end()) return run;
    bool inside_word = word_character(before()) && (mark == '_' || run == 1);
    if (inside_word || blank(next_but(run)) || next_but(run) == '\0') return copy(run);
    std::size_t end = ahead(std::string(run, mark), run);
    if (end == npos || blank(at(end - 1)) || (run == 1 && word_character(at(end + 1)))) return copy(run);
    emphasis_.push_back(end);
    return run;
  }

  // Nothing in an address is a mark.
  std::size_t url() {
    bool web = rest().starts_with("http://") || rest().starts_with("https://");
    if (!web || word_character(before())) return 0;
    std::size_t size = std::min(rest().find_first_of(" \t<>\"`|\\"), rest().size());
    if (style_.plain) size = std::min(size, rest().find("**"));
    return copy(size);
  }

  // Colours for a terminal, and other characters that nobody sees.
  std::size_t control() {
    unsigned char c = static_cast<unsigned char>(text_[at_]);
    if (c >= 0x20 && c != 0x7F) return copy(std::max<std::size_t>(1, plain_run()));
    if (c == '\t') return 0;
    if (c != 0x1B || next() != '[') return 1;
    std::size_t end = rest().substr(0, 30).find_first_not_of("0123456789;?", 2);
    if (end == npos) return 2;
    bool letter = (text_[at_ + end] & 0x80) == 0 && word_character(text_[at_ + end]);
    return end + letter;
  }

  // How many bytes from here on begin nothing.
  std::size_t plain_run() const {
    std::size_t at = at_;
    while (at < text_.size() && (word_character(text_[at]) || text_[at] == ' ') && text_[at] != 'h') ++at;
    return at - at_;
  }

  std::string_view text_;
  References& references_;
  InlineStyle style_;
  int depth_;
  Brackets brackets_;
  std::size_t at_ = 0;
  std::string out_;
  bool break_ = false;                                     // a line ends before what is written next
  std::vector<std::pair<std::string, std::string>> open_;  // HTML's elements and their marks
  std::array<bool, 2> stars_open_{};                       // "*" and "**"
  std::vector<std::size_t> emphasis_;                      // where marks that were left out are closed
};

}  // namespace

std::string inline_text(std::string_view line, References& references, const InlineStyle& style) {
  return Writer(line, references, style, 0).run();
}

std::size_t code_span(std::string_view text) {
  text = text.substr(0, kLookAhead);
  std::size_t marks = run_of(text, '`');
  for (std::size_t at = text.find('`', marks); at != npos;) {
    std::size_t end = std::min(text.find_first_not_of('`', at), text.size());
    if (end - at == marks) return end;
    at = text.find('`', end);
  }
  return marks;
}

std::string_view without_unfinished(std::string_view line) {
  std::string_view tail = line.substr(line.size() - std::min(line.size(), kLookAhead));
  std::size_t base = line.size() - tail.size();
  for (std::size_t at = 0; at < tail.size();) {
    if (tail[at] == '`') {
      std::size_t size = code_span(tail.substr(at));
      at += size;
      continue;
    }
    bool tag = tail[at] == '<' && (at + 1 == tail.size() || tail[at + 1] == '/' || tail[at + 1] == '!' ||
                                   word_character(tail[at + 1]));
    if (tag && tail.find('>', at) == npos) return line.substr(0, base + at);
    if (tail[at] == '[') {
      std::size_t close = tail.find(']', at);
      bool open = close == npos || close + 1 == tail.size() ||
                  (tail[close + 1] == '(' && tail.find(')', close) == npos);
      if (open) return line.substr(0, base + at);
    }
    ++at;
  }
  return line;
}

}  // namespace coordinator::render
