// The example of plugins/README.md: /hello greets somebody.
#include <coordinator/plugin.hpp>
using namespace coordinator::plugin;

COORDINATOR_PLUGIN(plugin, "hello", "1.0", "Greets people") {
  plugin.command("hello", "Greets somebody")
      .option(Option::user("who", "Whom to greet"))
      .run([](const Call& call) { call.reply("Hello, " + user_mention(call.id("who", call.user())) + "!"); });
}
