#include "app/config_difference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <tuple>

namespace coordinator::app {

namespace {

bool same(const chat::Access& a, const chat::Access& b) {
  auto all = [](const chat::Access& access) {
    return std::tie(access.users, access.roles, access.guilds, access.everyone);
  };
  return all(a) == all(b);
}

bool same(const std::optional<chat::Access>& a, const std::optional<chat::Access>& b) {
  return a && b ? same(*a, *b) : a.has_value() == b.has_value();
}

bool same(const agent::AgentSettings& a, const agent::AgentSettings& b) {
  auto all = [](const agent::AgentSettings& settings) {
    return std::tie(settings.kind, settings.command, settings.environment, settings.pass_environment,
                    settings.warm_for);
  };
  return all(a) == all(b);
}

// What an agent's table says is told with the agent.
std::vector<std::string_view> changed_keys(const chat::Project& a, const chat::Project& b) {
  std::vector<std::string_view> keys;
  auto note = [&](std::string_view key, bool same) {
    if (!same) keys.push_back(key);
  };
  note("channels", a.channels == b.channels);
  note("directory", a.directory == b.directory);
  note("agent", a.agent == b.agent);
  note("model", a.model == b.model);
  note("allowed_tools", a.allowed_tools == b.allowed_tools);
  note("system_prompt", a.system_prompt == b.system_prompt);
  note("allow", same(a.allow, b.allow));
  note("approvers", same(a.approvers, b.approvers));
  note("permissions", a.permissions == b.permissions);
  note("permission_timeout", a.permission_timeout == b.permission_timeout);
  note("when_busy", a.when_busy == b.when_busy);
  note("stream", a.stream == b.stream);
  note("link_previews", a.link_previews == b.link_previews);
  note("inactivity_timeout", a.limits.inactivity == b.limits.inactivity);
  note("turn_timeout", a.limits.wall_clock == b.limits.wall_clock);
  note("agent_line", a.limits.line_bytes == b.limits.line_bytes);
  note("agent_output", a.limits.spool_bytes == b.limits.spool_bytes);
  note("turn_memory", a.limits.memory_bytes == b.limits.memory_bytes);
  note("turn_processes", a.limits.processes == b.limits.processes);
  note("turn_cpu_time", a.limits.cpu_time == b.limits.cpu_time);
  note("turn_cpus", a.limits.cpus_percent == b.limits.cpus_percent);
  return keys;
}

const chat::Project* named(const std::vector<chat::Project>& projects, std::string_view name) {
  auto found = std::find_if(projects.begin(), projects.end(),
                            [&](const chat::Project& project) { return project.name == name; });
  return found == projects.end() ? nullptr : &*found;
}

void compare_projects(const Config& before, const Config& after, std::vector<std::string>& out) {
  for (const chat::Project& old : before.projects)
    if (!named(after.projects, old.name)) out.push_back(fmt::format("project {} is gone", old.name));
  for (const chat::Project& project : after.projects) {
    const chat::Project* old = named(before.projects, project.name);
    if (!old)
      out.push_back(fmt::format("project {} is new", project.name));
    else if (auto keys = changed_keys(*old, project); !keys.empty())
      out.push_back(fmt::format("project {}: {}", project.name, fmt::join(keys, ", ")));
  }
}

void compare_agents(const Config& before, const Config& after, std::vector<std::string>& out) {
  for (const auto& [name, settings] : before.agents)
    if (!after.agents.contains(name)) out.push_back(fmt::format("agent {} is gone", name));
  for (const auto& [name, settings] : after.agents) {
    auto old = before.agents.find(name);
    if (old == before.agents.end())
      out.push_back(fmt::format("agent {} is new", name));
    else if (!same(old->second, settings))
      out.push_back(fmt::format("agent {}", name));
  }
}

template <class Value>
void compare(std::string_view key, const Value& before, const Value& after, std::vector<std::string>& out) {
  if (before != after) out.push_back(fmt::format("{}: {} -> {}", key, before, after));
}

void compare_rest(const Config& before, const Config& after, std::vector<std::string>& out) {
  compare("limits.queue", before.limits.queue, after.limits.queue, out);
  compare("limits.turns_at_once", before.limits.turns_at_once, after.limits.turns_at_once, out);
  compare("limits.answer_messages", before.limits.answer_messages, after.limits.answer_messages, out);
  compare("limits.warm_max", before.warm.most, after.warm.most, out);
  if (before.warm.memory_bytes != after.warm.memory_bytes) out.emplace_back("limits.warm_memory");
  compare("limits.attachments", before.limits.attachments, after.limits.attachments, out);
  compare("limits.attachment_size", before.limits.attachment_bytes, after.limits.attachment_bytes, out);
  if (before.free_disk != after.free_disk) out.emplace_back("limits.free_disk");
  if (before.log != after.log) out.emplace_back("log");
  compare("discord.catch_up_messages", before.catch_up.messages, after.catch_up.messages, out);
  if (before.catch_up.age != after.catch_up.age) out.emplace_back("discord.catch_up_age");
  if (!same(before.administrators, after.administrators)) out.emplace_back("administrators");
  compare("projects_directory", before.projects_directory, after.projects_directory, out);
}

void compare_fixed(const Config& before, const Config& after, std::vector<std::string>& out) {
  bool same_token = before.discord.token_file == after.discord.token_file &&
                    before.discord.token.reveal() == after.discord.token.reveal();
  if (!same_token) out.emplace_back("discord.token");
  compare("discord.api_url", before.discord.api_url, after.discord.api_url, out);
  compare("limits.control_group", before.control_group, after.control_group, out);
  compare("plugins.enabled", before.plugins.enabled, after.plugins.enabled, out);
  compare("plugins.directory", before.plugins.directory, after.plugins.directory, out);
}

}  // namespace

ConfigDifference difference(const Config& before, const Config& after) {
  ConfigDifference out;
  compare_projects(before, after, out.live);
  compare_agents(before, after, out.live);
  compare_rest(before, after, out.live);
  compare_fixed(before, after, out.restart);
  return out;
}

}  // namespace coordinator::app
