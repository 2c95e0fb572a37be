#include "app/project_service.h"

#include <dirent.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "app/config_file.h"
#include "app/project_change.h"
#include "base/log.h"
#include "base/owned.h"
#include "base/text.h"
#include "coordinator/plugin.h"
#include "io/background.h"
#include "io/file.h"
#include "io/loop.h"

namespace coordinator::app {

namespace {

constexpr const char* kArea = "projects";

bool exists(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0;
}

// ".NAME." and 16 hexadecimal digits.
bool is_hidden_clone(std::string_view name) {
  constexpr std::size_t kDigits = 16;
  if (name.size() < kDigits + 3 || name[0] != '.' || name[name.size() - kDigits - 1] != '.') return false;
  return name.substr(name.size() - kDigits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_older(const std::string& path, Millis age) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0 &&
         WallTime(Millis(info.st_mtim.tv_sec * 1000)) + age < system_now().wall;
}

std::string summary(const ProjectEdit& edit) {
  return fmt::format("Project **{}** is ready: <#{}> speaks to it, in `{}`. Allowed: {}.", edit.name,
                     edit.channel->text(), *edit.directory, fmt::join(*edit.allow, ", "));
}

std::string first_error(const ConfigProblems& problems) {
  for (const ConfigProblem& problem : problems)
    if (problem.kind == ConfigProblem::Kind::error) return problem.text();
  return problems.front().text();
}

}  // namespace

struct ConfiguredProjects::Addition {
  ProjectEdit edit;
  std::string repository, hidden;  // the directory that it is cloned into
  Progress progress;
  command::Done done;
  std::unique_ptr<GitClone> clone;  // none: it waits
};

ConfiguredProjects::ConfiguredProjects(io::Loop& loop, Reload& reload, const chat::Router& router,
                                       Options options)
    : loop_(loop), reload_(reload), router_(router), options_(std::move(options)), random_(system_seed()) {}

ConfiguredProjects::~ConfiguredProjects() = default;

const std::vector<chat::Project>& ConfiguredProjects::projects() const { return reload_.config().projects; }

const chat::Project* ConfiguredProjects::project_of(ChannelId channel) const {
  return router_.project_of(channel);
}

// Anybody can invite a public bot to a server of their own: there it must not tell of the others.
bool ConfiguredProjects::admits(const chat::Person& by) const {
  const Config& config = reload_.config();
  if (router_.project_of(by.channel) || (by.guild && router_.serves(*by.guild))) return true;
  if (config.administrators && chat::allows(*config.administrators, by)) return true;
  return std::any_of(config.projects.begin(), config.projects.end(),
                     [&by](const chat::Project& project) { return chat::names(project.allow, by.user); });
}

std::string ConfiguredProjects::directory() const {
  const std::string& configured = reload_.config().projects_directory;
  return configured.empty() ? options_.projects_directory : configured;
}

void ConfiguredProjects::tell(command::Done done, Outcome outcome) {
  loop_.later([done = std::move(done), outcome = std::move(outcome)] { done(outcome); });
}

// ---- What is asked

void ConfiguredProjects::add(const chat::Person& by, command::ProjectChange change, Progress progress,
                             command::Done done) {
  auto begun = begin(by, change, std::move(progress), done);
  if (done) tell(std::move(done), std::move(begun));  // else it is told when the clone is over
}

void ConfiguredProjects::set(const chat::Person& by, command::ProjectChange change, command::Done done) {
  auto allowed = checked(by);
  if (!allowed) return tell(std::move(done), std::move(allowed));
  auto edit = edit_for_change(change);
  if (!edit) return tell(std::move(done), tl::unexpected(edit.error()));
  if (auto there = known(edit->name); !there) return tell(std::move(done), std::move(there));
  tell(std::move(done),
       this->change([&](std::string_view text) { return set_project(text, *edit); },
                    fmt::format("Project **{}** is changed: {}.", edit->name, edited_keys(*edit)),
                    fmt::format("{} changed project {}", by.name, edit->name)));
}

void ConfiguredProjects::remove(const chat::Person& by, std::string_view name, command::Done done) {
  auto allowed = checked(by);
  if (!allowed) return tell(std::move(done), std::move(allowed));
  if (auto there = known(name); !there) return tell(std::move(done), std::move(there));
  tell(std::move(done), change([&](std::string_view text) { return remove_project(text, name); },
                               fmt::format("Project **{}** is removed. Its directory stays.", name),
                               fmt::format("{} removed project {}", by.name, name)));
}

ConfiguredProjects::Outcome ConfiguredProjects::checked(const chat::Person& by) const {
  std::string why = refuses(by);
  if (why.empty()) return why;
  return refusal(COORDINATOR_REFUSED, std::move(why));
}

// Anybody can invite a public bot to a server of their own and be its administrator: what has no project yet
// is a stranger's, unless the configuration says otherwise.
std::string ConfiguredProjects::refuses(const chat::Person& by) const {
  const Config& config = reload_.config();
  if (may_administrate(config, by, project_of(by.channel) != nullptr)) return {};
  return config.administrators
             ? "Projects and plugins are changed by administrators: that takes the Administrator permission "
               "on this server, and a place in `administrators` of the configuration."
             : "Projects and plugins are changed by administrators, that takes the Administrator permission "
               "on this server, from a channel that has a project already. For other places, name who may in "
               "`administrators` of the configuration.";
}

// In the file, which may say more than what is in force.
ConfiguredProjects::Outcome ConfiguredProjects::known(std::string_view name) const {
  auto text = io::read_file(reload_.config().file, kLongestConfig);
  if (!text) return refusal(COORDINATOR_FAILED, text.error().what);
  auto there = has_project(*text, name);
  if (!there) return refusal(COORDINATOR_FAILED, there.error().what);
  if (*there) return std::string();
  return refusal(COORDINATOR_NOT_FOUND, fmt::format("There is no project {}.", text::ellipsized(name, 64)));
}

// ---- A repository's way: asked for, waiting, cloning, moved to its place

// Takes `done` away when the answer comes later.
ConfiguredProjects::Outcome ConfiguredProjects::begin(const chat::Person& by,
                                                      const command::ProjectChange& change, Progress progress,
                                                      command::Done& done) {
  if (auto allowed = checked(by); !allowed) return allowed;
  auto edit = edit_for_addition(by, change);
  if (!edit) return tl::unexpected(edit.error());
  if (edit->directory)
    return this->change([&](std::string_view text) { return add_project(text, *edit); }, summary(*edit),
                        fmt::format("{} added project {}", by.name, edit->name));
  auto addition = std::make_unique<Addition>();
  addition->repository = *change.repository;
  addition->edit = std::move(*edit);
  addition->edit.directory = fmt::format("{}/{}", directory(), change.name);
  addition->hidden = fmt::format("{}/.{}.{}", directory(), change.name, random_.hex(16));
  if (auto may = may_begin(*addition); !may) return may;
  log::info(kArea, "{} adds project {} from {}", by.name, change.name, *change.repository);
  addition->progress = std::move(progress);
  addition->done = std::exchange(done, nullptr);
  additions_.push_back(std::move(addition));
  start_waiting();
  return std::string();
}

// What would fail behind the clone is better told before it.
ConfiguredProjects::Outcome ConfiguredProjects::may_begin(const Addition& addition) const {
  auto is_same = [&](const auto& other) { return other->edit.name == addition.edit.name; };
  if (std::any_of(additions_.begin(), additions_.end(), is_same))
    return refusal(COORDINATOR_INVALID,
                   fmt::format("Project {} is being added already.", addition.edit.name));
  if (additions_.size() >= kClonesAtOnce + kMostWaiting)
    return refusal(COORDINATOR_LIMIT, "Too many repositories are on their way; try again when one is here.");
  if (exists(*addition.edit.directory))
    return refusal(COORDINATOR_INVALID,
                   fmt::format("`{}` is there already: take it as it is, by giving it as the directory, or "
                               "choose another name.",
                               *addition.edit.directory));
  if (auto writable = config_writable(reload_.config().file); !writable)
    return refusal(COORDINATOR_FAILED, writable.error().what);
  ProjectEdit edit = addition.edit;
  edit.directory = "/";  // its own is not there yet
  std::string after;
  auto config = read_as([&](std::string_view text) { return add_project(text, edit); }, after);
  if (!config) return tl::unexpected(config.error());
  if (auto made = io::make_directories(directory()); !made)
    return refusal(COORDINATOR_FAILED, made.error().what);
  return std::string();
}

void ConfiguredProjects::start_waiting() {
  while (Addition* addition = next_waiting())
    if (auto started = start(*addition); !started) ended(addition->edit.name, started);
}

ConfiguredProjects::Addition* ConfiguredProjects::next_waiting() {
  std::size_t running = 0;
  for (const auto& addition : additions_) {
    if (running == kClonesAtOnce) break;
    if (!addition->clone) return addition.get();
    ++running;
  }
  return nullptr;
}

Status ConfiguredProjects::start(Addition& addition) {
  sweep(addition.edit.name);
  const GitClone::Request request{addition.repository, addition.hidden,
                                  git_environment(reload_.environment()), options_.clone_patience};
  auto done = [this, name = addition.edit.name](const Status& status) {
    ended(name, status);
    start_waiting();
  };
  auto clone = GitClone::start(loop_, request, {addition.progress, std::move(done)});
  if (!clone) return tl::unexpected(clone.error());
  addition.clone = std::move(*clone);
  return {};
}

void ConfiguredProjects::ended(const std::string& name, const Status& status) {
  auto place = std::find_if(additions_.begin(), additions_.end(),
                            [&](const auto& addition) { return addition->edit.name == name; });
  std::unique_ptr<Addition> addition = std::move(*place);
  additions_.erase(place);
  auto outcome = move_in(*addition, status);
  if (!outcome)
    log::warning(kArea, "project {} is not added: {}", addition->edit.name, outcome.error().words);
  tell(std::move(addition->done), std::move(outcome));
  loop_.bury(std::move(addition));  // its clone may be what calls this
}

ConfiguredProjects::Outcome ConfiguredProjects::move_in(const Addition& addition, const Status& status) {
  const std::string& place = *addition.edit.directory;
  Status moved = status;
  if (moved && exists(place)) moved = fail("{} has been made by somebody else meanwhile", place);
  if (moved) moved = io::rename_file(addition.hidden, place);
  if (!moved) {
    clear_away(addition.hidden);
    return refusal(COORDINATOR_FAILED, moved.error().what);
  }
  auto outcome = change([&](std::string_view text) { return add_project(text, addition.edit); },
                        summary(addition.edit), fmt::format("project {} is here", addition.edit.name));
  if (outcome) return outcome;
  clear_away(io::rename_file(place, addition.hidden) ? addition.hidden : place);
  return outcome;
}

// Repositories can be large: not on the loop.
void ConfiguredProjects::clear_away(std::string path) {
  auto failure = std::make_shared<std::string>();
  auto work = [failure, path = std::move(path)] {
    if (auto gone = io::remove_tree(path); !gone) *failure = gone.error().what;
  };
  io::in_background(loop_, std::move(work), [failure] {
    if (!failure->empty()) log::warning(kArea, "{}", *failure);
  });
}

// What earlier clones left, when they were ended with their daemon: of this name, or older than any clone
// that runs.
void ConfiguredProjects::sweep(const std::string& name) {
  std::string mine = fmt::format(".{}.", name);
  Owned<DIR, ::closedir> listing(::opendir(directory().c_str()));
  while (dirent* found = listing ? ::readdir(listing.get()) : nullptr) {
    std::string_view left = found->d_name;
    std::string path = fmt::format("{}/{}", directory(), left);
    if (!is_hidden_clone(left) || !(left.starts_with(mine) || is_older(path, 2 * options_.clone_patience)))
      continue;
    log::info(kArea, "{} is left of an earlier clone, and is removed", path);
    clear_away(path);
  }
}

// ---- The one step that changes the configuration

ConfiguredProjects::Outcome ConfiguredProjects::change(const Edit& edit, std::string words,
                                                       std::string_view why) {
  std::string after;
  auto config = read_as(edit, after);
  if (!config) return tl::unexpected(config.error());
  const std::string& file = reload_.config().file;
  if (auto written = replace_config(file, after); !written)
    return refusal(COORDINATOR_FAILED, written.error().what);
  reload_.take(std::move(*config), why);
  return words;
}

// What a project needs may go missing at any time, but nobody may ask for what is not there.
std::optional<std::string> ConfiguredProjects::new_lack(const std::string& before,
                                                        const Config& after) const {
  auto earlier = parse_config(before, after.file, reload_.environment());
  for (const ConfigProblem& problem : after.warnings) {
    auto same = [&](const ConfigProblem& other) { return other.what == problem.what; };
    if (problem.outside && !(earlier && std::ranges::any_of(earlier->warnings, same))) return problem.what;
  }
  return std::nullopt;
}

// The file as it would be, and what that would mean.
tl::expected<Config, command::Refusal> ConfiguredProjects::read_as(const Edit& edit,
                                                                   std::string& after) const {
  const std::string& file = reload_.config().file;
  auto text = io::read_file(file, kLongestConfig);
  if (!text) return refusal(COORDINATOR_FAILED, text.error().what);
  auto edited = edit(*text);
  if (!edited) return refusal(COORDINATOR_INVALID, edited.error().what);
  after = std::move(*edited);
  auto config = parse_config(after, file, reload_.environment());
  if (!config) return refusal(COORDINATOR_INVALID, first_error(config.error()));
  if (auto lack = new_lack(*text, *config)) return refusal(COORDINATOR_INVALID, *lack);
  return std::move(*config);
}

}  // namespace coordinator::app
