#include "discord/envelope.h"

#include <charconv>

namespace coordinator::discord {

namespace {

// A reader that never goes back. Every step says whether it could be taken.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool take(char wanted) {
    skip_blanks();
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  bool next_is(char wanted) {
    skip_blanks();
    return at_ != end_ && *at_ == wanted;
  }

  // A string without escapes.
  std::optional<std::string_view> plain_string() {
    if (!take('"')) return std::nullopt;
    const char* begin = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') ++at_;
    if (at_ == end_ || *at_ == '\\') return std::nullopt;
    return std::string_view(begin, static_cast<std::size_t>(at_++ - begin));
  }

  bool null() {
    skip_blanks();
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, 4) != "null") return false;
    at_ += 4;
    return true;
  }

  // A whole number, followed by what may follow a value.
  std::optional<std::int64_t> whole() {
    skip_blanks();
    std::int64_t value = 0;
    auto [next, error] = std::from_chars(at_, end_, value);
    if (error != std::errc() || value < 0 || value > kMaxSafe) return std::nullopt;
    if (*at_ == '0' && next != at_ + 1) return std::nullopt;  // 01 is not JSON
    at_ = next;
    return next_is(',') || next_is('}') ? std::optional(value) : std::nullopt;
  }

  // Any value: nested ones by their brackets, scalars up to what ends them.
  bool skip_value() {
    skip_blanks();
    int depth = 0;
    do {
      if (at_ == end_) return false;
      char c = *at_;
      if (c == '"') {
        if (!skip_string()) return false;
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) return true;
      depth += (c == '{' || c == '[') - (c == '}' || c == ']');
      ++at_;
    } while (depth > 0 || !(next_is(',') || next_is('}')));
    return true;
  }

 private:
  static constexpr std::int64_t kMaxSafe = 9'007'199'254'740'992;  // 2^53, as far as the parser goes

  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool skip_string() {
    for (++at_; at_ != end_; ++at_) {
      if (*at_ == '"') return ++at_, true;
      if (*at_ == '\\' && ++at_ == end_) return false;
    }
    return false;
  }

  const char* at_;
  const char* end_;
};

struct Found {
  bool op = false, seq = false, type = false;
};

// Reads the value of one member; of members with one name the first counts.
bool read_member(Scanner& scan, std::string_view key, Envelope& envelope, Found& found) {
  if (key == "op" && !found.op) {
    auto op = scan.whole();
    if (!op || *op > 1000) return false;
    envelope.op = static_cast<int>(*op);
    return found.op = true;
  }
  if (key == "s" && !found.seq) {
    found.seq = true;
    if (scan.null()) return true;
    envelope.seq = scan.whole();
    return envelope.seq.has_value();
  }
  if (key == "t" && !found.type) {
    found.type = true;
    if (scan.null()) return true;
    auto type = scan.plain_string();
    envelope.type = type.value_or(std::string_view());
    return type.has_value();
  }
  return scan.skip_value();
}

}  // namespace

std::optional<Envelope> scan_envelope(std::string_view text) {
  Scanner scan(text);
  Envelope envelope;
  Found found;
  if (!scan.take('{')) return std::nullopt;
  do {
    auto key = scan.plain_string();
    if (!key || !scan.take(':') || !read_member(scan, *key, envelope, found)) return std::nullopt;
    if (found.op && found.seq && found.type) return envelope;
  } while (scan.take(','));
  // Payloads that are no events may lack `s` and `t`.
  return found.op && scan.take('}') ? std::optional(envelope) : std::nullopt;
}

}  // namespace coordinator::discord
