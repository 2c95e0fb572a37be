#include "command/plugin_notes.h"

#include <utility>

#include "base/json.h"

namespace coordinator::command {

PluginNotes::PluginNotes(std::string_view dumped) {
  auto parsed = Json::parse(dumped);
  if (!parsed) return;
  for (JsonView name : (*parsed)["disabled"])
    if (auto text = name.text()) disabled_.emplace(*text);
  for (JsonView entry : (*parsed)["deaths"]) {
    Death last{entry["plugin"].text_or(""), entry["content"].text_or(""), entry["what"].text_or("")};
    int count = static_cast<int>(entry["count"].integer().value_or(0));
    if (!last.plugin.empty()) deaths_[last.plugin] = {last, count};
  }
}

std::string PluginNotes::dump() const {
  Json disabled = Json::array(), deaths = Json::array();
  for (const auto& name : disabled_) disabled.push(name);
  for (const auto& [plugin, entry] : deaths_)
    deaths.push(Json::object()
                    .set("plugin", plugin)
                    .set("content", entry.last.content)
                    .set("what", entry.last.what)
                    .set("count", entry.count));
  return Json::object().set("disabled", std::move(disabled)).set("deaths", std::move(deaths)).dump();
}

bool PluginNotes::enable(const std::string& plugin) {
  bool was_disabled = disabled_.erase(plugin) > 0;
  return deaths_.erase(plugin) > 0 || was_disabled;
}

int PluginNotes::died(const Death& death) {
  Deaths& entry = deaths_[death.plugin];
  if (entry.last.content != death.content) entry.count = 0;
  entry.last = death;
  return ++entry.count;
}

const Death* PluginNotes::quarantined(const std::string& content) const {
  for (const auto& [plugin, entry] : deaths_)
    if (entry.last.content == content && entry.count > kDeathsAllowed) return &entry.last;
  return nullptr;
}

std::map<std::string, const Death*> PluginNotes::quarantined() const {
  std::map<std::string, const Death*> out;
  for (const auto& [plugin, entry] : deaths_)
    if (entry.count > kDeathsAllowed) out[plugin] = &entry.last;
  return out;
}

}  // namespace coordinator::command
