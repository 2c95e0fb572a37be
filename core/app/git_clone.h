// One `git clone`, as a child on the loop that can ask nobody anything.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/clone_progress.h"
#include "base/environment.h"
#include "base/result.h"
#include "io/process.h"
#include "io/timer.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// An address that git may be given: https, http, ssh, git, file, or user@host:path; without a password in it,
// since it would stand in the repository's configuration.
Status check_repository(std::string_view address);

// What git gets of our environment: PATH, HOME, locale, proxies, certificates, the ssh agent. Not the token.
Environment git_environment(const Environment& own);

// Ends git, and what git has started, when destroyed. What is in the directory by then is the owner's to
// remove.
class GitClone {
 public:
  struct Request {
    std::string address;    // checked
    std::string directory;  // absolute; must not exist
    Environment environment;
    Millis patience = 30min;
  };
  using Progress = std::function<void(const std::string& words)>;
  using Done = std::function<void(const Status&)>;

  // `done` is called once, later; GitClone may be destroyed inside it only by Loop::bury.
  GitClone(io::Loop& loop, Request request, Progress progress, Done done);
  ~GitClone();
  GitClone(const GitClone&) = delete;
  GitClone& operator=(const GitClone&) = delete;

 private:
  void start();
  void heard(std::string_view bytes);
  void exited(const io::ProcessExit& exit);
  void late();

  io::Loop& loop_;
  Request request_;
  Progress progress_;
  Done done_;
  CloneProgress words_;
  io::Timer patience_;
  std::unique_ptr<io::Process> process_;
  bool late_ = false;
};

}  // namespace coordinator::app
