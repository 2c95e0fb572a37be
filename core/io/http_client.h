// An HTTP client on the loop (curl's multi interface): HTTP/2 where the server offers it, kept-alive
// connections, one for each host as far as possible. https://curl.se/libcurl/c/libcurl-multi.html
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/shared_bytes.h"
#include "io/timer.h"

namespace coordinator::io {

class Loop;

struct HttpPart {
  std::string name, filename, content_type;  // no file name where it is empty
  SharedBytes bytes{};                       // sent from where they are
};

// What became of a piece of an answer's body: it was taken, all of it; it must come again when the client is
// told to resume; or the transfer is to end here.
enum class Taken { all, later, never };

struct HttpRequest {
  std::string method = "GET";
  std::string url{};  // https, or http to this machine
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::vector<HttpPart> parts{};                // with any: multipart/form-data instead of `body`
  Millis timeout = 30s;                         // for the whole of it
  std::size_t max_response = 16 * 1024 * 1024;  // bytes of the answer's body, decompressed
  // Is given the body of a 200 as it comes, instead of the response, which has no such cap then. Never asked
  // for compressed.
  std::function<Taken(std::string_view)> into{};
};

// In the order of arrival; the names in any case.
class HttpHeaders {
 public:
  void add(std::string_view name, std::string_view value) { list_.emplace_back(name, value); }
  // The first of that name.
  std::optional<std::string_view> get(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return list_; }

 private:
  std::vector<std::pair<std::string, std::string>> list_;
};

struct HttpResponse {
  int status = 0;
  int http_version = 1;  // 1 or 2
  HttpHeaders headers;
  std::string body;
};

// The time that a Date header names (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7); absent where it
// is none.
std::optional<WallTime> http_date(const std::string& text);

struct HttpError {
  std::string what;         // for the log
  bool maybe_done = false;  // the server may have got the request and acted upon it
};

using HttpResult = tl::expected<HttpResponse, HttpError>;

struct HttpClientOptions {
  std::string ca_file{};     // the only authority trusted when not empty; else the system's
  std::string user_agent{};  // sent with every request when not empty
  long connections = 8;      // at once, to one host; HTTP/2 needs one
};

// Certificates are always verified; nothing can turn that off. Redirects are not followed. To let it die
// inside one of its callbacks: Loop::bury.
class HttpClient {
 public:
  using Id = std::uint64_t;
  using Callback = std::function<void(HttpResult)>;

  explicit HttpClient(Loop& loop, HttpClientOptions options = {});
  ~HttpClient();  // calls nobody back
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Calls back once, never from inside send() itself.
  Id send(HttpRequest request, Callback callback);
  // Then nothing is called back. An id that is over is ignored.
  void cancel(Id id);
  // What HttpRequest::into did not take comes again, perhaps from inside this call.
  void resume(Id id);
  std::size_t in_flight() const { return transfers_.size(); }

 private:
  struct Multi;
  struct Transfer;

  void act(int socket, int events);
  void collect();
  void refuse_later(Id id, std::string why);
  void finish(Id id, HttpResult result);

  Loop& loop_;
  HttpClientOptions options_;
  Timer timer_;
  std::unique_ptr<Multi> multi_;
  std::map<Id, std::unique_ptr<Transfer>> transfers_;
  Id last_id_ = 0;
  std::shared_ptr<HttpClient*> self_;  // outlives us in deferred calls, pointing at nothing
};

}  // namespace coordinator::io
