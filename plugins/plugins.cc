// The command /plugins: what is loaded and what is not, and why; reloads, enables and disables.
#include <algorithm>
#include <coordinator/plugin.hpp>

using namespace coordinator::plugin;

namespace {

std::string state_of(const PluginInfo& plugin) {
  switch (plugin.state) {
    case COORDINATOR_SERVING:
      return "serves";
    case COORDINATOR_REFUSED_FILE:
      return "**refused**";
    case COORDINATOR_DISABLED:
      return "disabled";
    case COORDINATOR_QUARANTINED:
      return "**in quarantine**";
    default:
      return "unknown";
  }
}

std::string line_of(const PluginInfo& plugin) {
  std::string line = "**" + plain(one_line(plugin.name, 64)) + "** ";
  if (!plugin.version.empty()) line += excerpt(plugin.version, 32) + " ";
  line += state_of(plugin);
  for (std::size_t i = 0; i < plugin.commands.size() && i < 10; ++i)
    line += (i ? ", `/" : " · `/") + plugin.commands[i].name + "`";
  if (!plugin.detail.empty()) line += "\n-# " + excerpt(plugin.detail, 300);
  return line;
}

// One that serves while its new file is refused is not.
bool is_fine(const PluginInfo& plugin) {
  return plugin.state == COORDINATOR_SERVING && plugin.detail.empty();
}

// What needs a person comes first.
Message listed(std::vector<PluginInfo> plugins) {
  if (plugins.empty()) return Message("There are no plugins. Copy a .so file into the plugins directory.");
  std::stable_sort(plugins.begin(), plugins.end(), [](const PluginInfo& a, const PluginInfo& b) {
    bool fine_a = is_fine(a), fine_b = is_fine(b);
    return fine_a != fine_b ? fine_b : a.name < b.name;
  });
  Lines lines;
  for (const PluginInfo& plugin : plugins) lines.add(line_of(plugin));
  return Message().embed(
      Embed().title("Plugins").description(lines.text(": `coordinator plugins list` shows all")));
}

Choices complete(const Call& call) {
  Choices choices(call.typed());
  for (const PluginInfo& plugin : Plugins(call.host()).all()) choices.add(plugin.name);
  return choices;
}

// The daemon may look at the file first, which takes a moment: meanwhile Discord shows "thinking…".
auto told(const Call& call, std::string done) {
  return [held = call.hold(), done = std::move(done)](const Outcome& outcome) {
    held->whisper(Message(outcome.words_or(done)));
  };
}

std::string named(const Call& call) { return "**" + excerpt(call.text("name"), 64) + "**"; }

void disable(const Call& call) {
  std::string name = call.text("name");
  if (name == "plugins" || name == "plugins.so")
    return void(
        call.whisper("Without this command nobody could enable it here again. On the machine itself, "
                     "`coordinator plugins disable plugins` does it."));
  Plugins(call.host()).disable(call, call.text("name"), told(call, named(call) + " is disabled."));
}

}  // namespace

COORDINATOR_PLUGIN(plugin, "plugins", "1.0", "Lists, reloads, enables and disables plugins") {
  auto name = Option::text("name", "The plugin").required().complete(complete);
  auto& command =
      plugin.command("plugins", "Shows and changes which plugins serve").needs(kAdministrator).ephemeral();
  command.subcommand("list", "Shows all plugins, and why one does not serve").run([](const Call& call) {
    call.respond(listed(Plugins(call.host()).all()));
  });
  command.subcommand("reload", "Loads a plugin's file anew").option(name).run([](const Call& call) {
    Plugins(call.host()).reload(call, call.text("name"), told(call, named(call) + " is loaded anew."));
  });
  command.subcommand("enable", "Lets a disabled or quarantined plugin serve")
      .option(name)
      .run([](const Call& call) {
        Plugins(call.host()).enable(call, call.text("name"), told(call, named(call) + " is enabled."));
      });
  command.subcommand("disable", "Takes a plugin's commands away").option(name).run(disable);
  plugin.need_extension(COORDINATOR_PLUGINS);
}
