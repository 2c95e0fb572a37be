#include "command/json_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace coordinator::command {

std::string place(std::string_view inside, std::string_view key) {
  return inside.empty() ? std::string(key) : fmt::format("{}.{}", inside, key);
}

std::string place(std::string_view list, std::size_t index) { return fmt::format("{}[{}]", list, index); }

std::size_t length(JsonView text) {
  return text::code_points(text::trimmed(text.text().value_or(std::string_view())));
}

void JsonCheck::add(std::string_view where, std::string what) {
  if (first_.empty()) first_ = where.empty() ? std::move(what) : fmt::format("{}: {}", where, what);
}

Status JsonCheck::status() const {
  if (!first_.empty()) return fail("{}", first_);
  return {};
}

bool JsonCheck::object(JsonView value, std::string_view where) {
  if (!value.is_object()) add(where, "must be an object");
  return value.is_object();
}

bool JsonCheck::array(JsonView value, std::string_view where, std::size_t least, std::size_t most,
                      std::string_view of_what) {
  if (!value.is_array()) {
    add(where, "must be a list");
    return false;
  }
  std::size_t size = value.size();
  if (size > most) add(where, fmt::format("{} {}, at most {}", size, of_what, most));
  if (size < least) add(where, fmt::format("{} {}, at least {}", size, of_what, least));
  return true;
}

void JsonCheck::members(JsonView object, std::string_view where,
                        std::initializer_list<std::string_view> known) {
  for (JsonView member : object) {
    std::string_view key = member.key();
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const auto* nearest = std::min_element(known.begin(), known.end(), [key](auto a, auto b) {
      return text::distance(a, key) < text::distance(b, key);
    });
    add(place(where, key), fmt::format("is not known here; the nearest is \"{}\"", *nearest));
  }
}

void JsonCheck::text(JsonView object, std::string_view where, std::string_view key, std::size_t least,
                     std::size_t most) {
  JsonView value = object[key];
  std::string at = place(where, key);
  if (!given(value)) {
    if (least > 0) add(at, "is missing");
    return;
  }
  if (!value.is_string()) return add(at, "must be text");
  std::size_t size = length(value);
  if (size > most) add(at, fmt::format("{} characters, at most {}", size, most));
  if (size < least) add(at, least == 1 ? "is empty" : fmt::format("{} characters, at least {}", size, least));
}

void JsonCheck::whole_number(JsonView object, std::string_view where, std::string_view key,
                             std::int64_t least, std::int64_t most) {
  JsonView value = object[key];
  if (!given(value)) return;
  auto number = value.integer();
  if (!number || *number < least || *number > most)
    add(place(where, key), fmt::format("must be a whole number from {} to {}", least, most));
}

void JsonCheck::truth(JsonView object, std::string_view where, std::string_view key) {
  if (given(object[key]) && !object[key].boolean()) add(place(where, key), "must be true or false");
}

void JsonCheck::web_address(JsonView object, std::string_view where, std::string_view key, std::size_t most) {
  text(object, where, key, 0, most);
  auto address = object[key].text();
  if (!address) return;
  bool web = address->starts_with("https://") || address->starts_with("http://");
  if (!web) add(place(where, key), "must be an http or https address");
}

}  // namespace coordinator::command
