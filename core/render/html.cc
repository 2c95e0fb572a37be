// Names are looked up in tables; what is in none of them stays as it is written.
#include "render/html.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

namespace coordinator::render {

namespace {

constexpr std::size_t kLongestTag = 1000, kLongestEntity = 12;

// Sorted. Elements that agents write into answers; others ("<id>", "<file>") are placeholders more often.
constexpr std::string_view kTags[] = {
    "a",     "abbr",    "article", "b",       "big",     "blockquote", "br",      "center", "cite",
    "code",  "dd",      "del",     "details", "dfn",     "div",        "dl",      "dt",     "em",
    "font",  "footer",  "h1",      "h2",      "h3",      "h4",         "h5",      "h6",     "header",
    "hr",    "i",       "img",     "ins",     "kbd",     "li",         "mark",    "nav",    "ol",
    "p",     "picture", "pre",     "q",       "s",       "samp",       "section", "small",  "source",
    "span",  "strike",  "strong",  "sub",     "summary", "sup",        "table",   "tbody",  "td",
    "tfoot", "th",      "thead",   "tr",      "tt",      "u",          "ul",      "var",    "wbr"};

// Sorted by name (https://html.spec.whatwg.org/multipage/named-characters.html); the usual ones.
constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
    {"Delta", "Δ"},  {"Omega", "Ω"},     {"Sigma", "Σ"},  {"alpha", "α"},    {"amp", "&"},
    {"apos", "'"},   {"asymp", "≈"},     {"beta", "β"},   {"bull", "•"},     {"cent", "¢"},
    {"check", "✓"},  {"copy", "©"},      {"cross", "✗"},  {"darr", "↓"},     {"deg", "°"},
    {"delta", "δ"},  {"divide", "÷"},    {"emsp", " "},   {"ensp", " "},     {"euro", "€"},
    {"exist", "∃"},  {"forall", "∀"},    {"frac12", "½"}, {"gamma", "γ"},    {"ge", "≥"},
    {"gt", ">"},     {"harr", "↔"},      {"hellip", "…"}, {"infin", "∞"},    {"isin", "∈"},
    {"lambda", "λ"}, {"laquo", "«"},     {"larr", "←"},   {"ldquo", "“"},    {"le", "≤"},
    {"lsquo", "‘"},  {"lt", "<"},        {"mdash", "—"},  {"micro", "µ"},    {"middot", "·"},
    {"mu", "μ"},     {"nbsp", "\u00A0"}, {"ndash", "–"},  {"ne", "≠"},       {"omega", "ω"},
    {"para", "¶"},   {"pi", "π"},        {"plusmn", "±"}, {"pound", "£"},    {"quot", "\""},
    {"rArr", "⇒"},   {"raquo", "»"},     {"rarr", "→"},   {"rdquo", "”"},    {"reg", "®"},
    {"rsquo", "’"},  {"sect", "§"},      {"shy", ""},     {"sigma", "σ"},    {"sqrt", "√"},
    {"sum", "∑"},    {"sup2", "²"},      {"sup3", "³"},   {"thinsp", " "},   {"times", "×"},
    {"trade", "™"},  {"uarr", "↑"},      {"yen", "¥"},    {"zwj", "\u200D"}, {"zwnj", "\u200C"}};

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Where the tag ends whose attributes begin at `at`; npos where another begins first.
std::size_t end_of_tag(std::string_view text, std::size_t at) {
  char quote = 0;
  for (; at < text.size(); ++at) {
    char c = text[at];
    if (quote != 0)
      quote = c == quote ? 0 : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '>')
      return at;
    else if (c == '<')
      break;
  }
  return std::string_view::npos;
}

std::string utf8(std::uint32_t c) {
  bool text = c >= 0x20 && c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF) && !(c >= 0x7F && c < 0xA0);
  if (!text) return "\uFFFD";
  if (c < 0x80) return {static_cast<char>(c)};
  std::string out;
  int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr std::array<int, 4> kLead{0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(kLead[more] | (c >> (6 * more)));
  while (more-- > 0) out += static_cast<char>(0x80 | ((c >> (6 * more)) & 0x3F));
  return out;
}

// "#8212" or "#x2014"; empty where it is neither.
std::string by_number(std::string_view name) {
  name.remove_prefix(1);
  bool hex = name.starts_with('x') || name.starts_with('X');
  if (hex) name.remove_prefix(1);
  if (name.empty() || name.size() > 7) return {};
  std::uint32_t value = 0;
  for (char c : name) {
    char low = lower(c);
    if (!digit(c) && !(hex && low >= 'a' && low <= 'f')) return {};
    value = value * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit(c) ? c - '0' : low - 'a' + 10);
  }
  return utf8(value);
}

}  // namespace

std::optional<Tag> tag_at(std::string_view text) {
  text = text.substr(0, kLongestTag);
  if (text.size() < 3 || text[0] != '<') return std::nullopt;
  Tag tag;
  tag.closing = text[1] == '/';
  std::size_t at = tag.closing ? 2 : 1;
  while (at < text.size() && tag.name.size() <= 10 && (letter(text[at]) || digit(text[at])))
    tag.name += lower(text[at++]);
  if (!std::binary_search(std::begin(kTags), std::end(kTags), tag.name)) return std::nullopt;
  if (at >= text.size() || std::string_view(" \t/>").find(text[at]) == std::string_view::npos)
    return std::nullopt;
  std::size_t end = end_of_tag(text, at);
  if (end == std::string_view::npos) return std::nullopt;
  tag.attributes = text.substr(at, end - at);
  tag.size = end + 1;
  return tag;
}

std::string attribute(const Tag& tag, std::string_view name) {
  std::string_view rest = tag.attributes;
  for (std::size_t at = rest.find(name); at != std::string_view::npos; at = rest.find(name, at + 1)) {
    std::size_t value = at + name.size();
    if (at == 0 || letter(rest[at - 1]) || rest[at - 1] == '-') continue;
    if (value >= rest.size() || rest[value] != '=') continue;
    std::string_view given = rest.substr(value + 1);
    bool quoted = given.starts_with('"') || given.starts_with('\'');
    std::size_t end = quoted ? given.find(given[0], 1) : given.find_first_of(" \t/>");
    return without_entities(given.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0)));
  }
  return {};
}

Entity entity_at(std::string_view text) {
  std::size_t end = text.substr(0, kLongestEntity).find(';');
  if (!text.starts_with('&') || end == std::string_view::npos || end < 3) return {};
  std::string_view name = text.substr(1, end - 1);
  if (name[0] == '#') {
    std::string decoded = by_number(name);
    return {decoded, decoded.empty() ? 0 : end + 1};
  }
  const auto* found =
      std::lower_bound(std::begin(kEntities), std::end(kEntities), name,
                       [](const auto& entry, std::string_view key) { return entry.first < key; });
  if (found == std::end(kEntities) || found->first != name) return {};
  return {std::string(found->second), end + 1};
}

std::string without_entities(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    Entity entity = entity_at(text);
    if (entity.size > 0)
      out += entity.text;
    else
      out += text[0];
    text.remove_prefix(std::max<std::size_t>(entity.size, 1));
  }
  return out;
}

}  // namespace coordinator::render
