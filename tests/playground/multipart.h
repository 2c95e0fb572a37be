// The parts of a multipart/form-data body (RFC 7578), as far as bots send them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coordinator::playground {

struct Part {
  std::string name, content_type;
  std::optional<std::string> filename;
  std::string_view bytes;  // into the body
};

// `content_type` is the request's header; nothing when it names no boundary or the body does not keep to it.
std::optional<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace coordinator::playground
