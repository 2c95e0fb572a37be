#include "io/lws_context.h"

#include <libwebsockets.h>

#include <string_view>
#include <utility>

#include "base/log.h"
#include "io/loop.h"

namespace coordinator::io {

namespace {

constexpr unsigned kServiceBuffer = 32 * 1024;  // one read of many small frames instead of many reads

// What lws calls an error is seldom one of ours: a peer that hangs up, a scanner that speaks no HTTP. Our own
// code reports what matters through its callbacks, so lws never speaks louder than a warning.
void forward_log(int level, const char* line) {
  std::string_view text(line);
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (level == LLL_ERR)
    log::warning("lws", "{}", text);
  else
    log::debug("lws", "{}", text);
}

}  // namespace

LwsContext::LwsContext(Loop& loop, unsigned connections)
    : loop_(loop), names_(std::make_shared<std::deque<std::string>>()) {
  lws_set_log_level(LLL_ERR | LLL_WARN, forward_log);
  void* loops[] = {loop.raw()};
  lws_context_creation_info info{};
  info.options =
      LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  info.foreign_loops = loops;
  info.fd_limit_per_thread = connections;
  info.pt_serv_buf_size = kServiceBuffer;
  info.port = CONTEXT_PORT_NO_LISTEN;
  context_ = lws_create_context(&info);
}

LwsContext::~LwsContext() {
  if (!context_) return;
  lws_context_destroy(context_);
  loop_.at_close([context = context_, names = names_] { lws_context_destroy(context); });
}

Result<lws_vhost*> LwsContext::add_vhost(std::string name, const lws_protocols* protocols,
                                         const std::function<void(lws_context_creation_info&)>& adjust) {
  if (!context_)
    return fail("libwebsockets cannot use the event loop: install the package libwebsockets-evlib-uv");
  lws_context_creation_info info{};
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.vhost_name = names_->emplace_back(std::move(name)).c_str();
  info.protocols = protocols;
  if (adjust) adjust(info);
  if (auto* vhost = lws_create_vhost(context_, &info)) return vhost;
  if (info.port >= 0) return fail("cannot listen on port {}: is it in use by another program?", info.port);
  return fail("libwebsockets refused the settings of {}", info.vhost_name);
}

}  // namespace coordinator::io
