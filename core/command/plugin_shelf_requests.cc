// What people ask of the shelf, and what they are told of it.
#include <algorithm>
#include <utility>

#include "command/plugin_shelf.h"

namespace coordinator::command {

std::string PluginFile::stem() const {
  std::string name = file_name(path);
  return name.ends_with(".so") ? name.substr(0, name.size() - 3) : name;
}

std::string PluginFile::name() const {
  if (serving) return serving->identity.name;
  if (auto* ready = std::get_if<stage::Ready>(&stage)) return ready->identity.name;
  if (auto* loading = std::get_if<stage::Loading>(&stage)) return loading->identity.name;
  if (refusal && !refusal->identity.name.empty()) return refusal->identity.name;
  return stem();
}

bool PluginFile::is_known() const {
  return serving || refusal || std::holds_alternative<stage::Ready>(stage) ||
         std::holds_alternative<stage::Loading>(stage);
}

std::optional<Attempt> PluginFile::attempt() const {
  if (auto* copying = std::get_if<stage::Copying>(&stage)) return copying->attempt;
  if (auto* trying = std::get_if<stage::Trying>(&stage)) return trying->attempt;
  if (auto* ready = std::get_if<stage::Ready>(&stage)) return ready->attempt;
  if (auto* loading = std::get_if<stage::Loading>(&stage)) return loading->attempt;
  return std::nullopt;
}

ShelfEffects PluginShelf::reload(std::string_view name, Request request, Now now) {
  auto files = called(name);
  if (files.empty()) return {Answer{request, fail("{}", unknown(name))}};
  PluginFile& file = *files.front();
  if (notes_.disabled(file.name()))
    return {Answer{request, fail("{} is disabled: enable it first", file.name())}};
  if (!file.problem.empty()) return {Answer{request, fail("{}", file.problem)}};
  ShelfEffects effects;
  force(file, request, now, effects);
  advance(now, effects);
  return effects;
}

ShelfEffects PluginShelf::enable(std::string_view name, Request request, Now now) {
  auto files = called(name);
  bool noted = notes_.enable(files.empty() ? std::string(name) : files.front()->name());
  if (files.empty() && !noted) return {Answer{request, fail("{}", unknown(name))}};
  ShelfEffects effects;
  if (noted) effects.push_back(KeepNotes{notes_.dump()});
  std::optional<Request> asked = request;
  for (PluginFile* file : files)
    if (file->refusal && file->problem.empty())
      force(*file, std::exchange(asked, std::nullopt), now, effects);
  if (asked && files.empty())
    effects.push_back(Answer{request, fmt::format("{} is enabled; there is no file of it now", name)});
  else if (asked && !files.front()->problem.empty())
    effects.push_back(Answer{request, fail("{}", files.front()->problem)});
  else if (asked)
    effects.push_back(Answer{request, fmt::format("{} is enabled", files.front()->name())});
  advance(now, effects);
  return effects;
}

ShelfEffects PluginShelf::disable(std::string_view name, Request request, Now now) {
  auto files = called(name);
  if (files.empty())
    return {notes_.disabled().contains(std::string(name))
                ? Answer{request, fmt::format("{} is disabled", name)}
                : Answer{request, fail("{}", unknown(name))}};
  if (!files.front()->is_known())
    return {Answer{request, fail("{} is being tried just now: disable it in a moment", name)}};
  std::string plugin = files.front()->name();
  notes_.disable(plugin);
  ShelfEffects effects;
  effects.push_back(KeepNotes{notes_.dump()});
  for (PluginFile* file : called(plugin)) disable(*file, effects);
  effects.push_back(Answer{request, fmt::format("{} is disabled, until somebody enables it", plugin)});
  advance(now, effects);
  return effects;
}

void PluginShelf::disable(PluginFile& file, ShelfEffects& effects) {
  PluginIdentity identity{file.name(), {}, {}, {}};
  if (file.serving)
    identity = file.serving->identity;
  else if (file.refusal && !file.refusal->identity.name.empty())
    identity = file.refusal->identity;
  abandon(file, effects);
  retire_serving(file, effects);
  refuse(file, {PluginState::disabled, "it is disabled: enable it to load it", std::move(identity)}, effects);
}

void PluginShelf::force(PluginFile& file, std::optional<Request> request, Now now, ShelfEffects& effects) {
  if (request) file.waiting.push_back(*request);
  if (std::holds_alternative<stage::Leaving>(file.stage)) return;
  abandon(file, effects);
  file.forced = true;
  file.stage = stage::Settling{now.instant - settle_};
}

// The files of one plugin, the one that serves first, then by path: of the plugin that is called so, or where
// none is, of the one whose file is.
std::vector<PluginFile*> PluginShelf::called(std::string_view name) {
  std::vector<PluginFile*> found;
  for (auto& [path, file] : files_)
    if (file.name() == name) found.push_back(&file);
  std::stable_partition(found.begin(), found.end(), [](PluginFile* file) { return file->serving; });
  if (!found.empty()) return found;
  for (auto& [path, file] : files_)
    if (file.stem() == name || file_name(path) == name) return called(file.name());
  return {};
}

std::string PluginShelf::unknown(std::string_view name) const {
  std::set<std::string> names;
  for (const auto& [path, file] : files_) names.insert(file.name());
  if (names.empty()) return fmt::format("there is no plugin {}, nor any other", name);
  return fmt::format("there is no plugin {}; there are {}", name, fmt::join(names, ", "));
}

std::optional<Attempt> PluginShelf::serving_command(std::string_view command) const {
  for (const auto& [path, file] : files_) {
    if (!file.serving) continue;
    const auto& commands = file.serving->identity.commands;
    if (std::find(commands.begin(), commands.end(), command) != commands.end())
      return file.serving->generation;
  }
  return std::nullopt;
}

std::optional<Attempt> PluginShelf::serving_plugin(std::string_view name) const {
  for (const auto& [path, file] : files_)
    if (file.serving && file.serving->identity.name == name) return file.serving->generation;
  return std::nullopt;
}

namespace {

ShelfEntry entry_of(const PluginFile& file) {
  ShelfEntry entry{
      PluginState::refused, {file.name(), {}, {}, {}}, file.path, "it is being tried", std::nullopt};
  if (file.refusal) {
    entry.state = file.refusal->state;
    entry.detail = file.refusal->words;
    if (!file.refusal->identity.name.empty()) entry.identity = file.refusal->identity;
  }
  if (!file.serving) return entry;
  entry.state = PluginState::serving;
  entry.identity = file.serving->identity;
  entry.serving = file.serving->generation;
  if (!file.refusal) entry.detail.clear();
  return entry;
}

}  // namespace

std::vector<ShelfEntry> PluginShelf::list() const {
  std::vector<ShelfEntry> entries;
  std::set<std::string> named;
  for (const auto& [path, file] : files_) {
    entries.push_back(entry_of(file));
    named.insert(file.name());
  }
  for (const auto& name : notes_.disabled())
    if (!named.contains(name))
      entries.push_back(
          {PluginState::disabled, {name, {}, {}, {}}, "", "it is disabled, and has no file now", {}});
  for (const auto& [name, death] : notes_.quarantined())
    if (!named.contains(name))
      entries.push_back({PluginState::quarantined,
                         {name, {}, {}, {}},
                         "",
                         fmt::format("the daemon died in its code twice, the last time in {}", death->what),
                         {}});
  for (const auto& [directory, words] : closed_)
    entries.push_back({PluginState::refused, {file_name(directory), {}, {}, {}}, directory, words, {}});
  return entries;
}

}  // namespace coordinator::command
