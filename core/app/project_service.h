// Projects, changed by people: the configuration file is edited, and what it says is in force at once.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_edit.h"
#include "app/git_clone.h"
#include "app/reload.h"
#include "base/random.h"
#include "command/services.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// Every change is one step: the file as it is on the disk now is read, edited, written and put in force;
// where that fails, the file is as it was. Only a repository takes time before that step: it is cloned into a
// hidden directory beside its place (".NAME.xxxx"), and moved there when it is whole. What a clone leaves
// that was broken off (by an error, or the daemon's end) is removed then, or before the next one of that
// name.
//
// Destroyed, it ends the clones that run, and their `done` is not called.
class ConfiguredProjects : public command::ProjectService {
 public:
  static constexpr std::size_t kClonesAtOnce = 2;
  static constexpr std::size_t kMostWaiting = 10;

  struct Options {
    std::string projects_directory;                                     // where the configuration names none
    std::function<const chat::Project*(ChannelId channel)> project_of;  // empty: threads are not known
    Millis clone_patience = 30min;
  };

  ConfiguredProjects(io::Loop& loop, Reload& reload, Options options);
  ~ConfiguredProjects() override;

  const std::vector<chat::Project>& projects() const override;
  const chat::Project* project_of(ChannelId channel) const override;
  void add(const chat::Person& by, command::ProjectChange change, Progress progress,
           command::Done done) override;
  void set(const chat::Person& by, command::ProjectChange change, command::Done done) override;
  void remove(const chat::Person& by, std::string_view name, command::Done done) override;

 private:
  struct Addition;

  io::Loop& loop_;
  Reload& reload_;
  Options options_;
  Random random_;
  std::vector<std::unique_ptr<Addition>> additions_;  // those whose repository is not here yet
};

}  // namespace coordinator::app
