// Addresses of the web stay links; of others only what a person can use stays.
#include "render/link.h"

#include "base/text.h"

namespace coordinator::render {

namespace {

constexpr std::size_t kLongestPath = 200;

// Discord shows a link whose words are an address as it is written, brackets and all.
bool same_address(std::string_view words, std::string_view url) {
  if (words.find(' ') != std::string_view::npos) return false;
  auto bare = [](std::string_view address) {
    std::size_t scheme = address.find("://");
    if (scheme != std::string_view::npos) address.remove_prefix(scheme + 3);
    if (address.ends_with('/')) address.remove_suffix(1);
    return address;
  };
  return web_address(words) || bare(words) == bare(url);
}

std::string without_blanks(std::string_view url) {
  std::string out;
  for (char c : url) {
    if (c == ' ')
      out += "%20";
    else
      out += c;
  }
  return out;
}

}  // namespace

bool web_address(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

std::string shown_link(std::string_view words, std::string_view url, bool image) {
  words = text::trimmed(words);
  if (words.empty() && image) words = "image";
  if (web_address(url)) {
    if (words.empty() || same_address(words, url)) return without_blanks(url);
    return "[" + std::string(words) + "](" + without_blanks(url) + ")";
  }
  if (url.starts_with("mailto:")) url.remove_prefix(7);
  if (words.empty()) return std::string(url);
  bool known = url.empty() || words.find(url) != std::string_view::npos;
  bool useless = url.starts_with('#') || url.starts_with("data:") || url.size() > kLongestPath;
  if (known || useless || url.find('`') != std::string_view::npos) return std::string(words);
  return std::string(words) + " (`" + std::string(url) + "`)";
}

}  // namespace coordinator::render
