// Words for people: numbers, times, mentions, and text that is cut and kept from being read as Markdown.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace coordinator::plugin {

// (Not std::to_string: its table of digits is a unique symbol in libstdc++, which would keep the plugin
// mapped where -fno-gnu-unique was forgotten.)
inline std::string decimal(std::uint64_t value) {
  char digits[20];
  char* at = digits + sizeof digits;
  do *--at = static_cast<char>('0' + value % 10);
  while (value /= 10);
  return std::string(at, digits + sizeof digits);
}

// -1 where the text is not a number of digits that fits.
inline std::int64_t number_in(std::string_view text) {
  if (text.empty() || text.size() > 18) return -1;
  std::int64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

inline std::uint64_t id_in(std::string_view text) {
  std::uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9' || text.size() > 20) return 0;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// "1,234,567"
inline std::string grouped(std::uint64_t value) {
  std::string digits = decimal(value);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

// "1 turn", "2 turns"
inline std::string counted(std::uint64_t count, std::string_view one) {
  return grouped(count).append(" ").append(one).append(count == 1 ? "" : "s");
}

// "950", "12.3k", "4.6M"
inline std::string rounded(std::uint64_t value) {
  if (value < 1000) return decimal(value);
  std::uint64_t unit = value < 999'950 ? 1000 : 1'000'000;
  std::uint64_t tenths = (value + unit / 20) / (unit / 10);
  std::string whole = grouped(tenths / 10);
  if (tenths < 1000) whole.append(".").append(decimal(tenths % 10));
  return whole + (unit == 1000 ? "k" : "M");
}

// "$1.20"; below a cent, where there is something, "<$0.01"
inline std::string dollars(double value) {
  if (!(value > 0)) return "$0.00";
  auto cents = static_cast<std::uint64_t>(value * 100 + 0.5);
  if (cents == 0) return "<$0.01";
  std::string rest = decimal(cents % 100);
  return "$" + grouped(cents / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
}

// Milliseconds since 1970 UTC, as everything in the contract counts.
inline std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

// "40 s", "5 min", "3 h", "2 days"
inline std::string lasting(std::int64_t milliseconds) {
  std::int64_t seconds = milliseconds < 0 ? 0 : milliseconds / 1000;
  if (seconds < 60) return decimal(static_cast<std::uint64_t>(seconds)) + " s";
  if (seconds < 3600) return decimal(static_cast<std::uint64_t>(seconds / 60)) + " min";
  if (seconds < 48 * 3600) return decimal(static_cast<std::uint64_t>(seconds / 3600)) + " h";
  return decimal(static_cast<std::uint64_t>(seconds / 86400)) + " days";
}

// "just now", "5 min ago"
inline std::string ago(std::int64_t then, std::int64_t now) {
  if (then <= 0) return "never";
  return now - then < 60'000 ? "just now" : lasting(now - then) + " ago";
}

inline std::string channel_mention(std::uint64_t channel) { return "<#" + decimal(channel) + ">"; }
inline std::string user_mention(std::uint64_t user) { return "<@" + decimal(user) + ">"; }

// ---- Code points: what Discord counts its limits in ----

struct CodePoint {
  std::size_t size = 0;  // in bytes; of a byte that is not UTF-8: 1
  bool valid = false;
};

// Of the code point at the beginning of a text that is not empty.
inline CodePoint first_code_point(std::string_view text) {
  auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  unsigned char lead = byte(0);
  if (lead < 0x80) return {1, true};
  std::size_t size = lead >= 0xF5 ? 0 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (size == 0 || text.size() < size) return {1, false};
  for (std::size_t at = 1; at < size; ++at)
    if ((byte(at) & 0xC0) != 0x80) return {1, false};
  // What is written longer than need be, surrogates, and what lies beyond U+10FFFF.
  bool wrong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) >= 0xA0) ||
               (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) >= 0x90);
  return wrong ? CodePoint{1, false} : CodePoint{size, true};
}

inline std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_code_point(text).size);
  return count;
}

// At most so many code points, the last of them an ellipsis where something was left out.
inline std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most || code_points(text) <= most) return std::string(text);
  std::size_t end = 0;
  for (std::size_t count = 1; count < most; ++count) end += first_code_point(text.substr(end)).size;
  return std::string(text.substr(0, end)).append(most ? "…" : "");
}

inline bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

// The beginning of a text in one line, as it is: for labels, which are no Markdown.
inline std::string one_line(std::string_view text, std::size_t most) {
  std::string line;
  for (char c : text) {
    bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (space && (line.empty() || line.back() == ' ')) continue;
    line += space ? ' ' : c;
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return shortened(line, most);
}

// A text in which Discord reads nothing as Markdown or a mention: for names.
inline std::string plain(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (std::string_view("\\*_~`|<>[]#@").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// The beginning of other people's words in one line, none of it Markdown.
inline std::string excerpt(std::string_view text, std::size_t most) { return plain(one_line(text, most)); }

// A list of lines, as many as there is room for; those that are left out are counted.
class Lines {
 public:
  // `room` in code points; an embed's description has 4,096.
  explicit Lines(std::size_t room = 4096, std::size_t most = 1000) : room_(room), most_(most) {}

  // A line may hold line ends. Once one is left out, all that follow are.
  Lines& add(std::string_view line) {
    std::size_t size = code_points(line) + 1;
    if (left_out_ || shown_ == most_ || used_ + size + kTail > room_) return ++left_out_, *this;
    ++shown_;
    used_ += size;
    text_.append(line).append("\n");
    return *this;
  }
  std::size_t shown() const { return shown_; }
  // `advice`: how to see the others, at most 80 code points: ": type `/`".
  std::string text(std::string_view advice = {}) const {
    if (!left_out_) return text_.substr(0, text_.empty() ? 0 : text_.size() - 1);
    return text_ + "…and " + grouped(left_out_) + " more" + shortened(advice, 80) + ".";
  }

 private:
  enum : std::size_t { kTail = 110 };
  std::string text_;
  std::size_t room_, most_, used_ = 0, shown_ = 0, left_out_ = 0;
};

}  // namespace coordinator::plugin
