// A link as Discord can show it: it makes links of web addresses only, and no images.
#pragma once

#include <string>
#include <string_view>

namespace coordinator::render {

// `words` as they should read. Paths in the project follow their words, as code.
std::string shown_link(std::string_view words, std::string_view url, bool image);

bool web_address(std::string_view url);

}  // namespace coordinator::render
