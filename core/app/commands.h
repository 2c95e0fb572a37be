// The command side of the daemon: the plugins, the desk between them and Discord, and the services behind
// them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/chat_approvals.h"
#include "app/chat_services.h"
#include "app/command_performer.h"
#include "app/journal.h"
#include "app/metrics.h"
#include "app/plugin_storage.h"
#include "app/project_service.h"
#include "app/reload.h"
#include "chat/engine.h"
#include "command/desk.h"
#include "command/plugins.h"
#include "discord/event.h"
#include "discord/rest.h"
#include "store/store.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

class Commands {
 public:
  // What it stands on; all of it outlives it.
  struct House {
    io::Loop& loop;
    discord::Rest& rest;
    store::Store& store;
    chat::Engine& engine;
    Journal& journal;
    Reload& reload;
    Metrics& metrics;
    std::string state;     // the state directory
    std::string programs;  // where our own programs are
    std::function<void(const chat::Event&)> tell;
    std::function<void()> stirred;  // quiet() may have become true
  };

  explicit Commands(House house);
  ~Commands();

  void restore(const store::Snapshot& snapshot);
  // Loads the plugins, where the configuration has not turned them off.
  void start();
  // Unloads them: calls that are held are over.
  void stop();

  void hear(const discord::Ready& ready) { desk_.hear(ready); }
  void hear(const discord::InteractionCreated& created);
  void perform(command::Act& act) { performer_.perform(act); }
  // Nothing is under way to Discord.
  bool quiet() const { return desk_.quiet(); }
  // Null where the configuration has turned them off.
  command::Plugins* plugins() { return plugins_.get(); }

 private:
  command::PluginsOptions plugin_options() const;
  ChatLinks chat_links();
  command::DeskLinks desk_links();

  House house_;
  ChatSessions sessions_;
  ChatQueue queue_;
  ChatModels models_;
  ChatUsage usage_;
  ChatApprovals approvals_;
  ChatAudit audit_;
  ConfiguredProjects projects_;
  PluginStorage storage_;
  command::Desk desk_;
  CommandPerformer performer_;
  std::string notes_;  // of the plugins: which are disabled, which are quarantined
  std::unique_ptr<command::Plugins> plugins_;
};

}  // namespace coordinator::app
