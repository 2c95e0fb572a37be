// The real loader on a real loop, with a host of a test's own, and a directory to put files into.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/log.h"
#include "command/plugins.h"
#include "io/loop.h"
#include "io/temporary.h"
#include "io/timer.h"

namespace loader {

using namespace coordinator;
using namespace coordinator::command;
namespace fs = std::filesystem;

// Remembers what the plugin replied, and what it holds.
class Host final : public HostSide {
 public:
  Host(std::vector<std::string>& replies, std::function<void()> told_idle)
      : replies_(replies), told_idle_(std::move(told_idle)) {
    auto& functions = table_.functions;
    functions.size = sizeof functions;
    functions.major = COORDINATOR_MAJOR;
    functions.log = [](const coordinator_host*, int, coordinator_string) {};
    functions.extension = [](const coordinator_host*, const char*) -> const void* { return nullptr; };
    functions.argument = [](const coordinator_host*, coordinator_call, coordinator_string) {
      return coordinator_string{};
    };
    functions.reply = [](const coordinator_host* host, coordinator_call, coordinator_string text) {
      of(host).replies_.emplace_back(text.data, text.size);
      return int{COORDINATOR_OK};
    };
    functions.hold = [](const coordinator_host* host, coordinator_call call) {
      of(host).held_.insert(call);
      return int{COORDINATOR_OK};
    };
    functions.release = [](const coordinator_host* host, coordinator_call call) { of(host).release(call); };
    table_.self = this;
  }

  const coordinator_host* table() const override { return &table_.functions; }
  bool idle() const override { return held_.empty(); }
  void stopping() override { held_.clear(); }

  void release(coordinator_call call) {
    held_.erase(call);
    told_idle_();
  }

 private:
  struct Table {
    coordinator_host functions{};
    Host* self = nullptr;
  };
  static Host& of(const coordinator_host* host) { return *reinterpret_cast<const Table*>(host)->self; }

  std::vector<std::string>& replies_;
  std::function<void()> told_idle_;
  std::set<coordinator_call> held_;
  Table table_;
};

// The trial process's crashes are on purpose, and their signal is what it is asked for.
inline void let_crashes_be_signals() {
  const char* before = std::getenv("ASAN_OPTIONS");
  ::setenv("ASAN_OPTIONS", (std::string(before ? before : "") + ":handle_segv=0:handle_abort=0").c_str(), 1);
}

struct Stage {
  TemporaryDirectory temporary;
  std::string directory = temporary / "plugins", log_file = temporary / "log";
  std::string notes;
  PluginsOptions options;
  std::vector<std::string> replies;
  std::map<std::uint64_t, Host*> hosts;  // by generation
  int changes = 0;
  std::optional<io::Loop> loop;
  std::unique_ptr<Plugins> plugins;

  Stage() {
    let_crashes_be_signals();
    fs::create_directory(directory);
    options.directories = {directory};
    options.probe = PROBE;
    options.marker = temporary / "running";
    options.settle = 20ms;
    log::Options logging;
    logging.file = log_file;
    logging.terminal = false;
    log::configure(logging);
  }
  ~Stage() {
    end();
    log::configure({});
  }

  void begin() {
    loop.emplace();
    options.notes = notes;
    auto make_host = [this](Instance& instance, std::function<void()> idle) {
      auto host = std::make_unique<Host>(replies, std::move(idle));
      hosts[instance.generation()] = host.get();
      return host;
    };
    plugins = Plugins::make(*loop, options, make_host,
                            {[this] { ++changes; }, [this](std::string kept) { notes = std::move(kept); }});
    plugins->start();
  }
  void end() {
    plugins.reset();
    loop.reset();
  }

  bool until(const std::function<bool()>& condition, Millis patience = 20s) {
    bool late = false;
    io::Timer limit(*loop, [&late] { late = true; });
    limit.start(patience);
    while (!condition() && !late) loop->run_once(true);
    return condition();
  }
  void pass(Millis time) {
    until([] { return false; }, time);
  }
  bool settles() {
    return until([this] { return plugins->settled(); });
  }

  // As an installer does: the file is there whole, or not at all.
  void put(const std::string& plugin, std::string name = "") {
    if (name.empty()) name = plugin;
    std::string hidden = directory + "/." + name + ".new";
    fs::copy_file(built(plugin), hidden, fs::copy_options::overwrite_existing);
    ::chmod(hidden.c_str(), 0755);
    fs::rename(hidden, directory + "/" + name + ".so");
  }
  static std::string built(const std::string& plugin) { return PLUGINS "/" + plugin + ".so"; }
  std::string path(const std::string& name) const { return directory + "/" + name + ".so"; }

  std::optional<PluginInfo> info(const std::string& name) const {
    for (auto& info : plugins->list())
      if (info.file == path(name)) return info;
    return std::nullopt;
  }
  std::string detail(const std::string& name) const {
    auto found = info(name);
    return found ? found->detail : "no such file";
  }
  bool serves(const std::string& name, const std::string& version) const {
    auto found = info(name);
    return found && found->serving && found->version == version;
  }
  bool refused(const std::string& name, const std::string& words) const {
    return detail(name).find(words) != std::string::npos;
  }

  // What the instance says to the call.
  static bool enter(Instance& instance, coordinator_call call) {
    return instance.enter("run of a command", [&](const coordinator_plugin& plugin, void* state) {
      plugin.commands[0]->run(state, call);
    });
  }
  // What the command answers now; empty: nothing serves it.
  std::string use(const std::string& command, coordinator_call call = 2) {
    Instance* instance = plugins->serving_command(command);
    if (!instance) return "";
    replies.clear();
    enter(*instance, call);
    return replies.empty() ? "no answer" : replies.back();
  }
  bool logged(const std::string& words) const {
    return TemporaryDirectory::content(log_file).find(words) != std::string::npos;
  }
};

}  // namespace loader
