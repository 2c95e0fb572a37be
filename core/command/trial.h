// The trial of one plugin: a process that does first what the daemon would do.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "command/trial_report.h"
#include "io/file.h"
#include "io/process.h"
#include "io/timer.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::command {

struct TrialSpec {
  std::string probe;  // the program `coordinator`, called as `coordinator plugins check --fd 0 --json FILE`
  std::string file;   // the plugin's file name
  Millis patience = 5s;
  bool errors_through = false;  // what it writes to stderr goes to ours; else to the log
};

// Calls back once, later: with the report, or with the sentence why it is refused: it crashed, it did not
// end, it told why. Cause::busy: it could not be tried at all. Destroyed before that, it ends the process and
// is silent; not inside its own callback.
class Trial {
 public:
  using Told = std::function<void(Result<TrialReport>)>;

  Trial(io::Loop& loop, TrialSpec spec, const io::Descriptor& copy, Told told);
  ~Trial();
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

 private:
  void spawn(io::Loop& loop, const io::Descriptor& copy);
  void late();
  void ended(const io::ProcessExit& exit);
  void log_errors() const;
  void tell();

  TrialSpec spec_;
  Told told_;
  std::unique_ptr<io::Process> process_;
  std::string output_, errors_;
  Result<TrialReport> outcome_;
  io::Timer patience_, soon_;
};

}  // namespace coordinator::command
