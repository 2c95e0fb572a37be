#include "io/http_client.h"

#include <curl/curl.h>
#include <uv.h>

#include <strings.h>
#include <algorithm>
#include <deque>

#include "base/owned.h"
#include "io/handle.h"
#include "io/loop.h"
#include "io/url.h"

namespace coordinator::io {

namespace {

constexpr long kConnectTimeoutMs = 10'000;
constexpr long kKeepAliveSeconds = 30;
constexpr long kOk = 200;

// What curl watches of one connection.
struct Watch {
  Handle<uv_poll_t> poll;
};

// How far curl has come with a part. It reads as the connection takes it, and again from the beginning where
// it must send it anew.
struct PartReader {
  std::string_view bytes;
  std::size_t at = 0;

  static std::size_t read(char* into, std::size_t size, std::size_t count, void* self) {
    auto& part = *static_cast<PartReader*>(self);
    std::size_t copied = part.bytes.copy(into, size * count, part.at);
    part.at += copied;
    return copied;
  }
  static int seek(void* self, curl_off_t offset, int origin) {
    auto& part = *static_cast<PartReader*>(self);
    if (origin != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > part.bytes.size())
      return CURL_SEEKFUNC_CANTSEEK;
    part.at = static_cast<std::size_t>(offset);
    return CURL_SEEKFUNC_OK;
  }
};

bool needs_length(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

std::string_view trim(std::string_view text) {
  std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

std::optional<std::string_view> HttpHeaders::get(std::string_view name) const {
  for (const auto& [key, value] : list_)
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
  return std::nullopt;
}

struct HttpClient::Transfer {
  Id id;
  HttpRequest request;
  Callback callback;
  HttpResponse response;
  bool started = false;  // curl's multi handle knows it
  bool too_large = false;
  Owned<CURL, curl_easy_cleanup> easy{curl_easy_init()};
  Owned<curl_slist, curl_slist_free_all> headers;
  std::deque<PartReader> readers;  // of the parts, which curl points at
  Owned<curl_mime, curl_mime_free> mime;
  char reason[CURL_ERROR_SIZE] = "";

  Transfer(Id number, HttpRequest wanted, Callback told)
      : id(number), request(std::move(wanted)), callback(std::move(told)) {}

  void start(CURLM* multi, const HttpClientOptions& options, const Url& target);
  HttpResult result(CURLcode code);

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy.get(), option, value);
  }
  void add_header(const std::string& line) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  }
  void add_content();
  void add_parts();
  long status() const {
    long code = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &code);
    return code;
  }
  static std::size_t on_header(char* bytes, std::size_t, std::size_t length, void* self);
  static std::size_t on_body(char* bytes, std::size_t, std::size_t length, void* self);
};

// The C side of it: curl's handle, and the callbacks by which it asks for sockets and time.
struct HttpClient::Multi {
  HttpClient* client;
  Owned<CURLM, curl_multi_cleanup> handle{curl_multi_init()};

  explicit Multi(HttpClient* owner);
  static int on_socket(CURL*, curl_socket_t socket, int what, void* client, void* watch);
  static int on_timer(CURLM*, long milliseconds, void* client);
  void watch(curl_socket_t socket, int what, Watch* known);
};

HttpClient::HttpClient(Loop& loop, HttpClientOptions options)
    : loop_(loop),
      options_(std::move(options)),
      timer_(loop, [this] { act(CURL_SOCKET_TIMEOUT, 0); }),
      multi_(std::make_unique<Multi>(this)),
      self_(std::make_shared<HttpClient*>(this)) {}

HttpClient::~HttpClient() {
  *self_ = nullptr;
  for (auto& [id, transfer] : transfers_)
    if (transfer->started) curl_multi_remove_handle(multi_->handle.get(), transfer->easy.get());
}

HttpClient::Id HttpClient::send(HttpRequest request, Callback callback) {
  auto url = parse_url(request.url);
  Status safe = url ? require_safe(*url) : tl::unexpected(url.error());
  auto transfer = std::make_unique<Transfer>(++last_id_, std::move(request), std::move(callback));
  Transfer& kept = *transfers_.emplace(last_id_, std::move(transfer)).first->second;
  if (!safe) {
    refuse_later(last_id_, safe.error().what);
  } else {
    kept.start(multi_->handle.get(), options_, *url);
    if (!kept.started) refuse_later(last_id_, "the request could not be started: out of memory");
  }
  return last_id_;
}

void HttpClient::cancel(Id id) {
  auto found = transfers_.find(id);
  if (found == transfers_.end()) return;
  if (found->second->started) curl_multi_remove_handle(multi_->handle.get(), found->second->easy.get());
  transfers_.erase(found);
}

void HttpClient::resume(Id id) {
  auto found = transfers_.find(id);
  if (found != transfers_.end() && found->second->started)
    curl_easy_pause(found->second->easy.get(), CURLPAUSE_CONT);
}

void HttpClient::refuse_later(Id id, std::string why) {
  loop_.later([self = self_, id, why = std::move(why)] {
    if (*self) (*self)->finish(id, tl::unexpected(HttpError{why, false}));
  });
}

// Something happened on a socket, or curl's time has come.
void HttpClient::act(int socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_->handle.get(), socket, events, &running);
  collect();
}

void HttpClient::collect() {
  int left = 0;
  std::vector<std::pair<Id, HttpResult>> done;
  while (CURLMsg* message = curl_multi_info_read(multi_->handle.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode code = message->data.result;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    curl_multi_remove_handle(multi_->handle.get(), message->easy_handle);
    transfer->started = false;
    done.emplace_back(transfer->id, transfer->result(code));
  }
  for (auto& [id, result] : done) finish(id, std::move(result));  // a callback may have cancelled a later one
}

void HttpClient::finish(Id id, HttpResult result) {
  auto found = transfers_.find(id);
  if (found == transfers_.end()) return;
  Callback callback = std::move(found->second->callback);
  transfers_.erase(found);
  callback(std::move(result));
}

void HttpClient::Transfer::start(CURLM* multi, const HttpClientOptions& options, const Url& target) {
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_ERRORBUFFER, reason);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_URL, target.text().c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.user_agent.empty()) set(CURLOPT_USERAGENT, options.user_agent.c_str());
  if (is_loopback(target.host)) set(CURLOPT_PROXY, "");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Rather a stream of a connection that is being opened than another connection. Not without TLS: there curl
  // would learn only from the first answer that there are no streams, and a request that hangs would hold up
  // all others.
  set(CURLOPT_PIPEWAIT, target.secure() ? 1L : 0L);
  if (!request.into) set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, this);
  add_content();
  started = curl_multi_add_handle(multi, easy.get()) == CURLM_OK;  // asks for time, so nothing happens yet
}

void HttpClient::Transfer::add_content() {
  add_header("Expect:");
  for (const auto& [name, value] : request.headers) add_header(fmt::format("{}: {}", name, value));
  if (!request.parts.empty()) {
    add_parts();
  } else if (!request.body.empty() || needs_length(request.method)) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
    if (request.body.empty()) add_header("Content-Type:");
  }
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  set(CURLOPT_HTTPHEADER, headers.get());
}

void HttpClient::Transfer::add_parts() {
  mime.reset(curl_mime_init(easy.get()));
  for (const auto& part : request.parts) {
    curl_mimepart* added = curl_mime_addpart(mime.get());
    curl_mime_name(added, part.name.c_str());
    if (!part.filename.empty()) curl_mime_filename(added, part.filename.c_str());
    if (!part.content_type.empty()) curl_mime_type(added, part.content_type.c_str());
    PartReader& reader = readers.emplace_back(PartReader{part.bytes.view()});
    curl_mime_data_cb(added, static_cast<curl_off_t>(part.bytes.size()), PartReader::read, PartReader::seek,
                      nullptr, &reader);
  }
  set(CURLOPT_MIMEPOST, mime.get());
}

HttpResult HttpClient::Transfer::result(CURLcode code) {
  if (too_large)
    return tl::unexpected(
        HttpError{fmt::format("the answer is longer than {} bytes", request.max_response), true});
  if (code != CURLE_OK) {
    bool never_sent = code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
                      code == CURLE_COULDNT_CONNECT || code == CURLE_SSL_CONNECT_ERROR ||
                      code == CURLE_PEER_FAILED_VERIFICATION;
    long sent = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_REQUEST_SIZE, &sent);
    return tl::unexpected(HttpError{*reason ? reason : curl_easy_strerror(code), !never_sent && sent > 0});
  }
  long version = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_HTTP_VERSION, &version);
  response.status = static_cast<int>(status());
  response.http_version = version >= CURL_HTTP_VERSION_2_0 ? 2 : 1;
  return std::move(response);
}

std::size_t HttpClient::Transfer::on_header(char* bytes, std::size_t, std::size_t length, void* self) {
  auto& headers = static_cast<Transfer*>(self)->response.headers;
  std::string_view line(bytes, length);
  if (line.starts_with("HTTP/")) headers = {};  // what came with a 100 or a proxy's answer is not ours
  std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) headers.add(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  return length;
}

std::size_t HttpClient::Transfer::on_body(char* bytes, std::size_t, std::size_t length, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.request.into && transfer.status() == kOk) {
    Taken taken = transfer.request.into({bytes, length});
    if (taken == Taken::later) return CURL_WRITEFUNC_PAUSE;
    return taken == Taken::all ? length : 0;
  }
  transfer.too_large = transfer.response.body.size() + length > transfer.request.max_response;
  if (transfer.too_large) return 0;  // curl ends the transfer
  transfer.response.body.append(bytes, length);
  return length;
}

HttpClient::Multi::Multi(HttpClient* owner) : client(owner) {
  curl_multi_setopt(handle.get(), CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(handle.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(handle.get(), CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(handle.get(), CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(handle.get(), CURLMOPT_MAX_HOST_CONNECTIONS, owner->options_.connections);
}

int HttpClient::Multi::on_timer(CURLM*, long milliseconds, void* self) {
  Timer& timer = static_cast<Multi*>(self)->client->timer_;
  if (milliseconds < 0)
    timer.stop();
  else
    timer.start(Millis(milliseconds));
  return 0;
}

int HttpClient::Multi::on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
  static_cast<Multi*>(self)->watch(socket, what, static_cast<Watch*>(known));
  return 0;
}

void HttpClient::Multi::watch(curl_socket_t socket, int what, Watch* known) {
  if (what == CURL_POLL_REMOVE) {
    delete known;
    curl_multi_assign(handle.get(), socket, nullptr);
    return;
  }
  if (!known) {
    known = new Watch{Handle<uv_poll_t>(new uv_poll_t)};
    uv_poll_init(client->loop_.raw(), known->poll.get(), socket);
    known->poll->data = client;
    curl_multi_assign(handle.get(), socket, known);
  }
  int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
  uv_poll_start(known->poll.get(), events, [](uv_poll_t* poll, int status, int happened) {
    int flags =
        (happened & UV_READABLE ? CURL_CSELECT_IN : 0) | (happened & UV_WRITABLE ? CURL_CSELECT_OUT : 0);
    uv_os_fd_t fd = -1;
    uv_fileno(reinterpret_cast<uv_handle_t*>(poll), &fd);
    if (poll->data) static_cast<HttpClient*>(poll->data)->act(fd, status < 0 ? CURL_CSELECT_ERR : flags);
  });
}

std::optional<WallTime> http_date(const std::string& text) {
  std::time_t seconds = ::curl_getdate(text.c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return WallTime(std::chrono::seconds(seconds));
}

}  // namespace coordinator::io
