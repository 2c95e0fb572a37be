// A server with a certificate for localhost that only tests trust: websockets are greeted, HTTP requests (1.1
// or 2, by ALPN) are answered with the protocol's version. Certificates in tests/unit/io/tls; the authority's
// key is gone.
#pragma once

#include <libwebsockets.h>

#include <cstring>
#include <string>

#include "io/lws_context.h"

namespace coordinator::test {

inline int tls_server_event(lws* wsi, lws_callback_reasons reason, void* user, void* in, std::size_t length) {
  unsigned char room[LWS_PRE + 512];
  unsigned char* start = room + LWS_PRE;
  unsigned char* at = start;
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      lws_callback_on_writable(wsi);
      return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
      std::memcpy(start, "hello", 5);
      return lws_write(wsi, start, 5, LWS_WRITE_TEXT) < 0 ? -1 : 0;
    case LWS_CALLBACK_HTTP: {
      if (lws_add_http_common_headers(wsi, 200, "text/plain", 6, &at, room + sizeof room) ||
          lws_finalize_write_http_header(wsi, start, &at, room + sizeof room))
        return 1;
      lws_callback_on_writable(wsi);
      return 0;
    }
    case LWS_CALLBACK_HTTP_WRITEABLE:
      std::memcpy(start, "secure", 6);
      if (lws_write(wsi, start, 6, LWS_WRITE_HTTP_FINAL) != 6) return 1;
      return lws_http_transaction_completed(wsi) ? -1 : 0;
    default:
      return lws_callback_http_dummy(wsi, reason, user, in, length);
  }
}

inline const lws_protocols kTlsProtocols[] = {{"tls", tls_server_event, 0, 0, 0, nullptr, 0},
                                              {nullptr, nullptr, 0, 0, 0, nullptr, 0}};

// The port it listens on.
inline int start_tls_server(io::LwsContext& context) {
  static const std::string certificate = TEST_DATA "/tls/localhost.pem", key = TEST_DATA "/tls/localhost.key";
  auto vhost = context.add_vhost("tls server", kTlsProtocols, [&](lws_context_creation_info& info) {
    info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.port = 0;
    info.iface = "127.0.0.1";
    info.ssl_cert_filepath = certificate.c_str();
    info.ssl_private_key_filepath = key.c_str();
  });
  return vhost ? lws_get_vhost_listen_port(*vhost) : 0;
}

}  // namespace coordinator::test
