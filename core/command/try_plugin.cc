#include "command/try_plugin.h"

#include <memory>
#include <utility>

#include "command/elf_check.h"
#include "command/inert_host.h"
#include "command/loaded_plugin.h"

namespace coordinator::command {

namespace {

TrialReport report_of(const Description& description) {
  TrialReport report{
      description.name, description.version, description.description, description.extensions, {}};
  for (const auto& command : description.commands) report.commands.push_back(command.published.clone());
  return report;
}

Status start(LoadedPlugin& plugin) {
  InertHost* host = nullptr;
  std::string said;  // the host dies with a start that failed
  auto make = [&](Instance& instance, const std::function<void()>&) {
    auto made = std::make_unique<InertHost>(instance, said);
    host = made.get();
    return made;
  };
  if (auto started = plugin.start(make, [] {}); !started)
    return said.empty() ? started : fail("{} (it logged: {})", started.error().what, said);
  host->settle();
  return {};
}

}  // namespace

Result<TrialReport> try_plugin(std::string_view bytes, const std::string& file) {
  if (auto elf = check_elf(bytes); !elf) return tl::unexpected(elf.error());
  auto copy = io::sealed_copy(file, bytes);
  if (!copy) return tl::unexpected(copy.error());
  Guard guard("", 0ms);  // whoever started this process watches it
  auto plugin = LoadedPlugin::load(guard, {std::move(*copy), file, "", ""}, 0);
  if (!plugin) return tl::unexpected(plugin.error());
  if (auto started = start(**plugin); !started) return tl::unexpected(started.error());
  TrialReport report = report_of((*plugin)->description());
  if (auto unloaded = (*plugin)->unload(); !unloaded) return tl::unexpected(unloaded.error());
  return report;
}

}  // namespace coordinator::command
