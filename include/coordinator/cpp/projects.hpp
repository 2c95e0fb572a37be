// What a plugin may ask about the house: its projects, and the plugins themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "call.hpp"

namespace coordinator::plugin {

struct Project {
  std::string name, directory, agent, model;
  std::vector<Id> channels;
};

inline Project project_of(const coordinator_project* from) {
  auto raw = taken(from);
  Project project{owned(raw.name), owned(raw.directory), owned(raw.agent), owned(raw.model), {}};
  if (raw.channels) project.channels.assign(raw.channels, raw.channels + raw.channel_count);
  return project;
}

// What is empty (or 0) stays as it is, or is the default. See coordinator_project_change.
struct ProjectChange {
  std::string name, repository = {}, directory = {};
  Id channel = 0;
  std::string model = {}, system_prompt = {}, allow = {};
};

class Projects {
 public:
  explicit Projects(Host host)
      : host_(host.raw()), table_(extension<coordinator_projects>(host_, COORDINATOR_PROJECTS)) {}

  std::vector<Project> all() const {
    std::vector<Project> all;
    Visit visit([&](const coordinator_project* seen) { all.push_back(project_of(seen)); });
    need(table_.each)(host_, decltype(visit)::template each<const coordinator_project*>, &visit);
    visit.finish();
    return all;
  }
  // The one that the channel, or the thread's channel, speaks to.
  std::optional<Project> of_channel(Id channel) const {
    std::optional<Project> found;
    Visit visit([&](const coordinator_project* seen) { found = project_of(seen); });
    need(table_.of_channel)(host_, channel, decltype(visit)::template each<const coordinator_project*>,
                            &visit);
    visit.finish();
    return found;
  }

  // progress(std::string_view) comes now and then before done(Outcome).
  template <class Progress, class Done>
  void add(const Call& call, const ProjectChange& change, Progress&& progress, Done&& done) const {
    auto raw = raw_of(change);
    auto box = boxed(host_, call.number(),
                     Adding<std::decay_t<Progress>, std::decay_t<Done>>{std::forward<Progress>(progress),
                                                                        std::forward<Done>(done)});
    using Kept = typename decltype(box)::element_type;
    need(table_.add)(host_, call.number(), &raw, tell<Kept>, call_done<Kept>, box.release());
  }
  template <class Done>
  void set(const Call& call, const ProjectChange& change, Done&& done) const {
    auto raw = raw_of(change);
    auto box = boxed(host_, call.number(), std::forward<Done>(done));
    using Kept = typename decltype(box)::element_type;
    need(table_.set)(host_, call.number(), &raw, call_done<Kept>, box.release());
  }
  // Takes it out of the configuration; its directory stays.
  template <class Done>
  void remove(const Call& call, std::string_view name, Done&& done) const {
    auto box = boxed(host_, call.number(), std::forward<Done>(done));
    using Kept = typename decltype(box)::element_type;
    need(table_.remove)(host_, call.number(), borrowed(name), call_done<Kept>, box.release());
  }

 private:
  // A `done` that takes a `progress` along.
  template <class Progress, class Done>
  struct Adding {
    Progress progress;
    Done done;
    void operator()(const Outcome& outcome) { done(outcome); }
  };
  template <class Kept>
  static void tell(void* context, coordinator_string words) noexcept {
    auto* box = static_cast<Kept*>(context);
    guarded(box->host, 0, [&] { box->handler.progress(view(words)); });
  }
  static coordinator_project_change raw_of(const ProjectChange& change) {
    auto raw = sized<coordinator_project_change>();
    raw.name = borrowed(change.name);
    raw.repository = unless_empty(change.repository);
    raw.directory = unless_empty(change.directory);
    raw.channel = change.channel;
    raw.model = unless_empty(change.model);
    raw.system_prompt = unless_empty(change.system_prompt);
    raw.allow = unless_empty(change.allow);
    return raw;
  }

  const coordinator_host* host_;
  coordinator_projects table_;
};

struct CommandInfo {
  std::string name, description;
  std::uint64_t permissions = 0;
  std::vector<std::pair<std::string, std::string>> subcommands;  // "add" or "group add", and its description
};

struct PluginInfo {
  std::uint32_t state = 0;  // one of coordinator_plugin_state
  std::string name, version, description, file, detail;
  std::vector<CommandInfo> commands;
};

inline void add_subcommands(const coordinator_option* const* options, std::size_t count,
                            const std::string& before, CommandInfo& to) {
  for (std::size_t i = 0; i < count; ++i) {
    auto option = taken(options[i]);
    std::string name = before + owned(option.name);
    if (option.type == COORDINATOR_SUBCOMMAND) to.subcommands.emplace_back(name, owned(option.description));
    if (option.type == COORDINATOR_SUBCOMMAND_GROUP)
      add_subcommands(option.options, option.option_count, name + " ", to);
  }
}

inline PluginInfo plugin_of(const coordinator_plugin_info* from) {
  auto raw = taken(from);
  PluginInfo plugin{raw.state,
                    owned(raw.name),
                    owned(raw.version),
                    owned(raw.description),
                    owned(raw.file),
                    owned(raw.detail),
                    {}};
  for (std::size_t i = 0; raw.commands && i < raw.command_count; ++i) {
    auto command = taken(raw.commands[i]);
    CommandInfo info{owned(command.name), owned(command.description), command.permissions, {}};
    add_subcommands(command.options, command.option_count, "", info);
    plugin.commands.push_back(std::move(info));
  }
  return plugin;
}

class Plugins {
 public:
  explicit Plugins(Host host)
      : host_(host.raw()), table_(extension<coordinator_plugins>(host_, COORDINATOR_PLUGINS)) {}

  std::vector<PluginInfo> all() const {
    std::vector<PluginInfo> all;
    Visit visit([&](const coordinator_plugin_info* seen) { all.push_back(plugin_of(seen)); });
    need(table_.each)(host_, decltype(visit)::template each<const coordinator_plugin_info*>, &visit);
    visit.finish();
    return all;
  }
  template <class Done>
  void reload(const Call& call, std::string_view name, Done&& done) const {
    change(table_.reload, call, name, std::forward<Done>(done));
  }
  template <class Done>
  void enable(const Call& call, std::string_view name, Done&& done) const {
    change(table_.enable, call, name, std::forward<Done>(done));
  }
  template <class Done>
  void disable(const Call& call, std::string_view name, Done&& done) const {
    change(table_.disable, call, name, std::forward<Done>(done));
  }
  // "</project add:123>", which people can click; "/project add" while it is not published.
  std::string mention(std::string_view command, std::string_view subcommand = {}) const {
    Id id = need(table_.command_id)(host_, borrowed(command));
    std::string name(command);
    if (!subcommand.empty()) name.append(" ").append(subcommand);
    return id ? "</" + name + ":" + decimal(id) + ">" : "`/" + name + "`";
  }

 private:
  template <class Done>
  void change(decltype(coordinator_plugins::reload) how, const Call& call, std::string_view name,
              Done&& done) const {
    auto box = boxed(host_, call.number(), std::forward<Done>(done));
    using Kept = typename decltype(box)::element_type;
    need(how)(host_, call.number(), borrowed(name), call_done<Kept>, box.release());
  }

  const coordinator_host* host_;
  coordinator_plugins table_;
};

}  // namespace coordinator::plugin
