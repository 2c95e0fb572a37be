// coordinator.http/1: HTTP on the loop.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

constexpr std::size_t kAtOnce = 10, kBytes = 1024 * 1024, kHeaders = 50;
constexpr Millis kTime = 30s;
constexpr std::array<std::string_view, 5> kMethods = {"GET", "POST", "PUT", "PATCH", "DELETE"};

using Answered = void (*)(void* context, const coordinator_http_response* response);

void tell(Answered answered, void* context, int status, std::string_view body,
          const std::vector<coordinator_header>& headers = {}) {
  auto response = sized<coordinator_http_response>();
  response.status = status;
  response.body = lend(body);
  response.headers = headers.data();
  response.header_count = headers.size();
  if (answered) answered(context, &response);
}

void tell(Answered answered, void* context, const io::HttpResult& result) {
  if (!result) return tell(answered, context, 0, result.error().what);
  std::vector<coordinator_header> headers;
  for (const auto& [name, value] : result->headers.all()) headers.push_back({lend(name), lend(value)});
  tell(answered, context, result->status, result->body, headers);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool is_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 && c != '\t'; });
}

Result<io::HttpRequest> request_of(const coordinator_http_request& from) {
  io::HttpRequest out;
  if (!absent(from.method)) out.method = view_of(from.method);
  if (std::find(kMethods.begin(), kMethods.end(), out.method) == kMethods.end())
    return fail("the method must be GET, POST, PUT, PATCH or DELETE");
  out.url = view_of(from.url);
  if (from.body.size > kBytes) return fail("a body of {} bytes, at most {}", from.body.size, kBytes);
  out.body = view_of(from.body);
  if (from.header_count > kHeaders) return fail("{} headers, at most {}", from.header_count, kHeaders);
  for (std::size_t i = 0; i < from.header_count; ++i) {
    std::string_view name = view_of(from.headers[i].name), value = view_of(from.headers[i].value);
    if (!is_token(name) || !is_line(value)) return fail("the header {} is none", i);
    out.headers.emplace_back(name, value);
  }
  out.timeout = kTime;
  out.max_response = kBytes;
  return out;
}

void send(const coordinator_host* table, const coordinator_http_request* passed, Answered answered,
          void* context) {
  Host& host = Host::of(table);
  if (host.closed()) return;
  auto promise =
      host.expect([answered, context] { tell(answered, context, 0, "the plugin is being stopped"); });
  auto refused = [&](const std::string& why) {
    host.log(log::Level::warning, "http send: " + why);
    host.keep(promise, [answered, context, why] { tell(answered, context, 0, why); });
  };
  if (host.requests().size() >= kAtOnce)
    return refused(fmt::format("{} requests are on their way already", kAtOnce));
  auto request = request_of(taken(passed));
  if (!request) return refused(request.error().what);
  auto told = [self = host.self(), promise, answered, context](io::HttpResult result) {
    if (!*self) return;
    (*self)->requests().erase(promise);
    auto kept = std::make_shared<io::HttpResult>(std::move(result));
    (*self)->keep(promise, [kept, answered, context] { tell(answered, context, *kept); });
  };
  host.requests()[promise] = host.room().http.send(std::move(*request), std::move(told));
}

}  // namespace

const coordinator_http& http_table() {
  static const coordinator_http table = {sizeof table, send};
  return table;
}

}  // namespace coordinator::command
