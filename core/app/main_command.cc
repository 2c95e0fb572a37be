// `coordinator`: the person's command.
#include <CLI/CLI.hpp>

#include <functional>
#include <string>

#include "app/control_command.h"
#include "app/playground_command.h"
#include "app/plugins_check_command.h"
#include "app/plugins_command.h"
#include "app/stop_command.h"
#include "io/open_files.h"
#include "version.h"

using namespace coordinator;

namespace {

constexpr int kUsage = 2;
constexpr const char* kFooter =
    "Exit status: 0 done, 1 refused or failed, 2 used in a wrong way, 69 no daemon answers, 78 its state\n"
    "directory cannot be told or is another user's.";

// What was asked for; it runs when the whole command line has been understood.
using Run = std::function<int()>;

void add_state(CLI::App& to, std::optional<std::string>& state) {
  to.add_option("--state", state, "The daemon's state directory, in the place of the usual ones");
}

void add_playground(CLI::App& program, app::PlaygroundCommand& command, Run& run) {
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
  playground->callback([&] { run = [&] { return app::run_playground_command(command); }; });
}

void add_control(CLI::App& program, const std::string& name, const std::string& description,
                 app::ControlCommand& command, Run& run) {
  auto* verb = program.add_subcommand(name, description);
  command.request = name;
  verb->add_flag("--json", command.json, "Print the answer as JSON");
  add_state(*verb, command.state);
  verb->callback([&] { run = [&] { return app::run_control_command(command); }; });
}

void add_stop(CLI::App& program, app::StopCommand& command, Run& run) {
  auto* stop = program.add_subcommand("stop", "End the daemon and the turns that run, also without a daemon");
  stop->add_flag("--leave-turns", command.leave_turns, "Let the turns go on, for the next daemon to take up");
  stop->add_flag("--json", command.json, "Print the answer as JSON");
  add_state(*stop, command.state);
  stop->callback([&] { run = [&] { return app::run_stop_command(command); }; });
}

CLI::App* add_verb(CLI::App& plugins, const std::string& name, const std::string& description,
                   app::PluginsCommand& command, app::PluginsCommand::Verb verb, Run& run) {
  auto* one = plugins.add_subcommand(name, description);
  one->add_flag("--json", command.json, "Print the answer as JSON");
  add_state(*one, command.state);
  if (verb != app::PluginsCommand::Verb::list)
    one->add_option("name", command.name, "The plugin's name, or its file's")->required();
  one->callback([&, verb] {
    command.verb = verb;
    run = [&] { return app::run_plugins_command(command); };
  });
  return one;
}

void add_check(CLI::App& plugins, app::PluginsCheckCommand& command, Run& run) {
  auto* check = plugins.add_subcommand(
      "check", "Try a plugin's file as the daemon would, and say what it brings or why it is refused");
  check->add_option("file", command.file, "The file")->required();
  check->add_option("--fd", command.descriptor,
                    "Load this open file, in this very process; the file is only its name");
  check->add_flag("--json", command.json, "Print the outcome as JSON");
  check->callback([&] { run = [&] { return app::run_plugins_check(command); }; });
}

void add_plugins(CLI::App& program, app::PluginsCommand& command, app::PluginsCheckCommand& check, Run& run) {
  using Verb = app::PluginsCommand::Verb;
  auto* plugins = program.add_subcommand("plugins", "The commands that the daemon has loaded");
  plugins->require_subcommand(0, 1);
  plugins->callback([&, plugins] {
    if (plugins->get_subcommands().empty()) run = [&] { return app::run_plugins_command(command); };
  });
  plugins->add_flag("--json", command.json, "Print the answer as JSON");
  add_state(*plugins, command.state);
  add_verb(*plugins, "list", "List them (the default), with those that are refused, and why", command,
           Verb::list, run);
  add_verb(*plugins, "enable", "Load one that is disabled or quarantined", command, Verb::enable, run);
  add_verb(*plugins, "disable", "Unload one, until it is enabled again", command, Verb::disable, run);
  add_verb(*plugins, "reload", "Load one's file again", command, Verb::reload, run);
  add_check(*plugins, check, run);
}

}  // namespace

int main(int argc, char** argv) {
  io::open_standard_streams();
  CLI::App program("Coordinator: coding agents in Discord channels", "coordinator");
  program.set_version_flag("--version", "coordinator " COORDINATOR_VERSION);
  program.require_subcommand(1);
  program.footer(kFooter);

  Run run;
  app::PlaygroundCommand playground;
  app::PluginsCommand plugins;
  app::PluginsCheckCommand check;
  app::ControlCommand reload, metrics;
  app::StopCommand stop;
  add_plugins(program, plugins, check, run);
  add_control(program, "reload", "Have the daemon read its configuration again", reload, run);
  add_control(program, "metrics", "Print the daemon's numbers, in Prometheus's text format", metrics, run);
  add_stop(program, stop, run);
  add_playground(program, playground, run);

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsage;
  }
  return run();
}
