// The configuration in force, and how another one takes its place while the daemon runs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/config.h"
#include "app/config_difference.h"
#include "base/environment.h"
#include "base/result.h"
#include "io/file_watch.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

class Reload {
 public:
  // Puts `next` in force; it outlives the call as config(). What cannot change while the daemon runs
  // ([discord], [plugins]) is in it as it was at the start.
  using Apply = std::function<void(const Config& next)>;

  struct Options {
    Environment environment;
    bool verbose = false;  // --verbose: the log's level stays debug, whatever the file says
  };

  Reload(io::Loop& loop, Config config, Options options, Apply apply);

  const Config& config() const { return *config_; }
  const Environment& environment() const { return options_.environment; }

  // Looks at the file from now on. Where that is impossible, the log says so.
  void watch();

  // Reads the file, and puts what it says in force. What changed is logged, and returned as words: "nothing
  // has changed". Where the file has a mistake the old one stays in force; the log names every mistake, and
  // the error the first. `why` is for the log: "SIGHUP".
  Result<std::string> again(std::string_view why);
  // The same for a file that was read already.
  std::string take(Config next, std::string_view why);

 private:
  Result<std::string> read(std::string_view why);
  Result<std::string> refused(const ConfigProblems& problems, std::string_view why);
  void put_in_force(Config next);

  io::Loop& loop_;
  Options options_;
  Apply apply_;
  std::unique_ptr<const Config> config_;
  std::unique_ptr<io::FileWatch> watch_;
};

}  // namespace coordinator::app
