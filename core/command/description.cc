#include "command/description.h"

#include <algorithm>
#include <set>
#include <utility>

#include "command/abi.h"
#include "command/command_reader.h"
#include "discord/limits.h"

namespace coordinator::command {

namespace {

constexpr std::size_t kLongestName = 24, kLongestVersion = 40, kLongestDescription = 200;
constexpr std::size_t kMostExtensions = 64;

using discord::limits::kCommands;

// The first three members are the same in every version there will be.
Status check_version(const coordinator_plugin* plugin) {
  if (!plugin) return fail("coordinator_plugin_v1() returned a null pointer");
  constexpr std::uint32_t kHead = offsetof(coordinator_plugin, minor) + sizeof(std::uint32_t);
  if (auto size = check_size("coordinator_plugin", plugin->size, kHead); !size) return size;
  if (plugin->major != COORDINATOR_MAJOR)
    return fail(
        "it was built for version {}.{} of the plugin contract, and this is {}.{}: build it with the "
        "plugin.h that came with this daemon",
        plugin->major, plugin->minor, COORDINATOR_MAJOR, COORDINATOR_MINOR);
  return check_size("coordinator_plugin", plugin->size, kPluginSize);
}

Status check_plugin_name(const std::string& name) {
  if (name.empty()) return fail("its name is empty");
  if (name.size() > kLongestName)
    return fail("its name \"{}\" has {} characters; at most {} fit", name, name.size(), kLongestName);
  bool good = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!good) return fail("its name \"{}\" may hold a-z, 0-9, - and _ only", name);
  return {};
}

Status read_identity(const coordinator_plugin& plugin, Description& out) {
  auto name = read_text(plugin.name, "its name");
  if (!name) return tl::unexpected(name.error());
  if (auto good = check_plugin_name(*name); !good) return good;
  auto version = read_text(plugin.version, "its version", 0, kLongestVersion);
  if (!version) return tl::unexpected(version.error());
  auto description = read_text(plugin.description, "its description", 0, kLongestDescription);
  if (!description) return tl::unexpected(description.error());
  out.name = std::move(*name);
  out.version = std::move(*version);
  out.description = std::move(*description);
  return {};
}

Status read_extensions(const coordinator_plugin& plugin, bool (*has_extension)(std::string_view),
                       Description& out) {
  if (plugin.extension_count > kMostExtensions)
    return fail("it asks for {} extensions; at most {} can be asked for", plugin.extension_count,
                kMostExtensions);
  if (plugin.extension_count > 0 && !plugin.extensions) return fail("its extensions are a null pointer");
  for (std::size_t index = 0; index < plugin.extension_count; ++index) {
    auto name = read_text(plugin.extensions[index], "the name of an extension");
    if (!name) return tl::unexpected(name.error());
    if (!has_extension(*name))
      return fail(
          "it cannot do without the extension \"{}\", which this daemon does not have: install a "
          "daemon that has it, or a plugin that does not ask for it",
          *name);
    out.extensions.push_back(std::move(*name));
  }
  return {};
}

Status read_commands(const coordinator_plugin& plugin, Description& out) {
  if (plugin.command_count > kCommands)
    return fail("it has {} commands; Discord takes {}", plugin.command_count, kCommands);
  if (plugin.command_count > 0 && !plugin.commands) return fail("its commands are a null pointer");
  std::set<std::string> names;
  for (std::size_t index = 0; index < plugin.command_count; ++index) {
    auto command = read_command(plugin.commands[index]);
    if (!command) return tl::unexpected(command.error());
    if (!names.insert(command->name).second)
      return fail("two of its commands are called \"{}\"", command->name);
    out.commands.push_back(std::move(*command));
  }
  return {};
}

}  // namespace

Result<Description> describe(const coordinator_plugin* plugin, bool (*has_extension)(std::string_view)) {
  if (auto version = check_version(plugin); !version) return tl::unexpected(version.error());
  Description out;
  if (auto read = read_identity(*plugin, out); !read) return tl::unexpected(read.error());
  if (auto read = read_extensions(*plugin, has_extension, out); !read) return tl::unexpected(read.error());
  if (auto read = read_commands(*plugin, out); !read) return tl::unexpected(read.error());
  return out;
}

}  // namespace coordinator::command
