// `coordinator`: the person's command.
#include <CLI/CLI.hpp>

#include "app/playground_command.h"
#include "version.h"

using namespace coordinator;

int main(int argc, char** argv) {
  CLI::App program("Coordinator: coding agents in Discord channels", "coordinator");
  program.set_version_flag("--version", "coordinator " COORDINATOR_VERSION);
  program.require_subcommand(1);

  app::PlaygroundCommand command;
  auto* playground = program.add_subcommand("playground", "Speak with the bot in a running playground");
  playground->add_option("--url", command.url, "Where the playground is")->capture_default_str();
  playground->add_option("--channel", command.channel, "Where to speak: a name or an id")
      ->capture_default_str();
  playground->add_option("--say", command.say, "What to say to the bot; without it, only wait for the bot");
  playground->add_option("--author", command.author, "Who speaks")->capture_default_str();
  playground->add_option("--reply-to", command.reply_to, "The id of the message to reply to");
  playground->add_option("--timeout", command.timeout, "Seconds to wait for the answer")
      ->capture_default_str();
  playground->add_option("--wait-for-bot", command.wait_for_bot, "Seconds to wait until a bot is connected")
      ->capture_default_str();

  CLI11_PARSE(program, argc, argv);
  return app::run_playground_command(command);
}
