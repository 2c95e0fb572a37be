// The command /help: every command that is loaded, to be clicked.
#include <algorithm>
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

// Who sees a command unless the server says otherwise.
std::string permission_words(std::uint64_t permissions) {
  if (permissions & kAdministrator) return " *(administrators)*";
  if (permissions == kManageMessages) return " *(who may manage messages)*";
  return permissions ? " *(who has the permission)*" : "";
}

void add(Lines& lines, const Plugins& plugins, const CommandInfo& command) {
  std::string who = permission_words(command.permissions);
  if (command.subcommands.empty())
    lines.add(plugins.mention(command.name) + " " + plain(command.description) + who);
  for (auto& [name, description] : command.subcommands)
    lines.add(plugins.mention(command.name, name) + " " + plain(description) + who);
}

std::vector<CommandInfo> loaded(const Plugins& plugins) {
  std::vector<CommandInfo> commands;
  for (const PluginInfo& plugin : plugins.all())
    commands.insert(commands.end(), plugin.commands.begin(), plugin.commands.end());
  std::sort(commands.begin(), commands.end(),
            [](const CommandInfo& a, const CommandInfo& b) { return a.name < b.name; });
  return commands;
}

void run(const Call& call) {
  Plugins plugins(call.host());
  Lines lines;
  lines.add("Mention me in a channel that has a project, and I work on it there.\n");
  for (const CommandInfo& command : loaded(plugins)) add(lines, plugins, command);
  call.respond(Message().embed(Embed().title("Commands").description(lines.text(": type `/` to see them"))));
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "help", "1.0", "Lists the commands that are loaded") {
  plugin.command("help", "Lists all commands").ephemeral().run(run);
  plugin.need_extension(COORDINATOR_PLUGINS);
}
