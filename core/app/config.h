// The configuration: coordinator.toml as a checked value, or every mistake in it at once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/spec.h"
#include "agent/warm_pool.h"
#include "app/config_problem.h"
#include "app/config_token.h"
#include "app/paths.h"
#include "base/log.h"
#include "chat/access.h"
#include "chat/catch_up.h"
#include "chat/project.h"

namespace coordinator::app {

struct DiscordOptions {
  std::string api_url = "https://discord.com/api/v10";
  std::string token_file;  // absolute, or empty
  discord::Token token;    // written in the file itself; see find_token for the other places
};

// The [plugins] table: commands of one's own, beside those that come with the program.
struct PluginSettings {
  bool enabled = true;
  std::string directory;  // absolute; empty: plugins in the state directory
};

// A value: made whole, swapped whole when the file changes.
struct Config {
  std::string file;  // where it came from
  DiscordOptions discord;
  std::map<std::string, agent::AgentSettings> agents;  // "claude" is always among them
  std::vector<chat::Project> projects;                 // in the file's order; no channel twice
  chat::ChatLimits limits;
  agent::WarmLimits warm;  // of the agents that wait for their next turn
  std::optional<std::uint64_t>
      free_disk;              // bytes that must be free for a turn to begin; absent: see readiness.h
  std::string control_group;  // delegated to us: absolute, or empty
  chat::CatchUpLimits catch_up;
  std::optional<chat::Access> administrators;  // who of the servers' administrators; absent: see below
  std::string projects_directory;  // where repositories are cloned to: absolute; empty: projects in the state
  PluginSettings plugins;
  log::Options log;
  std::vector<ConfigProblem> warnings;  // what a person should look at, though it works
};

// Whether somebody may change projects and plugins from Discord: who has the Administrator permission where
// the question comes from, and is one of `administrators`; where there is no such list, who asks in a channel
// that has a project (`in_project`).
bool may_administrate(const Config& config, const chat::Person& person, bool in_project);

// Problems in the file's order, at least one of them an error. `text` is the content of `file`, which gives
// relative paths their base and errors their name. DISCORD_API_URL overrides discord.api_url. Directories are
// looked at; nothing else of the machine is.
//
// Of mistakes in the TOML itself only the first can be told, since nothing can be read behind it.
tl::expected<Config, ConfigProblems> parse_config(std::string_view text, const std::string& file,
                                                  const Environment& environment);

// Reads the file first (at most 1 MiB), and warns when it holds a token that others may read.
tl::expected<Config, ConfigProblems> load_config(const std::string& file, const Environment& environment);

}  // namespace coordinator::app
