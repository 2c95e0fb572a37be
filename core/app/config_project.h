// The [projects.NAME] tables.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/spec.h"
#include "app/config_section.h"
#include "app/paths.h"
#include "chat/project.h"

namespace coordinator::app {

// Paths of the configuration: relative ones below the file's directory, ~ by HOME.
class PathReader {
 public:
  PathReader(std::string base, const Environment& environment)
      : base_(std::move(base)), environment_(environment) {}

  // Absolute or below the base; notes why it is neither.
  std::optional<std::string> resolve(Section& section, const PlacedText& path) const;
  // The same for a directory; notes when it is not there, or cannot be entered.
  std::optional<std::string> directory(Section& section, const PlacedText& path) const;
  const Environment& environment() const { return environment_; }

 private:
  std::string base_;
  const Environment& environment_;
};

// What a project's keys refer to.
struct ProjectSurroundings {
  const std::map<std::string, agent::AgentSettings>& agents;
  const std::string& usual_agent;  // where a project names none
  const agent::Limits& limits;
  const PathReader& paths;
};

std::vector<chat::Project> read_projects(Section& root, const ProjectSurroundings& surroundings);

}  // namespace coordinator::app
