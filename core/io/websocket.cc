#include "io/websocket.h"

#include <libwebsockets.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "io/loop.h"
#include "io/lws_context.h"
#include "io/resolve.h"

namespace coordinator::io {

namespace {

constexpr int kTooBig = 1009;  // RFC 6455, 7.4.1
constexpr int kNoCodeGiven = 1005;
constexpr auto kOurs = static_cast<pending_timeout>(PENDING_TIMEOUT_USER_REASON_BASE);
constexpr auto kCloseFrame =
    static_cast<lws_write_protocol>(4);  // LWS_WRITE_CLOSE, which only lws itself names
constexpr int kFarewellSeconds = 10;     // for a peer that neither reads nor answers a close frame

int on_event(lws* wsi, lws_callback_reasons reason, void* user, void* in, std::size_t length);

const lws_protocols kProtocols[] = {{"websocket", on_event, 0, 16 * 1024, 0, nullptr, 0},
                                    {nullptr, nullptr, 0, 0, 0, nullptr, 0}};

// One vhost for all plain connections, one for each set of trusted certificates. Toward this machine the
// proxy that the environment may name is not asked: lws would ask it.
Result<lws_vhost*> client_vhost(LwsContext& context, const Url& url, const std::string& ca_file) {
  bool local = is_loopback(url.host);
  std::string name =
      fmt::format("websocket{}{} {}", local ? " local" : "", url.secure() ? " TLS" : "", ca_file);
  if (context.ok())
    if (lws_vhost* known = lws_get_vhost_by_name(context.raw(), name.c_str())) return known;
  return context.add_vhost(name, kProtocols, [&](lws_context_creation_info& info) {
    if (local) info.http_proxy_address = "none:0";
    if (!url.secure()) return;
    info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    if (!ca_file.empty()) info.client_ssl_ca_filepath = ca_file.c_str();
  });
}

}  // namespace

struct WebSocket::Link {
  WebSocket* owner;
  lws* wsi = nullptr;
  std::string user_agent;
  std::deque<std::string> unsent;  // each with LWS_PRE bytes of room in front
  std::size_t unsent_bytes = 0;
  std::string partial;  // the fragments of a message so far
  std::optional<std::pair<int, std::string>> farewell;
  bool farewell_said = false;
  std::optional<int> peer_code;
  std::string ending;           // why it ended, as far as is known
  bool handshake_sent = false;  // TCP and TLS stand: another address would not be better

  explicit Link(WebSocket* holder) : owner(holder), user_agent(holder->options_.user_agent) {}
  ~Link() {
    if (owner) owner->link_ = nullptr;
  }

  int handle(lws_callback_reasons reason, void* in, std::size_t length);

 private:
  int add_headers(void* in, std::size_t length);
  int receive(const char* bytes, std::size_t length);
  int write();
  int say_farewell();
  int note_peer_close(const unsigned char* bytes, std::size_t length);
  int fail_attempt(const char* text, std::size_t length);
  void end();
};

namespace {

int on_event(lws* wsi, lws_callback_reasons reason, void*, void* in, std::size_t length) {
  auto* link = static_cast<WebSocket::Link*>(lws_get_opaque_user_data(wsi));
  if (!link) return 0;
  link->wsi = wsi;
  if (reason != LWS_CALLBACK_WSI_DESTROY) return link->handle(reason, in, length);
  lws_set_opaque_user_data(wsi, nullptr);
  link->handle(LWS_CALLBACK_CLIENT_CLOSED, nullptr, 0);
  delete link;
  return 0;
}

}  // namespace

WebSocket::WebSocket(LwsContext& context, std::string_view url, WebSocketListener listener,
                     WebSocketOptions options)
    : context_(context),
      listener_(std::move(listener)),
      options_(std::move(options)),
      deadline_(context.loop(), [this] { finish(std::nullopt, "no connection in time"); }),
      self_(std::make_shared<WebSocket*>(this)) {
  if (auto begun = begin(url); !begun) finish_later(begun.error().what);
}

Status WebSocket::begin(std::string_view url) {
  auto parsed = parse_url(url);
  if (!parsed) return tl::unexpected(parsed.error());
  url_ = std::move(*parsed);
  if (url_.scheme != "ws" && url_.scheme != "wss") return fail("not a websocket URL: {}", url_.text());
  if (auto safe = require_safe(url_); !safe) return safe;
  deadline_.start(options_.connect_timeout);
  look_up();
  return {};
}

WebSocket::~WebSocket() {
  *self_ = nullptr;
  let_go();
}

void WebSocket::send(std::string_view text) {
  if (!open_ || !link_ || link_->farewell) return;
  if (link_->unsent_bytes + text.size() > options_.max_unsent)
    return finish_later(fmt::format("the server does not read: {} bytes wait", link_->unsent_bytes));
  link_->unsent.push_back(std::string(LWS_PRE, '\0') + std::string(text));
  link_->unsent_bytes += text.size();
  lws_callback_on_writable(link_->wsi);
}

void WebSocket::close(int code, std::string_view reason) {
  if (!open_ || !link_) return finish_later("given up");
  if (link_->farewell) return;
  link_->farewell.emplace(code, reason.substr(0, 120));  // a control frame holds 125 bytes
  link_->ending = "closed from here";
  lws_set_timeout(link_->wsi, kOurs, kFarewellSeconds);
  lws_callback_on_writable(link_->wsi);
}

void WebSocket::look_up() {
  resolve_ = std::make_unique<Resolve>(context_.loop(), url_.host, [this](auto found) {
    if (!found) return finish(std::nullopt, found.error().what);
    addresses_ = std::move(*found);
    std::reverse(addresses_.begin(), addresses_.end());
    try_next_address();
  });
}

void WebSocket::try_next_address() {
  std::string address = std::move(addresses_.back());
  addresses_.pop_back();
  if (start(address) || finished_ || !link_) return;
  delete link_;  // lws had not yet begun with it
  attempt_failed("libwebsockets could not begin to connect");
}

// False: lws gave up at once; then link_ is gone where lws has told why, and still there where it has not.
bool WebSocket::start(const std::string& address) {
  auto vhost = client_vhost(context_, url_, options_.ca_file);
  if (!vhost) return finish(std::nullopt, vhost.error().what), true;
  std::string host = url_.authority();
  link_ = new Link(this);
  lws* early = nullptr;
  lws_client_connect_info info{};
  info.context = context_.raw();
  info.vhost = *vhost;
  info.address = address.c_str();
  info.port = url_.port;
  info.host = host.c_str();
  info.path = url_.target.c_str();
  info.ssl_connection = url_.secure() ? LCCSCF_USE_SSL : 0;
  info.alpn = "http/1.1";
  info.local_protocol_name = kProtocols[0].name;
  info.opaque_user_data = link_;
  info.pwsi = &early;
  return lws_client_connect_via_info(&info) != nullptr;
}

void WebSocket::attempt_failed(const std::string& reason) {
  if (addresses_.empty()) return finish(std::nullopt, reason);
  context_.loop().later([self = self_] {
    if (*self && !(*self)->finished_) (*self)->try_next_address();
  });
}

void WebSocket::on_opened() {
  deadline_.stop();
  open_ = true;
  if (listener_.opened && !finished_) listener_.opened();
}

void WebSocket::on_message(std::string_view bytes, bool binary) {
  if (listener_.message && !finished_) listener_.message(bytes, binary);
}

void WebSocket::finish(std::optional<int> code, const std::string& reason) {
  if (std::exchange(finished_, true)) return;
  open_ = false;
  deadline_.stop();
  let_go();
  if (listener_.closed) listener_.closed(code, reason);
}

void WebSocket::finish_later(std::string reason) {
  context_.loop().later([self = self_, reason = std::move(reason)] {
    if (*self) (*self)->finish(std::nullopt, reason);
  });
}

// lws closes its object by itself: at once, or when the farewell has been said.
void WebSocket::let_go() {
  resolve_.reset();
  if (!link_) return;
  Link* link = std::exchange(link_, nullptr);
  link->owner = nullptr;
  if (!link->farewell && link->wsi) lws_set_timeout(link->wsi, kOurs, LWS_TO_KILL_ASYNC);
}

int WebSocket::Link::handle(lws_callback_reasons reason, void* in, std::size_t length) {
  switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
      return add_headers(in, length);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      return fail_attempt(static_cast<char*>(in), length);
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      if (owner) owner->on_opened();
      return owner || farewell ? 0 : -1;
    case LWS_CALLBACK_CLIENT_RECEIVE:
      return receive(static_cast<char*>(in), length);
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      return write();
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      return note_peer_close(static_cast<unsigned char*>(in), length);
    case LWS_CALLBACK_CLIENT_CLOSED:
      return end(), 0;
    default:
      return 0;
  }
}

int WebSocket::Link::add_headers(void* in, std::size_t length) {
  handshake_sent = true;
  auto** at = static_cast<unsigned char**>(in);
  if (user_agent.empty()) return 0;
  return lws_add_http_header_by_name(wsi, reinterpret_cast<const unsigned char*>("User-Agent:"),
                                     reinterpret_cast<const unsigned char*>(user_agent.data()),
                                     static_cast<int>(user_agent.size()), at, *at + length);
}

int WebSocket::Link::receive(const char* bytes, std::size_t length) {
  if (!owner || owner->finished_) return farewell ? 0 : -1;  // until lws has closed it
  bool last = lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
  bool binary = lws_frame_is_binary(wsi) != 0;
  if (partial.size() + length > owner->options_.max_message) {
    std::string reason = fmt::format("a message is longer than {} bytes", owner->options_.max_message);
    owner->close(kTooBig, "message too big");
    owner->finish(std::nullopt, reason);
    return 0;
  }
  if (last && partial.empty()) {  // the common case: nothing is copied
    owner->on_message({bytes, length}, binary);
    return 0;
  }
  partial.append(bytes, length);
  if (last) {
    std::string whole = std::exchange(partial, {});
    owner->on_message(whole, binary);
  }
  return 0;
}

// One frame for each time the socket is ready, as lws wants it.
int WebSocket::Link::write() {
  if (!unsent.empty()) {
    std::string frame = std::move(unsent.front());
    unsent.pop_front();
    std::size_t size = frame.size() - LWS_PRE;
    unsent_bytes -= size;
    auto* payload = reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE;
    if (lws_write(wsi, payload, size, LWS_WRITE_TEXT) < 0) return -1;
    if (!unsent.empty() || farewell) lws_callback_on_writable(wsi);
    return 0;
  }
  return farewell && !farewell_said ? say_farewell() : 0;
}

// lws_close_reason() and returning -1 would be the usual way. Debian's lws, on libuv, then closes a second
// time as a test of itself, before the frame has gone out.
int WebSocket::Link::say_farewell() {
  auto [code, words] = *farewell;
  std::string frame(LWS_PRE, '\0');
  frame += {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  frame += words;
  auto* payload = reinterpret_cast<unsigned char*>(frame.data()) + LWS_PRE;
  farewell_said = true;
  return lws_write(wsi, payload, frame.size() - LWS_PRE, kCloseFrame) < 0 ? -1 : 0;
}

int WebSocket::Link::note_peer_close(const unsigned char* bytes, std::size_t length) {
  if (farewell_said) return -1;  // the answer to ours: there is nothing left to say
  peer_code = length >= 2 ? bytes[0] << 8 | bytes[1] : kNoCodeGiven;
  ending = length > 2 ? std::string(reinterpret_cast<const char*>(bytes) + 2, length - 2)
                      : "the server closed without a reason";
  return 0;
}

int WebSocket::Link::fail_attempt(const char* text, std::size_t length) {
  if (!owner) return 0;
  WebSocket* socket = std::exchange(owner, nullptr);
  socket->link_ = nullptr;
  if (handshake_sent) socket->addresses_.clear();
  socket->attempt_failed(fmt::format("cannot connect to {}: {}", socket->url_.authority(),
                                     text ? std::string_view(text, length) : "refused or unreachable"));
  return 0;
}

void WebSocket::Link::end() {
  if (!owner) return;
  WebSocket* socket = std::exchange(owner, nullptr);
  socket->link_ = nullptr;
  socket->finish(peer_code, ending.empty() ? "the connection broke" : ending);
}

}  // namespace coordinator::io
