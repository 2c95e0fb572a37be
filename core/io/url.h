// A URL as far as our clients need it: scheme, host, port, and what is asked for there.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace coordinator::io {

struct Url {
  std::string scheme;  // lower case: "https", "wss", "http", "ws"
  std::string host;    // lower case, without the brackets of an IPv6 address
  int port = 0;        // the scheme's own where none is written
  std::string target;  // path and query, never empty: "/", "/gateway?v=10"

  bool secure() const { return scheme == "https" || scheme == "wss"; }
  // What the Host header says: the port only where it is not the scheme's own.
  std::string authority() const;
  std::string text() const { return scheme + "://" + authority() + target; }
};

// http, https, ws and wss only; user names and fragments are refused. The error names the URL without its
// query.
Result<Url> parse_url(std::string_view text);

// This very machine by its name or address: localhost, 127.0.0.0/8, ::1. Never asks a name server.
bool is_loopback(std::string_view host);

// Secure, or plain toward this machine only: what a connection that carries the token must be.
Status require_safe(const Url& url);

}  // namespace coordinator::io
