// A plugin of the end-to-end tests, built in two versions: WORDS tells which.
#include <coordinator/plugin.hpp>

#include <csignal>

using namespace coordinator::plugin;

COORDINATOR_PLUGIN(plugin, "greeter", WORDS, "Greets, at once or when it is told to") {
  plugin.command("greet", "Greets at once").run([](const Call& call) { call.reply(WORDS); });

  // Holds the call for this many milliseconds.
  plugin.command("linger", "Greets later")
      .option(Option::integer("for", "Milliseconds").required())
      .run([](const Call& call) {
        call.host().after(std::chrono::milliseconds(call.integer("for")),
                          [held = call.hold()] { held->reply(WORDS); });
      });

  // A button that says who made it.
  plugin.command("offer", "Shows a button").run([](const Call& call) {
    call.respond(Message("Press").row({Button::primary("Press me", "press")}));
  });
  plugin.button("press", [](const Call& call) { call.whisper("pressed " WORDS); });

  plugin.command("die", "Ends the daemon").run([](const Call&) { std::raise(SIGSEGV); });

  // Counts its uses, over restarts.
  plugin.command("count", "Counts").run([](const Call& call) {
    int count = std::stoi(call.host().stored("count").value_or("0")) + 1;
    call.host().store("count", std::to_string(count));
    call.reply("count " + std::to_string(count));
  });
}
