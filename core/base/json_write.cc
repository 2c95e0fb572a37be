// JSON as text. cJSON's own printer takes 15 digits for enough and so loses the last of 9007199254740991.
#include <charconv>
#include <cmath>

#include "base/json.h"

namespace coordinator {

namespace {

void write_value(JsonView value, std::string& out);

void write_escaped(char c, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\r':
      out += "\\r";
      break;
    default:
      out += "\\u00";
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
  }
}

void write_string(std::string_view text, std::string& out) {
  auto plain = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; };
  out += '"';
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && plain(text[run])) ++run;
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    write_escaped(text.front(), out);
    text.remove_prefix(1);
  }
  out += '"';
}

// The shortest digits that are read back as the same double; whole numbers without an exponent.
void write_number(JsonView value, std::string& out) {
  char digits[32];
  double number = *value.number();
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  auto whole = value.integer();
  auto end = whole ? std::to_chars(digits, digits + sizeof digits, *whole)
                   : std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end.ptr);
}

void write_members(JsonView value, bool named, std::string& out) {
  bool first = true;
  out += named ? '{' : '[';
  for (JsonView member : value) {
    if (!first) out += ',';
    first = false;
    if (named) {
      write_string(member.key(), out);
      out += ':';
    }
    write_value(member, out);
  }
  out += named ? '}' : ']';
}

void write_value(JsonView value, std::string& out) {
  if (auto text = value.text())
    write_string(*text, out);
  else if (value.is_object() || value.is_array())
    write_members(value, value.is_object(), out);
  else if (value.is_number())
    write_number(value, out);
  else if (auto truth = value.boolean())
    out += *truth ? "true" : "false";
  else
    out += "null";
}

}  // namespace

std::string JsonView::dump() const {
  std::string out;
  write_value(*this, out);
  return out;
}

}  // namespace coordinator
