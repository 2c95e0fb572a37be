// The configuration file: read whole or refused with its mistakes, and edited without touching what nobody
// asked to change.
#include <algorithm>
#include <set>

#include "app/config.h"
#include "app/config_edit.h"
#include "fuzz.h"

namespace coordinator::fuzz {

namespace {

using namespace app;

constexpr const char* kFile = "/nowhere/coordinator.toml";

void check_problems(const ConfigProblems& problems, std::string_view text) {
  auto lines = 2 + std::count(text.begin(), text.end(), '\n');
  require(!problems.empty(), "it was refused without a reason");
  for (const ConfigProblem& problem : problems) {
    require(!problem.what.empty(), "a mistake has no words");
    require(problem.line >= 0 && problem.line <= lines, "a mistake is behind the end of the file");
  }
}

void check_config(const Config& config) {
  std::set<ChannelId> channels;
  std::set<std::string> names;
  for (const chat::Project& project : config.projects) {
    require(names.insert(project.name).second, "two projects have one name");
    for (ChannelId channel : project.channels)
      require(channels.insert(channel).second, "a channel belongs to two projects");
  }
  require(config.agents.contains("claude"), "there is no claude");
  require(config.limits.turns_at_once > 0, "no turn may run");
}

void edit(std::string_view text) {
  ProjectEdit added;
  added.name = "fuzzed";
  added.directory = "/nowhere/\"quoted\"\n";
  added.channel = ChannelId{4242};
  auto once = add_project(text, added);
  if (!once) return;
  auto there = has_project(*once, added.name);
  require(there && *there, "a project that was added is not there");
  require(!add_project(*once, added), "a project was added twice");
  ProjectEdit change;
  change.name = added.name;
  change.model = "sonnet";
  require(set_project(*once, change).has_value(), "a project that was added cannot be changed");
  auto removed = remove_project(*once, added.name);
  require(removed.has_value(), "a project that was added cannot be removed");
}

}  // namespace

void configuration(std::string_view text) {
  auto config = parse_config(text, kFile, {});
  config ? check_config(*config) : check_problems(config.error(), text);
  edit(text);
}

}  // namespace coordinator::fuzz
