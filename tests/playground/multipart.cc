#include "multipart.h"

#include <algorithm>
#include <cctype>

namespace coordinator::playground {

namespace {

constexpr std::size_t kParts = 30;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// The value of `key=` in a header, with or without quotes.
std::optional<std::string> parameter(std::string_view header, std::string_view key) {
  std::string needle = std::string(key) + "=", small = lower(header);
  auto at = small.find(needle);
  while (at != std::string::npos && at > 0 && std::isalnum(static_cast<unsigned char>(small[at - 1])))
    at = small.find(needle, at + 1);
  if (at == std::string::npos) return std::nullopt;
  std::string_view rest = header.substr(at + needle.size());
  if (rest.empty() || rest.front() != '"') return std::string(rest.substr(0, rest.find_first_of("; \r\n")));
  std::string value;
  for (std::size_t i = 1; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    value += rest[i];
  }
  return value;
}

std::optional<Part> parse_part(std::string_view text) {
  auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  Part part;
  part.bytes = text.substr(end + 4);
  std::string_view head = text.substr(0, end + 2);
  while (!head.empty()) {
    auto line_end = head.find("\r\n");
    std::string_view line = head.substr(0, line_end);
    head.remove_prefix(line_end + 2);
    std::string small = lower(line);
    if (small.rfind("content-disposition:", 0) == 0) {
      part.name = parameter(line, "name").value_or("");
      part.filename = parameter(line, "filename");
    } else if (small.rfind("content-type:", 0) == 0) {
      auto value = line.substr(13);
      part.content_type = value.substr(std::min(value.size(), value.find_first_not_of(' ')));
    }
  }
  return part;
}

}  // namespace

std::optional<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body) {
  auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty()) return std::nullopt;
  std::string first = "--" + *boundary, next = "\r\n--" + *boundary;
  if (body.substr(0, first.size()) != first) return std::nullopt;
  body.remove_prefix(first.size());
  std::vector<Part> parts;
  while (body.substr(0, 2) == "\r\n") {
    body.remove_prefix(2);
    auto end = body.find(next);
    if (end == std::string_view::npos || parts.size() == kParts) return std::nullopt;
    auto part = parse_part(body.substr(0, end));
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
    body.remove_prefix(end + next.size());
  }
  if (body.substr(0, 2) != "--") return std::nullopt;
  return parts;
}

}  // namespace coordinator::playground
