// The libwebsockets context of a loop: what every websocket client and every HTTP server on that loop share.
// https://libwebsockets.org/lws-api-doc-main/html/
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

struct lws_context;
struct lws_context_creation_info;
struct lws_protocols;
struct lws_vhost;

namespace coordinator::io {

class Loop;

// One for each loop, made after it and destroyed before it, outside of every lws callback. The plugin
// libwebsockets-evlib_uv.so is opened at run time: where it is missing, ok() is false and every connection
// fails with a sentence that names the package.
//
// Teardown takes two steps, and without the second one 330 kB leak: the destructor closes everything, and the
// Loop's destructor frees the rest once the loop has drained (Loop::at_close).
//
// A trap for websockets: to close with a code, write the close frame (see websocket.cc).
// Debian's lws was built with a test of itself that, on libuv, kills what lws_close_reason() and -1 began to
// close politely.
class LwsContext {
 public:
  // `connections`: the most sockets that lws may hold at once, listening ones included. Without a limit lws
  // would allocate for as many as the process may open.
  explicit LwsContext(Loop& loop, unsigned connections = 1024);
  ~LwsContext();
  LwsContext(const LwsContext&) = delete;
  LwsContext& operator=(const LwsContext&) = delete;

  // A virtual host: either a listening server or a bundle of client settings (TLS trust, protocols).
  // `protocols` (ended by a zeroed entry) must outlive the loop; `adjust` sets what else is wanted
  // (port, iface, TLS files, headers): without it the vhost does not listen. A vhost that speaks TLS adds
  // LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT to info.options, and pays 50 ms and a megabyte for the system's
  // trust store. The context owns the vhost; lws_vhost_destroy() ends it earlier.
  Result<lws_vhost*> add_vhost(std::string name, const lws_protocols* protocols,
                               const std::function<void(lws_context_creation_info&)>& adjust = {});

  bool ok() const { return context_ != nullptr; }
  lws_context* raw() { return context_; }
  Loop& loop() { return loop_; }

 private:
  Loop& loop_;
  lws_context* context_ = nullptr;
  std::shared_ptr<std::deque<std::string>> names_;  // lws borrows them until its very end
};

}  // namespace coordinator::io
