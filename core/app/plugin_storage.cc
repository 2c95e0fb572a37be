#include "app/plugin_storage.h"

#include <utility>

namespace coordinator::app {

void PluginStorage::restore(const std::vector<store::PluginValue>& values) {
  for (const store::PluginValue& each : values)
    if (each.value) plugins_[each.plugin][each.key] = *each.value;
}

const PluginStorage::Values& PluginStorage::values(std::string_view plugin) const {
  static const Values none;
  auto found = plugins_.find(plugin);
  return found == plugins_.end() ? none : found->second;
}

void PluginStorage::put(std::string_view plugin, std::string_view key, std::optional<std::string> value) {
  store::PluginValue record{std::string(plugin), std::string(key), std::move(value)};
  if (record.value) {
    plugins_[record.plugin][record.key] = *record.value;
  } else if (auto found = plugins_.find(plugin); found != plugins_.end()) {
    found->second.erase(
        record.key);  // the map stays, also when it is empty: somebody may be walking through it
  }
  write_(std::move(record));
}

}  // namespace coordinator::app
