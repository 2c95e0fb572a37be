#include "io/http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cstring>

#include "io/http_exchange.h"

namespace coordinator::io {

namespace {

void append_encoded(std::string& out, std::string_view text, std::string_view unreserved) {
  for (unsigned char c : text) {
    if (std::isalnum(c) || unreserved.find(static_cast<char>(c)) != std::string_view::npos)
      out += static_cast<char>(c);
    else
      out += fmt::format("%{:02X}", c);
  }
}

std::optional<std::string_view> find(const HeaderList& list, std::string_view name) {
  for (const auto& [key, value] : list)
    if (key == name) return value;
  return std::nullopt;
}

}  // namespace

// ---- what a request says

std::optional<std::string_view> ServerRequest::header(std::string_view name) const {
  return find(headers, name);
}
std::optional<std::string_view> ServerRequest::parameter(std::string_view name) const {
  return find(query, name);
}

bool ServerRequest::from_this_machine() const {
  return peer.empty() || peer.rfind("127.", 0) == 0 || peer == "::1" || peer.rfind("::ffff:127.", 0) == 0;
}

std::string ServerRequest::target() const {
  std::string out;
  append_encoded(out, path, "/-._~!$&'()*+,;=@");
  for (const auto& [key, value] : query) {
    out += out.find('?') == std::string::npos ? '?' : '&';
    append_encoded(out, key, "-._~[]");
    out += '=';
    append_encoded(out, value, "-._~:,");
  }
  return out;
}

namespace {

const char* method_name(int method) {
  switch (method) {
    case LWSHUMETH_GET:
      return "GET";
    case LWSHUMETH_POST:
      return "POST";
    case LWSHUMETH_OPTIONS:
      return "OPTIONS";
    case LWSHUMETH_PUT:
      return "PUT";
    case LWSHUMETH_PATCH:
      return "PATCH";
    case LWSHUMETH_DELETE:
      return "DELETE";
    case LWSHUMETH_HEAD:
      return "HEAD";
    default:
      return "CONNECT";
  }
}

// Every callback of every connection of every server ends here. A return of -1 makes lws close the
// connection.
int on_lws(lws* wsi, lws_callback_reasons reason, void*, void* in, std::size_t length) {
  auto* exchange = static_cast<Exchange*>(lws_get_opaque_user_data(wsi));
  std::string_view bytes(static_cast<const char*>(in), in ? length : 0);
  auto keep = [](bool open) { return open ? 0 : -1; };
  switch (reason) {
    case LWS_CALLBACK_HTTP: {
      auto* core = static_cast<HttpServer::Core*>(lws_get_vhost_user(lws_get_vhost(wsi)));
      return core && !core->gone ? keep(core->of(wsi).begin()) : -1;
    }
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: {
      auto* core = static_cast<HttpServer::Core*>(lws_get_vhost_user(lws_get_vhost(wsi)));
      return core && !core->gone ? core->upgrade(wsi, static_cast<const char*>(in)) : -1;
    }
    case LWS_CALLBACK_HTTP_BODY:
      return exchange ? keep(exchange->take_body(bytes)) : -1;
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
      return exchange ? keep(exchange->body_is_whole()) : -1;
    case LWS_CALLBACK_HTTP_WRITEABLE:
      return exchange ? keep(exchange->write_answer()) : -1;
    case LWS_CALLBACK_ESTABLISHED:
      if (exchange) exchange->open();
      return exchange ? 0 : -1;
    case LWS_CALLBACK_RECEIVE:
      return exchange ? keep(exchange->receive(bytes)) : -1;
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return exchange ? keep(exchange->write_message()) : -1;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      if (exchange && bytes.size() >= 2)
        exchange->peer_code =
            static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]);
      else if (exchange)
        exchange->peer_code = 1005;
      return 0;
    case LWS_CALLBACK_WSI_DESTROY:
      if (exchange) exchange->closed();
      return 0;
    default:
      return 0;
  }
}

const lws_protocols kProtocols[] = {{"http", on_lws, 0, 0, 0, nullptr, 0}, {}};

}  // namespace

Exchange& HttpServer::Core::of(lws* wsi) {
  auto& exchange = exchanges[wsi];
  if (!exchange) {
    exchange = std::make_shared<Exchange>();
    exchange->core = this;
    exchange->wsi = wsi;
    lws_set_opaque_user_data(wsi, exchange.get());
  }
  return *exchange;
}

ServerRequest HttpServer::Core::read_head(lws* wsi) const {
  ServerRequest request;
  char* uri = nullptr;
  int length = 0;
  request.method = method_name(lws_http_get_uri_and_method(wsi, &uri, &length));
  if (uri) request.path.assign(uri, static_cast<std::size_t>(length));
  char peer[64] = "";
  lws_get_peer_simple(wsi, peer, sizeof peer);
  if (options.unix_path.empty()) request.peer = peer;

  std::string value(64 * 1024, '\0');
  auto room = static_cast<int>(value.size());
  for (int part = 0; lws_hdr_copy_fragment(wsi, value.data(), room, WSI_TOKEN_HTTP_URI_ARGS, part) >= 0;
       ++part) {
    std::string_view text(value.c_str());
    auto equals = text.find('=');
    request.query.emplace_back(text.substr(0, equals),
                               equals == std::string_view::npos ? "" : text.substr(equals + 1));
  }
  for (int token = 0; token < WSI_TOKEN_COUNT; ++token) {
    auto index = static_cast<lws_token_indexes>(token);
    const auto* name = reinterpret_cast<const char*>(lws_token_to_string(index));
    if (!name || !std::strchr(name, ':') || name[0] == ':') continue;  // ":path" and the like are HTTP/2's
    if (lws_hdr_total_length(wsi, index) <= 0 || lws_hdr_copy(wsi, value.data(), room, index) < 0) continue;
    request.headers.emplace_back(std::string(name, std::strchr(name, ':')), value.c_str());
  }
  for (const auto& name : options.headers) {
    std::string wanted = name + ":";
    auto size = static_cast<int>(wanted.size());
    if (lws_hdr_custom_length(wsi, wanted.c_str(), size) < 0) continue;
    if (lws_hdr_custom_copy(wsi, value.data(), room, wanted.c_str(), size) >= 0)
      request.headers.emplace_back(name, value.c_str());
  }
  return request;
}

// 0: lws goes on with the handshake; 1: we answered; -1: hang up.
int HttpServer::Core::upgrade(lws* wsi, std::string_view protocol) {
  if (protocol != "websocket") return -1;
  Exchange& exchange = of(wsi);
  exchange.request = read_head(wsi);
  std::optional<ServerResponse> refusal = ServerResponse{404, {}, ""};
  if (accept) refusal = accept(exchange.request);
  if (!refusal) return 0;
  return lws_return_http_status(wsi, static_cast<unsigned>(refusal->status), refusal->body.c_str()) ? -1 : 1;
}

void HttpServer::Core::look_for_the_gone() {
  bool waiting = false;
  for (auto& [wsi, exchange] : exchanges) {
    if (!exchange->answering || exchange->answered) continue;
    waiting = true;
    char next;
    if (recv(lws_get_socket_fd(wsi), &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0) reset_connection(wsi);
  }
  if (!waiting) watch->stop();
}

// The vhost has ended, and with it the last callback.
void HttpServer::Core::finalize(Core* core) {
  core->vhost = nullptr;
  if (core->gone) delete core;
}

// ---- the right to answer

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    Responder old(std::exchange(exchange_, {}));
    exchange_ = std::move(other.exchange_);
  }
  return *this;
}

Responder::~Responder() {
  if (waiting()) send({500, {{"content-type", "text/plain"}}, "the server gave no answer\n"});
}

void Responder::send(ServerResponse response) {
  auto exchange = std::exchange(exchange_, {}).lock();
  if (exchange && exchange->wsi && exchange->core && !exchange->answered)
    exchange->answer(std::move(response));
}

void Responder::drop() {
  auto exchange = std::exchange(exchange_, {}).lock();
  if (exchange && exchange->wsi && exchange->core) exchange->drop();
}

bool Responder::waiting() const {
  auto exchange = exchange_.lock();
  return exchange && exchange->wsi && exchange->core && !exchange->answered;
}

// ---- the server

HttpServer::HttpServer(LwsContext& context, HttpServerOptions options)
    : core_(std::make_unique<Core>(context, std::move(options))) {}

HttpServer::~HttpServer() {
  for (auto& [wsi, exchange] : core_->exchanges) {
    lws_set_opaque_user_data(wsi, nullptr);
    end_connection(wsi);
    exchange->core = nullptr;
    exchange->wsi = nullptr;
  }
  core_->exchanges.clear();
  core_->watch.reset();
  core_->gone = true;
  if (!core_->options.unix_path.empty()) unlink(core_->options.unix_path.c_str());
  if (core_->vhost) lws_vhost_destroy(core_.release()->vhost);  // which frees it in the end
}

void HttpServer::on_request(RequestHandler handler) { core_->handler = std::move(handler); }

void HttpServer::on_upgrade(std::function<std::optional<ServerResponse>(const ServerRequest&)> accept,
                            SocketHandler open) {
  core_->accept = std::move(accept);
  core_->open_socket = std::move(open);
}

Status HttpServer::listen() {
  const auto& options = core_->options;
  bool local = !options.unix_path.empty();
  if (local) unlink(options.unix_path.c_str());
  auto vhost = core_->context.add_vhost("http-server", kProtocols, [&](lws_context_creation_info& info) {
    info.options |= LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
    if (local) info.options |= LWS_SERVER_OPTION_UNIX_SOCK;
    if (options.host.find(':') == std::string::npos) info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
    info.port = local ? 0 : options.port;
    info.iface = local ? options.unix_path.c_str() : options.host.c_str();
    info.user = info.finalize_arg = core_.get();
    info.finalize = [](lws_vhost*, void* core) { Core::finalize(static_cast<Core*>(core)); };
    info.timeout_secs = info.timeout_secs_ah_idle = options.stall_seconds;
    info.keepalive_timeout = static_cast<int>(options.keep_alive_seconds);
  });
  if (!vhost) return tl::unexpected<Error>(vhost.error());
  core_->vhost = *vhost;
  return {};
}

int HttpServer::port() const {
  return core_->vhost && core_->options.unix_path.empty() ? lws_get_vhost_listen_port(core_->vhost) : 0;
}

}  // namespace coordinator::io
