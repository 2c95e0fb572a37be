// coordinator.plugins/1: the plugins themselves.
#include <string>
#include <utility>
#include <vector>

#include "command/host_tables.h"
#include "command/plugins.h"

namespace coordinator::command {

namespace {

using Visit = void (*)(void* context, const coordinator_plugin_info* plugin);
using Change = void (Plugins::*)(std::string_view name, Plugins::Told told);

void show(const PluginInfo& from, Visit visit, void* context) {
  std::vector<const coordinator_command*> commands;
  if (from.serving)
    for (const CommandDescription& command : from.serving->description().commands)
      commands.push_back(command.command);
  auto out = sized<coordinator_plugin_info>();
  out.state = static_cast<std::uint32_t>(from.state);
  out.name = lend(from.name);
  out.version = lend(from.version);
  out.description = lend(from.description);
  out.file = lend(from.file);
  out.detail = lend_words(from.detail);
  out.commands = commands.data();
  out.command_count = commands.size();
  visit(context, &out);
}

void each(const coordinator_host* table, Visit visit, void* context) {
  Host& host = Host::of(table);
  if (host.closed() || !visit || !host.room().plugins) return;
  for (const PluginInfo& plugin : host.room().plugins->list()) show(plugin, visit, context);
}

void change(const coordinator_host* table, coordinator_call call, coordinator_string name, Change how,
            const char* what, coordinator_done done, void* context) {
  for_person(table, call, what, done, context, [=](Host& host, const Call& by, Done told) {
    std::string refusal = host.room().services.projects.refuses(by.interaction.person);
    if (!refusal.empty()) return told(tl::unexpected(Refusal{COORDINATOR_REFUSED, std::move(refusal)}));
    if (!host.room().plugins)
      return told(tl::unexpected(Refusal{COORDINATOR_FAILED, "No plugins are loaded yet."}));
    (host.room().plugins->*how)(view_of(name), [told = std::move(told)](Result<std::string> result) {
      if (result) return told(*result);
      told(tl::unexpected(Refusal{COORDINATOR_FAILED, result.error().what}));
    });
  });
}

void reload(const coordinator_host* table, coordinator_call call, coordinator_string name,
            coordinator_done done, void* context) {
  change(table, call, name, &Plugins::reload, "plugins reload", done, context);
}

void enable(const coordinator_host* table, coordinator_call call, coordinator_string name,
            coordinator_done done, void* context) {
  change(table, call, name, &Plugins::enable, "plugins enable", done, context);
}

void disable(const coordinator_host* table, coordinator_call call, coordinator_string name,
             coordinator_done done, void* context) {
  change(table, call, name, &Plugins::disable, "plugins disable", done, context);
}

std::uint64_t command_id(const coordinator_host* table, coordinator_string command) {
  Host& host = Host::of(table);
  return host.closed() ? 0 : host.room().publisher.command_id(view_of(command));
}

}  // namespace

const coordinator_plugins& plugins_table() {
  static const coordinator_plugins table = {sizeof table, each, reload, enable, disable, command_id};
  return table;
}

}  // namespace coordinator::command
