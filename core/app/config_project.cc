#include "app/config_project.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "app/config_values.h"

namespace coordinator::app {

namespace {

// Which project a channel belongs to, and the line that says so.
struct Claim {
  std::string project;
  int line;
};
using Claims = std::unordered_map<ChannelId, Claim>;

constexpr const char* kNobody =
    "nobody may talk to this project yet. Its agent can run programs, so that is never open by accident: "
    "write allow = "
    "[\"role:ROLE_ID\"] or [\"user:USER_ID\"] for some people, or allow = [\"everyone\"] for all who can "
    "write in its "
    "channels";

constexpr const char* kNoChannel =
    "a project needs a channel: channels = [\"CHANNEL_ID\"] (in Discord, with Developer Mode on, right-click "
    "the channel "
    "and choose Copy Channel ID)";

void read_channels(Section& section, chat::Project& project, Claims& claims) {
  auto channels = section.texts("channels");
  if (channels ? channels->empty() : !section.has("channels")) section.error("channels", kNoChannel);
  if (!channels) return;
  for (const PlacedText& text : *channels) {
    auto id = ChannelId::parse(text.text);
    if (!id) {
      section.error(
          text,
          fmt::format("\"{}\" is no channel id: that is a number like \"1234567890123456789\"", text.text));
      continue;
    }
    auto [claim, free] = claims.try_emplace(*id, Claim{project.name, text.line});
    if (free)
      project.channels.push_back(*id);
    else
      section.error(text, fmt::format("channel {} belongs to project {} already (line {})", id->text(),
                                      claim->second.project, claim->second.line));
  }
}

void read_directory(Section& section, chat::Project& project, const PathReader& paths) {
  auto path = section.text("directory");
  if (path) {
    if (auto directory = paths.directory(section, *path)) project.directory = *directory;
  } else if (!section.has("directory")) {
    section.error("directory",
                  "a project needs the directory that its agent works in: directory = \"/srv/project\"");
  }
}

void read_agent(Section& section, chat::Project& project, const ProjectSurroundings& surroundings) {
  project.agent = surroundings.usual_agent;
  if (auto name = section.text("agent")) {
    project.agent = name->text;
    if (!surroundings.agents.contains(name->text)) {
      std::vector<std::string_view> known;
      for (const auto& [agent, settings] : surroundings.agents) known.push_back(agent);
      std::string_view near = nearest(name->text, known);
      section.error(*name,
                    near.empty()
                        ? fmt::format("there is no agent \"{0}\": define it in [agents.{0}]", name->text)
                        : fmt::format("there is no agent \"{}\"; did you mean \"{}\"?", name->text, near));
    }
  }
  if (auto settings = surroundings.agents.find(project.agent); settings != surroundings.agents.end())
    project.settings = settings->second;
}

bool is_dated(std::string_view model) {
  std::size_t dash = model.rfind('-');
  if (dash == std::string_view::npos) return false;
  std::string_view date = model.substr(dash + 1);
  return date.size() == 8 && date.find_first_not_of("0123456789") == std::string_view::npos;
}

void read_model(Section& section, chat::Project& project) {
  auto model = section.text("model");
  if (!model) return;
  project.model = model->text;
  if (model->text.starts_with('-')) section.error(*model, "a model's name does not begin with a dash");
  if (is_dated(model->text))
    section.warning(
        *model, "this names one dated model, which will be gone some day: an alias like \"sonnet\" stays");
}

void add_people(Section& section, const std::vector<PlacedText>& people, chat::Access& access) {
  for (const PlacedText& person : people)
    if (auto added = add_access(person.text, access); !added) section.error(person, added.error().what);
}

void read_access(Section& section, chat::Project& project) {
  auto allow = section.texts("allow");
  if (allow ? allow->empty() : !section.has("allow")) section.error("allow", kNobody);
  if (allow) add_people(section, *allow, project.allow);
  if (auto approvers = section.texts("approvers")) add_people(section, *approvers, project.approvers);
}

void read_rest(Section& section, chat::Project& project) {
  if (auto tools = section.texts("allowed_tools"))
    for (const PlacedText& tool : *tools) project.allowed_tools.push_back(tool.text);
  if (auto prompt = section.text("system_prompt")) project.system_prompt = prompt->text;
  if (auto choice = section.one_of("when_busy", {"queue", "steer", "interrupt", "collect"}))
    project.when_busy = static_cast<chat::WhenBusy>(*choice);
  if (project.when_busy != chat::WhenBusy::queue)
    section.warning("when_busy", "only \"queue\" is served as yet: messages will wait in order");
  if (auto choice = section.one_of("permissions", {"ask", "refuse"}))
    project.permissions = static_cast<chat::Permissions>(*choice);
  if (auto time = section.parsed("permission_timeout", parse_duration, kDuration))
    project.permission_timeout = *time;
  if (auto choice = section.one_of("stream", {"final", "live"}))
    project.stream = static_cast<chat::Stream>(*choice);
  if (auto previews = section.truth("link_previews")) project.link_previews = *previews;
  if (auto time = section.parsed("inactivity_timeout", parse_duration, kDuration))
    project.limits.inactivity = *time;
  if (auto time = section.parsed("turn_timeout", parse_duration, kDuration))
    project.limits.wall_clock = *time;
}

}  // namespace

std::optional<std::string> PathReader::resolve(Section& section, const PlacedText& path) const {
  auto absolute = resolved(path.text, base_, environment_);
  if (!absolute) return section.error(path, absolute.error().what), std::nullopt;
  return *absolute;
}

// A directory that is gone is its project's trouble, not everybody's: its channels are told so when they ask.
std::optional<std::string> PathReader::directory(Section& section, const PlacedText& path) const {
  auto absolute = resolve(section, path);
  if (!absolute) return std::nullopt;
  struct stat info;
  if (::stat(absolute->c_str(), &info) != 0)
    section.outside(path,
                    fmt::format("the directory {} cannot be found: {}", *absolute, std::strerror(errno)));
  else if (!S_ISDIR(info.st_mode))
    section.outside(path, fmt::format("{} is no directory", *absolute));
  else if (::access(absolute->c_str(), R_OK | X_OK) != 0)
    section.outside(path,
                    fmt::format("the directory {} cannot be entered: {}", *absolute, std::strerror(errno)));
  return absolute;
}

std::vector<chat::Project> read_projects(Section& root, const ProjectSurroundings& surroundings) {
  std::vector<chat::Project> projects;
  Claims claims;
  root.sections("projects", [&](const ConfigNode::Member& member, Section& section) {
    chat::Project project;
    project.name = member.key;
    project.limits = surroundings.limits;
    if (auto good = check_name(member.key); !good) section.error("", good.error().what);
    read_channels(section, project, claims);
    read_directory(section, project, surroundings.paths);
    read_agent(section, project, surroundings);
    read_model(section, project);
    read_access(section, project);
    read_rest(section, project);
    projects.push_back(std::move(project));
  });
  if (!root.has("projects"))
    root.warning("projects",
                 "there is no project, so nobody will get an answer: add a table [projects.NAME]");
  return projects;
}

}  // namespace coordinator::app
