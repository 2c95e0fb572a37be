// JSON as Discord takes it, written piece by piece: always well-formed, always UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "text.hpp"

namespace coordinator::plugin {

// A string in quotes. What is not UTF-8 becomes U+FFFD, and so does NUL.
inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    CodePoint point = first_code_point(text);
    char c = text[0];
    auto code = static_cast<unsigned char>(c);
    if (!point.valid || c == '\0')
      out += "\xEF\xBF\xBD";
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (code < 0x20)
      ((out += "\\u00") += "01"[code >> 4]) += "0123456789abcdef"[code & 15];
    else
      out.append(text.substr(0, point.size));
    text.remove_prefix(point.size);
  }
  return out += '"';
}

class JsonObject {
 public:
  JsonObject& raw(std::string_view key, std::string_view json) {
    if (!members_.empty()) members_ += ',';
    members_.append(quoted(key)).append(":").append(json);
    return *this;
  }
  JsonObject& text(std::string_view key, std::string_view value) { return raw(key, quoted(value)); }
  JsonObject& number(std::string_view key, std::int64_t value) {
    auto size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    return raw(key, (value < 0 ? "-" : "") + decimal(size));
  }
  JsonObject& boolean(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  bool empty() const { return members_.empty(); }
  std::string json() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

class JsonArray {
 public:
  JsonArray& raw(std::string_view json) {
    if (count_++) elements_ += ',';
    elements_.append(json);
    return *this;
  }
  std::size_t size() const { return count_; }
  std::string json() const { return "[" + elements_ + "]"; }

 private:
  std::string elements_;
  std::size_t count_ = 0;
};

}  // namespace coordinator::plugin
