// One `git clone`, as a child on the loop that can ask nobody anything.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/clone_progress.h"
#include "base/environment.h"
#include "base/result.h"
#include "io/process.h"
#include "io/timer.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// An address that git may be given: https, http, ssh, git or file, or user@host:path; without a password or a
// token in it, which would stand in the repository's configuration for the agent to read.
Status check_repository(std::string_view address);

// What git gets of our environment: PATH, HOME, proxies, certificates, the ssh agent. Not the Discord token.
Environment git_environment(const Environment& own);

// Ends git, and what git has started, when destroyed. What is in the directory then is the owner's to remove.
class GitClone {
 public:
  struct Request {
    std::string address;    // checked
    std::string directory;  // whole path; must not exist, but what is above it must
    Environment environment;
    Millis patience = 30min;
  };
  struct Callbacks {
    std::function<void(const std::string& words)> progress;  // at most every 2 s; may be empty
    // Once, and progress() comes no more. Inside it, GitClone may be destroyed by Loop::bury only.
    std::function<void(const Status&)> done;
  };

  static Result<std::unique_ptr<GitClone>> start(io::Loop& loop, const Request& request, Callbacks callbacks);
  ~GitClone();
  GitClone(const GitClone&) = delete;
  GitClone& operator=(const GitClone&) = delete;

 private:
  GitClone(io::Loop& loop, Millis patience, Callbacks callbacks);
  Status spawn(const Request& request);
  void heard(std::string_view bytes);
  void exited(const io::ProcessExit& exit);
  void end();

  io::Loop& loop_;
  Millis allowed_;
  Callbacks callbacks_;
  CloneProgress words_;
  io::Timer patience_;
  std::unique_ptr<io::Process> process_;
  bool late_ = false;
};

}  // namespace coordinator::app
