#include "command/plugins_driver.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "io/background.h"
#include "io/loop.h"

namespace coordinator::command {

namespace {

// "plugins/" and "plugins" are the same directory.
std::vector<std::string> without_last_slash(std::vector<std::string> paths) {
  for (auto& path : paths)
    while (path.size() > 1 && path.back() == '/') path.pop_back();
  return paths;
}

bool says_the_same(const Description& description, const PluginIdentity& tried) {
  auto same = [](const CommandDescription& command, const std::string& name) { return command.name == name; };
  return description.name == tried.name &&
         std::equal(description.commands.begin(), description.commands.end(), tried.commands.begin(),
                    tried.commands.end(), same);
}

}  // namespace

std::unique_ptr<Plugins> Plugins::make(io::Loop& loop, PluginsOptions options, MakeHostSide make_host_side,
                                       PluginsListener listener) {
  return std::make_unique<PluginsDriver>(loop, std::move(options), std::move(make_host_side),
                                         std::move(listener));
}

PluginsDriver::PluginsDriver(io::Loop& loop, PluginsOptions options, MakeHostSide make_host_side,
                             PluginsListener listener)
    : loop_(loop),
      options_(std::move(options)),
      make_host_side_(std::move(make_host_side)),
      listener_(std::move(listener)),
      guard_(options_.marker, options_.watchdog, listener_.returned),
      shelf_(PluginNotes(options_.notes), options_.settle),
      again_(loop, [this] { look(); }) {
  options_.directories = without_last_slash(std::move(options_.directories));
}

PluginsDriver::~PluginsDriver() {
  stop();
  *alive_ = false;
}

void PluginsDriver::start() {
  if (guard_.found()) act(shelf_.died(*guard_.found()));
  for (const auto& directory : options_.directories)
    watches_.push_back(std::make_unique<io::DirectoryWatch>(loop_, directory, [this] { look(); }));
  look();
}

void PluginsDriver::look() {
  std::vector<DirectorySight> sights;
  for (const auto& directory : options_.directories) sights.push_back(look_into(directory, ::geteuid()));
  act(shelf_.seen(sights, loop_.now()));
}

// What an effect leads to at once is carried out behind what was decided before it.
void PluginsDriver::act(ShelfEffects effects) {
  std::move(effects.begin(), effects.end(), std::back_inserter(effects_));
  if (std::exchange(acting_, true)) return;
  while (!effects_.empty() && !stopped_) {
    ShelfEffect effect = std::move(effects_.front());
    effects_.pop_front();
    std::visit([this](const auto& one) { carry_out(one); }, effect);
  }
  acting_ = false;
  auto next = shelf_.wakes();
  if (stopped_ || !next) return again_.stop();
  again_.start(std::max(Millis(0), *next - loop_.now().instant));
}

// The reading runs beside the loop: a file may have 64 MiB, on a slow disk.
void PluginsDriver::carry_out(const CopyFile& effect) {
  auto read = std::make_shared<PluginRead>();
  io::in_background(
      loop_, [read, effect] { *read = read_plugin(effect.path, effect.look); },
      [this, alive = alive_, read, attempt = effect.attempt] {
        if (*alive && !stopped_) copied(attempt, std::move(*read));
      });
}

void PluginsDriver::copied(Attempt attempt, PluginRead read) {
  CopyOutcome outcome{read.changed, fail("")};
  if (read.image) {
    outcome.content = read.image->content;
    images_[attempt] = std::move(*read.image);
  } else {
    outcome.content = tl::unexpected(read.image.error());
  }
  act(shelf_.copied(attempt, outcome, loop_.now()));
}

void PluginsDriver::carry_out(const TryCopy& effect) {
  const PluginImage& image = images_.at(effect.attempt);
  trials_[effect.attempt] = std::make_unique<Trial>(
      loop_, TrialSpec{options_.probe, image.file, options_.trial_time}, image.copy,
      [this, attempt = effect.attempt](const Result<TrialReport>& report) { tried(attempt, report); });
}

void PluginsDriver::tried(Attempt attempt, const Result<TrialReport>& report) {
  auto trial = trials_.extract(attempt);
  loop_.bury(std::move(trial.mapped()));
  act(shelf_.tried(attempt, report, loop_.now()));
}

void PluginsDriver::carry_out(const LoadCopy& effect) {
  Status outcome = load(effect);
  act(shelf_.loaded(effect.attempt, outcome, loop_.now()));
}

Status PluginsDriver::load(const LoadCopy& effect) {
  auto image = images_.extract(effect.attempt);
  image.mapped().plugin = effect.identity.name;
  auto plugin = LoadedPlugin::load(guard_, std::move(image.mapped()), effect.attempt);
  if (!plugin) return tl::unexpected(plugin.error());
  if (!says_the_same((*plugin)->description(), effect.identity))
    return fail(
        "it states another name or other commands than when it was tried: it must state the same each time");
  auto idle = [this, alive = alive_, generation = effect.attempt] {
    if (*alive) this->idle(generation);
  };
  if (auto started = (*plugin)->start(make_host_side_, idle); !started) return started;
  instances_[effect.attempt] = std::move(*plugin);
  return {};
}

void PluginsDriver::carry_out(const DropCopy& effect) {
  images_.erase(effect.attempt);
  trials_.erase(effect.attempt);  // never the one whose callback this is: that one is out already
}

void PluginsDriver::carry_out(const Retire& effect) {
  retiring_.insert(effect.generation);
  idle(effect.generation);
}

// Later: whoever says that an instance is idle may stand in its host's code.
void PluginsDriver::idle(Attempt generation) {
  if (!retiring_.contains(generation)) return;
  later([this, generation] {
    LoadedPlugin* plugin = instance(generation);
    if (plugin && plugin->host()->idle()) stop_instance(generation);
  });
}

void PluginsDriver::carry_out(const StopNow& effect) {
  later([this, generation = effect.generation] {
    if (instances_.contains(generation)) stop_instance(generation);
  });
}

void PluginsDriver::stop_instance(Attempt generation) {
  auto plugin = std::move(instances_.extract(generation).mapped());
  retiring_.erase(generation);
  if (auto unloaded = plugin->unload(); !unloaded)
    log::warning("command", "plugin {}: {}; it does so until this daemon ends", plugin->name(),
                 unloaded.error().what);
  else
    log::debug("command", "plugin {} {} (the {}th load) is unloaded", plugin->name(),
               plugin->description().version, generation);
  if (!stopped_) act(shelf_.retired(generation));
}

// Once for everything that one decision changed.
void PluginsDriver::carry_out(const ServingChanged&) {
  if (!std::exchange(change_due_, true)) later([this] { tell_changed(); });
}

void PluginsDriver::tell_changed() {
  change_due_ = false;
  if (listener_.changed) listener_.changed();
}

void PluginsDriver::carry_out(const KeepNotes& effect) {
  if (listener_.note) listener_.note(effect.notes);
}

void PluginsDriver::carry_out(const LogLine& effect) { log::write(effect.level, "command", effect.text); }

void PluginsDriver::carry_out(const Answer& effect) {
  auto asked = asked_.extract(effect.request);
  if (!asked) return;
  auto tell = [told = std::move(asked.mapped()), words = effect.words] { told(words); };
  if (!listener_.then) return later(std::move(tell));
  listener_.then([this, alive = alive_, tell = std::move(tell)] {
    if (*alive && !stopped_) tell();
  });
}

// Later: a plugin may ask, and stands in a call now.
void PluginsDriver::ask(Asking asking, std::string_view name, Told told) {
  later([this, asking, name = std::string(name), told = std::move(told)]() mutable {
    asked_[++requests_] = std::move(told);
    act((shelf_.*asking)(name, requests_, loop_.now()));
  });
}

void PluginsDriver::reload(std::string_view name, Told told) {
  ask(&PluginShelf::reload, name, std::move(told));
}
void PluginsDriver::enable(std::string_view name, Told told) {
  ask(&PluginShelf::enable, name, std::move(told));
}
void PluginsDriver::disable(std::string_view name, Told told) {
  ask(&PluginShelf::disable, name, std::move(told));
}

void PluginsDriver::stop() {
  if (std::exchange(stopped_, true)) return;
  again_.stop();
  watches_.clear();
  trials_.clear();
  images_.clear();
  while (!instances_.empty()) stop_instance(instances_.begin()->first);
}

LoadedPlugin* PluginsDriver::instance(std::optional<Attempt> generation) const {
  auto found = generation ? instances_.find(*generation) : instances_.end();
  return found == instances_.end() ? nullptr : found->second.get();
}

Instance* PluginsDriver::serving_command(std::string_view command) {
  return instance(shelf_.serving_command(command));
}
Instance* PluginsDriver::serving_plugin(std::string_view name) {
  return instance(shelf_.serving_plugin(name));
}

std::vector<PluginInfo> PluginsDriver::list() const {
  std::vector<PluginInfo> infos;
  for (auto& entry : shelf_.list())
    infos.push_back({entry.state, entry.identity.name, entry.identity.version, entry.identity.description,
                     entry.file, entry.detail, instance(entry.serving)});
  return infos;
}

void PluginsDriver::later(std::function<void()> task) {
  loop_.later([this, alive = alive_, task = std::move(task)] {
    if (*alive && !stopped_) task();
  });
}

}  // namespace coordinator::command
