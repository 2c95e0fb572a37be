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

std::vector<std::string> lines_of(const Plugins& plugins, const CommandInfo& command) {
  std::vector<std::string> lines;
  std::string who = permission_words(command.permissions) + "\n";
  if (command.subcommands.empty())
    lines.push_back(plugins.mention(command.name) + " " + plain(command.description) + who);
  for (auto& [name, description] : command.subcommands)
    lines.push_back(plugins.mention(command.name, name) + " " + plain(description) + who);
  return lines;
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
  auto commands = loaded(plugins);
  std::string text = "Mention me in a channel that has a project, and I work on it there.\n\n";
  std::size_t shown = 0;
  for (; shown < commands.size(); ++shown) {
    std::string lines;
    for (const std::string& line : lines_of(plugins, commands[shown])) lines += line;
    if (code_points(text) + code_points(lines) > 4000) break;
    text += lines;
  }
  if (shown < commands.size())
    text += "…and " + counted(commands.size() - shown, "command") + " more: type `/` to see them.";
  call.whisper(Message().embed(Embed().title("Commands").description(text)));
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "help", "1.0", "Lists the commands that are loaded") {
  plugin.command("help", "Lists all commands").ephemeral().run(run);
  plugin.need_extension(COORDINATOR_PLUGINS);
}
