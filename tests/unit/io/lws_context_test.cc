// The lws context on our loop: vhosts come and go, and its teardown leaves nothing behind (AddressSanitizer
// watches).
#include "io/lws_context.h"

#include <libwebsockets.h>

#include "io/loop.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;

namespace {

const lws_protocols kProtocols[] = {{"test", lws_callback_http_dummy, 0, 0, 0, nullptr, 0},
                                    {nullptr, nullptr, 0, 0, 0, nullptr, 0}};

}  // namespace

TEST_GROUP(LwsContext) { io::Loop loop; };

TEST(LwsContext, is_destroyed_without_having_run) {
  io::LwsContext context(loop);
  CHECK(context.ok());
}

TEST(LwsContext, listens_on_a_port_chosen_by_the_system) {
  io::LwsContext context(loop);
  auto vhost = context.add_vhost("server", kProtocols, [](lws_context_creation_info& info) {
    info.port = 0;
    info.iface = "127.0.0.1";
  });
  CHECK(vhost.has_value());
  CHECK(lws_get_vhost_listen_port(*vhost) > 0);
  for (int i = 0; i < 5; ++i) loop.run_once(false);
}

TEST(LwsContext, holds_several_vhosts_and_says_which_port_is_taken) {
  io::LwsContext context(loop);
  auto listen = [](int port) {
    return [port](lws_context_creation_info& info) {
      info.port = port;
      info.iface = "127.0.0.1";
    };
  };
  auto first = context.add_vhost("first", kProtocols, listen(0));
  auto client = context.add_vhost("client", kProtocols);
  CHECK(first.has_value());
  CHECK(client.has_value());
  loop.run_once(false);
  io::Loop other_loop;
  io::LwsContext other(other_loop);
  int port = lws_get_vhost_listen_port(*first);
  auto second = other.add_vhost("second", kProtocols, listen(port));
  CHECK(!second.has_value());
  STRCMP_CONTAINS(std::to_string(port).c_str(), second.error().what.c_str());
}
