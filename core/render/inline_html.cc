// Elements of HTML as marks of Discord's; of all others only the words stay.
#include <algorithm>
#include <array>
#include <initializer_list>

#include "render/inline_writer.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

// "<sup>2</sup>" and "<sub>2</sub>".
std::string raised(std::string_view words, bool down) {
  static constexpr std::array<std::string_view, 10> kDown{"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
  std::string out;
  for (char c : words) {
    if (c < '0' || c > '9') return (down ? "_" : "^") + std::string(words);
    out += (down ? kDown : kRaised)[static_cast<std::size_t>(c - '0')];
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

}  // namespace

std::size_t InlineWriter::element(const Tag& tag) {
  const std::string& name = tag.name;
  if (!is_markup(tag)) return 0;
  if (is_block(name)) break_ = true;
  if (name == "hr") write(kRule);
  if (name == "hr") break_ = true;
  if (name == "img") write_link(attribute(tag, "alt"), attribute(tag, "src"), true);
  if (tag.closing) return close_element(tag);
  if (name == "li") write("- ");
  if (one_of(name, {"td", "th"}) && !out_.empty() && !break_) write(" · ");
  if (one_of(name, {"code", "kbd", "samp", "tt", "var", "sub", "sup", "a"})) return whole_element(tag);
  if (const char* mark = mark_of(name); mark && closed_ahead(tag, kNear)) open(name, mark);
  if (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && closed_ahead(tag, kLookAhead))
    open_heading(name);
  return tag.size;
}

// "cp <source> <dest>", "Option<code>", "use a <details> element": words that look like tags are words, since
// what is left out is lost. A tag is one where its end comes, it has attributes, or it needs no end; and one
// that begins or ends lines of its own is where it stands first, or behind another.
bool InlineWriter::is_markup(const Tag& tag) const {
  if (one_of(tag.name, {"br", "hr", "img", "wbr"}) || tag.attributes.find('=') != kNone) return true;
  if (is_block(tag.name) && first_in_line()) return true;
  if (!tag.closing) return closed_ahead(tag, kLookAhead) > 0;
  bool opened =
      std::any_of(open_.begin(), open_.end(), [&](const auto& each) { return each.first == tag.name; });
  std::size_t near = std::min(at_, kLookAhead);
  return opened || text_.substr(at_ - near, near).rfind("<" + tag.name) != kNone;
}

// With nothing but blanks before it in its line, or directly behind another tag.
bool InlineWriter::first_in_line() const {
  std::size_t place = at_;
  if (place > 0 && text_[place - 1] == '>') return true;
  while (place > 0 && is_blank(text_[place - 1])) --place;
  return place == 0 || text_[place - 1] == '\n';
}

std::size_t InlineWriter::close_element(const Tag& tag) {
  auto found =
      std::find_if(open_.rbegin(), open_.rend(), [&](const auto& each) { return each.first == tag.name; });
  if (found == open_.rend()) return tag.size;
  bool broken = std::exchange(break_, false);  // behind its mark, not before it
  write(found->second);
  break_ = broken;
  open_.erase(std::next(found).base());
  return tag.size;
}

void InlineWriter::open(const std::string& name, const char* mark) {
  if (style_.plain) return;
  bool again = std::any_of(open_.begin(), open_.end(), [&](const auto& each) { return each.second == mark; });
  write(again ? "" : mark);
  open_.emplace_back(name, again ? "" : mark);
}

void InlineWriter::open_heading(const std::string& name) {
  if (style_.plain || depth_ > 0) return;
  if (name[1] <= '3')
    write(std::string(static_cast<std::size_t>(name[1] - '0'), '#') + " ");
  else
    open(name, "**");  // its end was seen
}

std::size_t InlineWriter::closed_ahead(const Tag& tag, std::size_t near) const {
  std::size_t found = ahead("</" + tag.name, tag.size, near);
  return found == kNone ? 0 : found;
}

std::size_t InlineWriter::whole_element(const Tag& tag) {
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

void InlineWriter::write_anchor(std::string_view words, const std::string& url) {
  if (url.empty())
    write(words_of(words));
  else
    write_link(words, url, false);
}

}  // namespace coordinator::render
