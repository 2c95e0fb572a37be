#include "app/config_values.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

#include "app/config_problem.h"
#include "io/url.h"

namespace coordinator::app {

namespace {

constexpr Millis kLongest = 366 * 24h;
constexpr std::uint64_t kLargest = 1ull << 40;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr Unit kTimes[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000},
                           {"m", 60'000},     {"s", 1000},      {"ms", 1}};
constexpr Unit kSizes[] = {{"B", 1},
                           {"kB", 1000},
                           {"KB", 1000},
                           {"MB", 1'000'000},
                           {"GB", 1'000'000'000},
                           {"KiB", 1ull << 10},
                           {"MiB", 1ull << 20},
                           {"GiB", 1ull << 30}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

template <std::size_t count>
std::optional<std::uint64_t> take_unit(std::string_view& text, const Unit (&units)[count]) {
  std::size_t length = 0;
  while (length < text.size() && is_letter(text[length])) ++length;
  std::string_view name = text.substr(0, length);
  text.remove_prefix(length);
  for (const Unit& unit : units)
    if (unit.name == name) return unit.factor;
  return std::nullopt;
}

tl::unexpected<Error> no_duration(std::string_view text) {
  return fail(
      "\"{}\" is no duration: write a number with a unit, like \"90s\", \"5min\", \"2h\" or \"1h30m\"", text);
}

template <class Id>
Status add_id(std::string_view kind, std::string_view digits, std::vector<Id>& ids) {
  auto id = Id::parse(digits);
  if (!id) return fail("\"{}:{}\": behind \"{}:\" belongs an id, which is a number", kind, digits, kind);
  ids.push_back(*id);
  return {};
}

}  // namespace

Result<Millis> parse_duration(std::string_view text) {
  std::string_view rest = text;
  std::uint64_t total = 0, smallest = std::numeric_limits<std::uint64_t>::max();
  while (!rest.empty()) {
    auto number = take_number(rest);
    auto factor = take_unit(rest, kTimes);
    if (!number || !factor || *factor >= smallest) return no_duration(text);
    if (*number > static_cast<std::uint64_t>(kLongest.count()) / *factor)
      return fail("\"{}\" is longer than 366 days", text);
    total += *number * *factor;
    smallest = *factor;
  }
  if (smallest == std::numeric_limits<std::uint64_t>::max()) return no_duration(text);
  Millis duration(static_cast<std::int64_t>(total));
  if (duration > kLongest) return fail("\"{}\" is longer than 366 days", text);
  if (duration == 0ms) return fail("\"{}\" is no time at all: leave the key out for the default", text);
  return duration;
}

Result<std::size_t> parse_size(std::string_view text) {
  std::string_view rest = text;
  auto number = take_number(rest);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  auto factor = take_unit(rest, kSizes);
  if (!number || !factor || !rest.empty())
    return fail("\"{}\" is no size: write a number with a unit, like \"512KiB\", \"16MiB\" or \"1GiB\"",
                text);
  if (*number == 0) return fail("\"{}\" is nothing at all: leave the key out for the default", text);
  if (*number > kLargest / *factor) return fail("\"{}\" is more than 1024 GiB", text);
  return static_cast<std::size_t>(*number * *factor);
}

Status add_access(std::string_view text, chat::Access& access) {
  if (text == "everyone") {
    access.everyone = true;
    return {};
  }
  std::size_t colon = text.find(':');
  std::string_view kind = text.substr(0, colon);
  std::string_view digits = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (kind == "user" && colon != std::string_view::npos) return add_id(kind, digits, access.users);
  if (kind == "role" && colon != std::string_view::npos) return add_id(kind, digits, access.roles);
  if (kind == "guild" && colon != std::string_view::npos) return add_id(kind, digits, access.guilds);
  return fail("\"{}\" is nobody: write \"user:ID\", \"role:ID\", \"guild:ID\" or \"everyone\"", text);
}

Status check_name(std::string_view text) {
  bool good = !text.empty() && text.size() <= 64;
  for (char c : text)
    good = good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
  if (!good) return fail("a name has 1 to 64 lower-case letters, digits, - and _");
  return {};
}

Result<std::string> parse_api_url(std::string_view text) {
  auto url = io::parse_url(text);
  if (!url) return tl::unexpected(url.error());
  if (url->scheme != "https" && url->scheme != "http")
    return fail("the address of the API begins with https://");
  if (auto safe = io::require_safe(*url); !safe) return tl::unexpected(safe.error());
  std::string plain = url->text();
  while (plain.ends_with('/')) plain.pop_back();
  return plain;
}

}  // namespace coordinator::app
