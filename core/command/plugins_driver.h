// The plugins at work: the shelf's decisions carried out on the loop.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "command/guard.h"
#include "command/loaded_plugin.h"
#include "command/plugin_shelf.h"
#include "command/plugins.h"
#include "command/trial.h"
#include "io/directory_watch.h"
#include "io/timer.h"

namespace coordinator::command {

class PluginsDriver final : public Plugins {
 public:
  PluginsDriver(io::Loop& loop, PluginsOptions options, MakeHostSide make_host_side,
                PluginsListener listener);
  ~PluginsDriver() override;

  void start() override;
  bool settled() const override { return shelf_.settled(); }
  Instance* serving_command(std::string_view command) override;
  Instance* serving_plugin(std::string_view name) override;
  std::vector<PluginInfo> list() const override;
  std::size_t loaded() const override { return instances_.size(); }
  void reload(std::string_view name, Told told) override;
  void enable(std::string_view name, Told told) override;
  void disable(std::string_view name, Told told) override;
  void stop() override;

 private:
  using Asking = ShelfEffects (PluginShelf::*)(std::string_view name, Request request, Now now);

  void look();
  void ask(Asking asking, std::string_view name, Told told);
  void act(ShelfEffects effects);
  void carry_out(const CopyFile& effect);
  void carry_out(const TryCopy& effect);
  void carry_out(const LoadCopy& effect);
  void carry_out(const DropCopy& effect);
  void carry_out(const Retire& effect);
  void carry_out(const StopNow& effect);
  void carry_out(const ServingChanged&);
  void carry_out(const KeepNotes& effect);
  void carry_out(const LogLine& effect);
  void carry_out(const Answer& effect);

  void copied(Attempt attempt, PluginRead read);
  void tried(Attempt attempt, const Result<TrialReport>& report);
  Status load(const LoadCopy& effect);
  void idle(Attempt generation);
  void stop_instance(Attempt generation);
  void tell_changed();
  LoadedPlugin* instance(std::optional<Attempt> generation) const;
  // Runs it at the end of this iteration, unless we are gone or stopped by then.
  void later(std::function<void()> task);

  io::Loop& loop_;
  PluginsOptions options_;
  MakeHostSide make_host_side_;
  PluginsListener listener_;
  Guard guard_;
  PluginShelf shelf_;
  std::vector<std::unique_ptr<io::DirectoryWatch>> watches_;
  std::deque<ShelfEffect> effects_;
  std::map<Attempt, PluginImage> images_;
  std::map<Attempt, std::unique_ptr<Trial>> trials_;
  std::map<Attempt, std::unique_ptr<LoadedPlugin>> instances_;  // by generation
  std::set<Attempt> retiring_;
  std::map<Request, Told> asked_;
  Request requests_ = 0;
  bool acting_ = false, change_due_ = false, stopped_ = false;
  io::Timer again_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for tasks that may outlive us
};

}  // namespace coordinator::command
