// Projects, changed by people: the configuration file is edited, and what it says is in force at once.
#pragma once

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
#include "chat/router.h"
#include "command/services.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// Every change is one step of the loop, so that two never mix: the file as it is on the disk now is read,
// edited, written and put in force. Only a repository takes time before
// that: it is cloned into a hidden directory beside its place (".NAME.1f3a..."), and moved there when it is
// whole. What a clone leaves that failed is removed at once; what one left when the daemon ended, when the
// next of that name begins.
//
// Destroyed, it ends the clones that run; their `done` is not called.
class ConfiguredProjects : public command::ProjectService {
 public:
  static constexpr std::size_t kClonesAtOnce = 2;
  static constexpr std::size_t kMostWaiting = 10;

  struct Options {
    std::string projects_directory;  // where the configuration names none
    Millis clone_patience = 30min;
  };

  // `router` knows which channel, thread and server is whose.
  ConfiguredProjects(io::Loop& loop, Reload& reload, const chat::Router& router, Options options);
  ~ConfiguredProjects() override;

  const std::vector<chat::Project>& projects() const override;
  const chat::Project* project_of(ChannelId channel) const override;
  bool admits(const chat::Person& by) const override;
  std::string refuses(const chat::Person& by) const override;
  void add(const chat::Person& by, command::ProjectChange change, Progress progress,
           command::Done done) override;
  void set(const chat::Person& by, command::ProjectChange change, command::Done done) override;
  void remove(const chat::Person& by, std::string_view name, command::Done done) override;

 private:
  struct Addition;
  using Outcome = tl::expected<std::string, command::Refusal>;
  using Edit = std::function<Result<std::string>(std::string_view text)>;

  Outcome checked(const chat::Person& by) const;
  Outcome known(std::string_view name) const;
  Outcome begin(const chat::Person& by, const command::ProjectChange& change, Progress progress,
                command::Done& done);
  Outcome may_begin(const Addition& addition) const;
  void start_waiting();
  Addition* next_waiting();
  Status start(Addition& addition);
  void ended(const std::string& name, const Status& status);
  Outcome move_in(const Addition& addition, const Status& status);
  void clear_away(std::string path);
  void sweep(const std::string& name);
  Outcome change(const Edit& edit, std::string words, std::string_view why);
  std::optional<std::string> new_lack(const std::string& before, const Config& after) const;
  tl::expected<Config, command::Refusal> read_as(const Edit& edit, std::string& after) const;
  void tell(command::Done done, Outcome outcome);
  std::string directory() const;

  io::Loop& loop_;
  Reload& reload_;
  const chat::Router& router_;
  Options options_;
  Random random_;
  std::vector<std::unique_ptr<Addition>> additions_;  // in the order they came: cloning, or waiting for it
};

}  // namespace coordinator::app
