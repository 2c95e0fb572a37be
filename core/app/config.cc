#include "app/config.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>
#include <utility>

#include "app/config_file.h"
#include "app/config_project.h"
#include "app/config_section.h"
#include "app/config_tree.h"
#include "app/config_values.h"
#include "io/file.h"

namespace coordinator::app {

namespace {

// Whole, since an agent is started in a directory of its own.
std::string directory_of(const std::string& file) {
  std::error_code error;
  auto whole = std::filesystem::absolute(file, error);
  return error ? "." : whole.parent_path().string();
}

ConfigProblems one_problem(const std::string& file, std::string what) {
  ConfigProblem problem;
  problem.file = file;
  problem.what = std::move(what);
  return {problem};
}

bool is_error(const ConfigProblem& problem) { return problem.kind == ConfigProblem::Kind::error; }

void read_token(Section& discord, DiscordOptions& options, const PathReader& paths) {
  if (auto file = discord.text("token_file"))
    if (auto path = paths.resolve(discord, *file)) options.token_file = *path;
  auto token = discord.text("token");
  if (!token) return;
  if (!options.token_file.empty())
    return discord.error(*token, "there is a token_file too: keep one of them, better the file");
  if (auto checked = checked_token(token->text, "this"))
    options.token = std::move(*checked);
  else
    discord.error(*token, checked.error().what);
}

// Further back than that the store does not know what was answered.
constexpr Millis kOldest = 30 * Millis(24h);

void read_catch_up(Section& discord, chat::CatchUpLimits& limits) {
  if (auto count = discord.whole("catch_up_messages", 0, 100'000))
    limits.messages = static_cast<std::size_t>(*count);
  auto age = discord.parsed("catch_up_age", parse_duration, kDuration);
  if (age && *age > kOldest) discord.error("catch_up_age", "this is longer than 30 days");
  if (age) limits.age = *age;
}

void read_discord(Section& root, Config& config, const PathReader& paths, ProblemList& problems) {
  DiscordOptions& options = config.discord;
  root.section("discord", [&](Section& discord) {
    read_token(discord, options, paths);
    if (auto url = discord.parsed("api_url", parse_api_url)) options.api_url = *url;
    read_catch_up(discord, config.catch_up);
  });
  auto over = variable(paths.environment(), "DISCORD_API_URL");
  if (!over) return;
  if (auto url = parse_api_url(*over))
    options.api_url = *url;
  else
    problems.add(ConfigProblem::Kind::error, 0, 0, "the environment's DISCORD_API_URL", url.error().what);
}

bool is_variable_name(std::string_view name) {
  bool good = !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0]));
  for (char c : name) good = good && (std::isalnum(static_cast<unsigned char>(c)) || c == '_');
  return good;
}

// The token is the one thing that an agent must never be given.
void check_variable(Section& agent, const std::string& name, const PlacedText& place) {
  if (!is_variable_name(name)) agent.error(place, "this is no name of an environment variable");
  if (name == "DISCORD_TOKEN") agent.error(place, "agents are never given the Discord token");
}

void read_command(Section& agent, agent::AgentSettings& settings, const PathReader& paths) {
  auto words = agent.texts("command");
  if (!words) return;
  if (words->empty() || words->front().text.empty())
    return agent.error("command", "it is empty: write the program and its arguments, like [\"claude\"]");
  settings.command.clear();
  for (const PlacedText& word : *words) settings.command.push_back(word.text);
  if (words->front().text.find('/') != std::string::npos)  // else it is looked up in PATH
    if (auto path = paths.resolve(agent, words->front())) settings.command[0] = *path;
}

void read_environment(Section& agent, agent::AgentSettings& settings) {
  if (auto names = agent.texts("pass_environment"))
    for (const PlacedText& name : *names) {
      check_variable(agent, name.text, name);
      settings.pass_environment.push_back(name.text);
    }
  for (const auto& [name, value] : agent.pairs("environment")) {
    check_variable(agent, name, value);
    settings.environment[name] = value.text;
  }
}

constexpr Millis kUsuallyWarm = 0s;  // between two turns of one session: not yet without being asked for

// An agent that waits costs memory: "0s" is how not to have that.
Result<Millis> parse_warm_time(std::string_view text) {
  return text == "0s" ? Result<Millis>(0ms) : parse_duration(text);
}

void read_agents(Section& root, Config& config, const PathReader& paths) {
  root.sections("agents", [&](const ConfigNode::Member& member, Section& agent) {
    agent::AgentSettings settings;
    if (auto good = check_name(member.key); !good) agent.error("", good.error().what);
    agent.one_of("kind", {"claude"});
    read_command(agent, settings, paths);
    read_environment(agent, settings);
    settings.warm_for = agent.parsed("warm_for", parse_warm_time, kDuration).value_or(kUsuallyWarm);
    config.agents[member.key] = std::move(settings);
  });
}

// Of a turn's whole tree of processes.
void read_turn_limits(Section& limits, agent::Limits& of_agents) {
  if (auto size = limits.parsed("turn_memory", parse_size, kSize)) of_agents.memory_bytes = *size;
  if (auto count = limits.whole("turn_processes", 1, 1'000'000))
    of_agents.processes = static_cast<std::uint64_t>(*count);
  if (auto time = limits.parsed("turn_cpu_time", parse_duration, kDuration)) of_agents.cpu_time = *time;
  if (auto count = limits.whole("turn_cpus", 1, 10'000))
    of_agents.cpus_percent = static_cast<std::uint64_t>(*count) * 100;
}

// Set for all projects at once: what one agent may write or use before it is stopped.
void read_limits(Section& root, Config& config, agent::Limits& of_agents, const PathReader& paths) {
  root.section("limits", [&](Section& limits) {
    auto into = [&](const char* key, std::int64_t most, std::size_t& value) {
      if (auto number = limits.whole(key, 1, most)) value = static_cast<std::size_t>(*number);
    };
    into("queue", 100'000, config.limits.queue);
    into("turns_at_once", 1000, config.limits.turns_at_once);
    into("answer_messages", 1000, config.limits.answer_messages);
    if (auto number = limits.whole("warm_max", 0, 1000)) config.warm.most = static_cast<std::size_t>(*number);
    if (auto size = limits.parsed("warm_memory", parse_size, kSize)) config.warm.memory_bytes = *size;
    into("attachments", 100, config.limits.attachments);
    if (auto size = limits.parsed("attachment_size", parse_size, kSize))
      config.limits.attachment_bytes = *size;
    if (auto size = limits.parsed("agent_line", parse_size, kSize)) of_agents.line_bytes = *size;
    if (auto size = limits.parsed("agent_output", parse_size, kSize)) of_agents.spool_bytes = *size;
    if (auto size = limits.parsed("free_disk", parse_size, kSize)) config.free_disk = *size;
    read_turn_limits(limits, of_agents);
    if (auto path = limits.text("control_group"))
      if (auto absolute = paths.resolve(limits, *path)) config.control_group = *absolute;
  });
}

void read_log(Section& root, log::Options& options, const PathReader& paths) {
  root.section("log", [&](Section& section) {
    if (auto level = section.one_of("level", {"debug", "info", "warning", "error"}))
      options.level = static_cast<log::Level>(*level);
    if (auto file = section.text("file"))
      if (auto path = paths.resolve(section, *file)) options.file = *path;
    if (auto size = section.parsed("file_size", parse_size, kSize)) options.file_bytes = *size;
    if (auto count = section.whole("files", 1, 1000)) options.files = static_cast<std::size_t>(*count);
  });
}

void read_plugins(Section& root, PluginSettings& settings, const PathReader& paths) {
  root.section("plugins", [&](Section& section) {
    if (auto enabled = section.truth("enabled")) settings.enabled = *enabled;
    if (auto directory = section.text("directory"))
      if (auto path = paths.resolve(section, *directory)) settings.directory = *path;
  });
}

void read_top(Section& root, Config& config, const PathReader& paths) {
  if (auto directory = root.text("projects_directory"))
    if (auto path = paths.resolve(root, *directory)) config.projects_directory = *path;
  auto people = root.texts("administrators");
  if (!people) return;
  config.administrators.emplace();
  for (const PlacedText& person : *people)
    if (auto added = add_access(person.text, *config.administrators); !added)
      root.error(person, added.error().what);
}

void read_all(const ConfigNode& tree, Config& config, const PathReader& paths, ProblemList& problems) {
  agent::Limits limits;
  Section root(tree, "", problems);
  read_top(root, config, paths);
  read_discord(root, config, paths, problems);
  read_agents(root, config, paths);
  read_limits(root, config, limits, paths);
  read_log(root, config.log, paths);
  read_plugins(root, config.plugins, paths);
  bool only_one = config.agents.size() == 1;
  std::string usual = only_one ? config.agents.begin()->first : "claude";
  if (auto [claude, made] = config.agents.try_emplace("claude"); made) claude->second.warm_for = kUsuallyWarm;
  config.projects = read_projects(root, {config.agents, usual, limits, paths});
}

}  // namespace

bool may_administrate(const Config& config, const chat::Person& person, bool in_project) {
  if (!(person.permissions & chat::kAdministrator)) return false;
  return config.administrators ? chat::allows(*config.administrators, person) : in_project;
}

tl::expected<Config, ConfigProblems> parse_config(std::string_view text, const std::string& file,
                                                  const Environment& environment) {
  auto tree = parse_tree(text, file);
  if (!tree) return tl::unexpected(std::move(tree.error()));
  Config config;
  config.file = file;
  ProblemList problems(file);
  read_all(*tree, config, PathReader(directory_of(file), environment), problems);
  ConfigProblems found = problems.take();
  if (std::any_of(found.begin(), found.end(), is_error)) return tl::unexpected(std::move(found));
  config.warnings = std::move(found);
  return config;
}

tl::expected<Config, ConfigProblems> load_config(const std::string& file, const Environment& environment) {
  auto text = io::read_file(file, kLongestConfig);
  if (!text) return tl::unexpected(one_problem(file, text.error().what));
  auto config = parse_config(*text, file, environment);
  if (!config || config->discord.token.empty()) return config;
  std::string others = readable_by_others(file);
  if (others.empty()) return config;
  ConfigProblem warning = one_problem(file, others).front();
  warning.kind = ConfigProblem::Kind::warning;
  warning.key = "discord.token";
  config->warnings.insert(config->warnings.begin(), std::move(warning));
  return config;
}

}  // namespace coordinator::app
