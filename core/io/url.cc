#include "io/url.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace coordinator::io {

namespace {

constexpr std::array<std::pair<std::string_view, int>, 4> kSchemes = {
    {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

int default_port(std::string_view scheme) {
  for (auto [name, port] : kSchemes)
    if (name == scheme) return port;
  return 0;
}

bool clean(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

bool host_like(std::string_view host) {
  return !host.empty() && host.find_first_of("@/\\\"'<>#%") == std::string_view::npos;
}

// "host", "host:port", "[::1]:port" into a URL that knows its scheme.
bool read_authority(std::string_view text, Url& url) {
  std::string_view port;
  if (text.starts_with('[')) {
    std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    url.host = lower(text.substr(1, end - 1));
    port = text.substr(end + 1);
  } else {
    std::size_t colon = std::min(text.find(':'), text.size());
    url.host = lower(text.substr(0, colon));
    port = text.substr(colon);
  }
  url.port = default_port(url.scheme);
  if (!host_like(url.host)) return false;
  if (port.empty()) return true;
  auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), url.port);
  return port.front() == ':' && error == std::errc() && end == port.data() + port.size() && url.port > 0 &&
         url.port <= 65535;
}

}  // namespace

std::string Url::authority() const {
  std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == default_port(scheme) ? name : fmt::format("{}:{}", name, port);
}

Result<Url> parse_url(std::string_view text) {
  std::string_view shown = text.substr(0, std::min(text.find('?'), text.size()));
  Url url;
  std::size_t end = text.find("://");
  if (end == std::string_view::npos || !clean(text) || text.find('#') != std::string_view::npos)
    return fail("not a URL: {}", shown);
  url.scheme = lower(text.substr(0, end));
  if (!default_port(url.scheme)) return fail("a URL here begins with http, https, ws or wss: {}", shown);
  std::string_view rest = text.substr(end + 3);
  std::size_t target = std::min(rest.find_first_of("/?"), rest.size());
  if (!read_authority(rest.substr(0, target), url))
    return fail("no proper host and port in the URL {}", shown);
  url.target = std::string(rest.substr(target));
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  int parts = 0, value = 0;
  const char* at = host.data();
  const char* end = host.data() + host.size();
  for (; parts < 4; ++parts) {
    auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc() || value < 0 || value > 255 || (parts == 0 && value != 127)) return false;
    at = next;
    if (parts < 3 && (at == end || *at++ != '.')) return false;
  }
  return at == end;
}

Status require_safe(const Url& url) {
  if (url.secure() || is_loopback(url.host)) return {};
  return fail("{}://{} is not encrypted: use {}s, or an address of this machine", url.scheme, url.authority(),
              url.scheme);
}

}  // namespace coordinator::io
