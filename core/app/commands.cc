#include "app/commands.h"

#include <utility>

#include "app/paths.h"
#include "base/log.h"
#include "base/random.h"
#include "io/file.h"

namespace coordinator::app {

namespace {

constexpr const char* kPluginNotes = "plugins";

}  // namespace

Commands::Commands(House house)
    : house_(std::move(house)),
      sessions_(chat_links()),
      queue_(chat_links()),
      models_(chat_links()),
      usage_(chat_links()),
      approvals_(chat_links()),
      audit_(chat_links()),
      projects_(house_.loop, house_.reload, house_.engine.router(), {house_.state + "/projects"}),
      storage_([this](store::Write record) { house_.journal.add(std::move(record)); }),
      desk_(house_.loop,
            {sessions_, queue_, models_, projects_, usage_, storage_, house_.metrics, approvals_, audit_},
            desk_links(), system_seed()),
      performer_(house_.loop, house_.rest, [this](const command::Event& event) {
        desk_.handle(event);
        house_.stirred();
      }) {}

Commands::~Commands() { stop(); }

ChatLinks Commands::chat_links() {
  return {house_.engine, house_.store, house_.tell,
          [this](Journal::Task task) { house_.journal.then(std::move(task)); }};
}

command::DeskLinks Commands::desk_links() {
  return {[this](command::Effects effects) { house_.journal.add(std::move(effects)); },
          [this](Journal::Task task) { house_.journal.then(std::move(task)); },
          [this](InteractionId interaction, std::function<void(Result<bool>)> done) {
            house_.store.seen(interaction, std::move(done));
          },
          [this] { return house_.loop.now().wall + house_.rest.clock_ahead(); }};
}

void Commands::restore(const store::Snapshot& snapshot) {
  storage_.restore(snapshot.plugin_values);
  for (const store::Note& note : snapshot.notes) {
    if (note.name == kPluginNotes) notes_ = note.value;
    desk_.restore(note);
  }
}

void Commands::start() {
  if (!house_.reload.config().plugins.enabled) return desk_.serve_nothing();
  command::PluginsListener listener;
  listener.changed = [this] { desk_.plugins_changed(); };
  listener.note = [this](std::string notes) {
    house_.journal.add(store::Note{kPluginNotes, std::move(notes)});
  };
  listener.then = [this](Journal::Task task) { house_.journal.then(std::move(task)); };
  listener.returned = [this](std::string_view plugin, std::chrono::microseconds took) {
    house_.metrics.plugin_call(plugin, took);
  };
  plugins_ = command::Plugins::make(house_.loop, plugin_options(), desk_.host_sides(), std::move(listener));
  desk_.serve(*plugins_);
  plugins_->start();
}

// Where the shipped ones are and where one's own are; both are watched.
command::PluginsOptions Commands::plugin_options() const {
  command::PluginsOptions options;
  const std::string& own = house_.reload.config().plugins.directory;
  options.directories = {plugin_directory(house_.programs), own.empty() ? house_.state + "/plugins" : own};
  // So that a first `cp hello.so plugins` does not make a file of that name.
  if (auto made = own.empty() ? io::make_directories(options.directories.back()) : Status(); !made)
    log::warning("command", "{}", made.error().what);
  options.probe = house_.programs + "/coordinator";
  options.marker = house_.state + "/plugin.running";
  options.notes = notes_;
  return options;
}

void Commands::stop() {
  if (plugins_) plugins_->stop();
  desk_.stop();
}

void Commands::hear(const discord::InteractionCreated& created) { desk_.hear(created); }

}  // namespace coordinator::app
