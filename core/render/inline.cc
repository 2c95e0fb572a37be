// One pass from left to right; what begins nothing is copied.
#include "render/inline.h"

#include <algorithm>

#include "base/text.h"
#include "render/inline_writer.h"
#include "render/link.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kLookAhead = 1000;  // for the end of code, which keeps hostile lines cheap

bool number(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == kNone; }

}  // namespace

std::string InlineWriter::run() {
  while (at_ < text_.size()) at_ += step();
  return std::move(out_);
}

std::size_t InlineWriter::step() {
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

void InlineWriter::write(std::string_view piece) {
  if (break_) piece.remove_prefix(run_of(piece, ' '));
  if (piece.empty()) return;
  if (break_ && !out_.empty() && !out_.ends_with("\n- ") && out_ != "- ") {
    out_.erase(out_.find_last_not_of(' ') + 1);
    out_ += style_.next_line;
  }
  break_ = false;
  out_ += piece;
}

std::size_t InlineWriter::copy(std::size_t size) {
  size = std::min(size, text_.size() - at_);
  write(text_.substr(at_, size));
  return size;
}

std::size_t InlineWriter::ahead(std::string_view what, std::size_t from, std::size_t near) const {
  std::size_t found = rest().substr(0, near).find(what, from);
  return found == kNone ? kNone : at_ + found;
}

std::size_t InlineWriter::escape() {
  if (next() == '\0') return text_.find('\\') == at_ && at_ > 0 ? 1 : 0;  // a hard line break
  if (next() == '(')
    if (std::size_t taken = formula("\\(", "\\)")) return taken;
  if (next() == '[')
    if (std::size_t taken = formula("\\[", "\\]")) return taken;
  if (word_character(next()) || is_blank(next())) return 0;
  if (!style_.plain) return copy(2);
  write(text_.substr(at_ + 1, 1));
  return 2;
}

std::size_t InlineWriter::code() {
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

std::size_t InlineWriter::formula(std::string_view opening, std::string_view closing) {
  if (opening == "$" && next() == '$') opening = closing = "$$";
  std::size_t begin = at_ + opening.size(), end = ahead(closing, opening.size());
  if (end == kNone || end == begin || word_character(before())) return 0;
  std::string_view words = text_.substr(begin, end - begin);
  bool dollars = opening[0] == '$';
  if (words.find('`') != kNone || (dollars && words.find_first_of("\\^_={") == kNone)) return 0;
  if (opening == "$" && (is_blank(words.front()) || is_blank(words.back()))) return 0;
  if (dollars && word_character(at(end + closing.size()))) return 0;
  if (!dollars && words.find_first_of("\\^_=+-*/<>") == kNone && words.size() > 2) return 0;
  words = text::trimmed(words);
  if (words.empty()) return 0;
  write(style_.plain ? std::string(words) : as_code(words));
  return end + closing.size() - at_;
}

std::size_t InlineWriter::bracket(std::size_t open, bool image) {
  std::size_t close = brackets_.closing(open);
  if (close == kNone) return 0;
  std::string_view words = text_.substr(open + 1, close - open - 1);
  if (Address address = address_at(text_.substr(close + 1)); address.size > 0) {
    if (address.url.empty() && words.empty()) return 0;
    write_link(words, address.url, image);
    return close + 1 + address.size - at_;
  }
  if (text_.substr(close + 1).starts_with('[')) {
    std::size_t end = brackets_.closing(close + 1);
    if (end == kNone) return 0;
    std::string_view label = text_.substr(close + 2, end - close - 2);
    if (number(words) && number(label)) return shortcut(words, close + 1 - at_, image);
    std::string url = references_.link(label.empty() ? words : label);
    if (url.empty()) return 0;
    write_link(words, url, image);
    return end + 1 - at_;
  }
  return shortcut(words, close + 1 - at_, image);
}

std::size_t InlineWriter::shortcut(std::string_view words, std::size_t size, bool image) {
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

void InlineWriter::write_link(std::string_view words, std::string_view url, bool image) {
  std::string shown = depth_ >= kDeepest ? std::string(words) : words_of(words);
  bool only_words = style_.plain || depth_ > 0;
  if (style_.links && web_address(url) && depth_ == 0) style_.links->push_back(shown_link(shown, url, image));
  if (only_words)
    write(shown.empty() ? (image ? "image" : std::string(url)) : shown);
  else
    write(shown_link(shown, url, image));
}

std::string InlineWriter::words_of(std::string_view words) {
  return InlineWriter(words, references_, {style_.plain, " "}, depth_ + 1).run();
}

std::size_t InlineWriter::angle() {
  if (rest().starts_with("<!--")) {
    std::size_t end =
        first_in_line() ? ahead("-->", 4, kLookAhead) : kNone;  // in a sentence it is talked about
    return end == kNone ? 0 : end + 3 - at_;
  }
  if (rest().starts_with("<http://") || rest().starts_with("<https://")) {
    std::size_t end = ahead(">", 1, 2 * kLookAhead);
    if (end == kNone || text_.substr(at_, end - at_).find(' ') != kNone) return 0;
    bool bare = style_.plain || depth_ > 0;
    write(text_.substr(at_ + bare, end + 1 - at_ - 2 * bare));
    return end + 1 - at_;
  }
  std::optional<Tag> tag = tag_at(rest());
  return tag ? element(*tag) : 0;
}

std::size_t InlineWriter::entity() {
  Entity entity = entity_at(rest());
  if (entity.size == 0) return 0;
  if (!style_.plain && is_mark(entity.text, rest(entity.size))) write("\\");
  write(entity.text);
  return entity.size;
}

bool InlineWriter::is_mark(std::string_view decoded, std::string_view behind) const {
  if (decoded.size() != 1) return false;
  if (decoded == "<")
    return !behind.empty() && (std::string_view("@#:/").find(behind[0]) != kNone ||
                               behind.starts_with("t:") || behind.starts_with("a:"));
  if (out_.empty() && std::string_view(">#-+").find(decoded) != kNone) return true;
  return std::string_view("*_~`|\\[]").find(decoded) != kNone;
}

std::size_t InlineWriter::url() {
  bool web = rest().starts_with("http://") || rest().starts_with("https://");
  if (!web || word_character(before())) return 0;
  std::size_t size = std::min(rest().find_first_of(" \t<>\"`|\\"), rest().size());
  if (style_.plain) size = std::min(size, rest().find("**"));
  return copy(size);
}

std::size_t InlineWriter::control() {
  unsigned char c = static_cast<unsigned char>(text_[at_]);
  if (c >= 0x20 && c != 0x7F) return copy(std::max<std::size_t>(1, plain_run()));
  if (c == '\t') return 0;
  if (c != 0x1B || next() != '[') return 1;
  std::size_t end = rest().substr(0, 30).find_first_not_of("0123456789;?", 2);
  if (end == kNone) return 2;
  bool letter = (text_[at_ + end] & 0x80) == 0 && word_character(text_[at_ + end]);
  return end + letter;
}

std::size_t InlineWriter::plain_run() const {
  std::size_t at = at_;
  while (at < text_.size() && (word_character(text_[at]) || text_[at] == ' ') && text_[at] != 'h') ++at;
  return at - at_;
}

bool word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::size_t run_of(std::string_view text, char mark) {
  return std::min(text.find_first_not_of(mark), text.size());
}

std::string as_code(std::string_view words) {
  if (words.find('`') == kNone) return "`" + std::string(words) + "`";
  std::string code(words);
  for (std::size_t at = code.find("``"); at != kNone; at = code.find("``", at + 1))
    code.insert(at + 1, "\u200B");
  return "`` " + code + " ``";
}

std::string inline_text(std::string_view line, References& references, const InlineStyle& style) {
  return InlineWriter(line, references, style, 0).run();
}

std::size_t code_span(std::string_view text) {
  text = text.substr(0, kLookAhead);
  std::size_t marks = run_of(text, '`');
  for (std::size_t at = text.find('`', marks); at != kNone;) {
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
    if (tag && tail.find('>', at) == kNone) return line.substr(0, base + at);
    if (tail[at] == '[') {
      std::size_t close = tail.find(']', at);
      bool open = close == kNone || close + 1 == tail.size() ||
                  (tail[close + 1] == '(' && tail.find(')', close) == kNone);
      if (open) return line.substr(0, base + at);
    }
    ++at;
  }
  return line;
}

}  // namespace coordinator::render
