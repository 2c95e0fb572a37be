// The chaos run's program: says what it did and what does not balance; exit status 0 when all does.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/log.h"
#include "base/random.h"
#include "run.h"
#include "traces.h"

using namespace coordinator;
using namespace coordinator::chaos;

namespace {

// Where a run that failed can be looked at.
void keep(const std::string& directory) {
  std::error_code none;
  std::filesystem::path kept = directory + "-kept";
  std::filesystem::copy(directory, kept, std::filesystem::copy_options::recursive, none);
  fmt::print("its directory, kept: {}\n", kept.string());
}

int run(const Options& options) {
  fmt::print("seed {}: {} mentions in {} channels, {} kills\n", options.seed, options.mentions,
             options.channels, options.kills);
  std::fflush(stdout);
  Instant begun = system_now().instant;
  Run run(options);
  auto found = run.go();
  const Done& done = run.done();
  for (const std::string& what : found) fmt::print("NOT BALANCED: {}\n", what);
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(system_now().instant - begun).count();
  fmt::print(
      "{} kills, {} orderly restarts, {} processes of turns killed, {} faults, {} identifies, {} resumes; {} "
      "messages of the bot; {} s\n",
      done.kills, done.orderly, done.lost_processes, done.faults, done.identifies, done.resumes,
      done.messages, seconds);
  fmt::print("chaos seed {}: {}\n", options.seed,
             found.empty() ? "passed" : fmt::format("FAILED, {} things do not balance", found.size()));
  if (!found.empty() || options.keep) keep(run.directory());
  return found.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.seed = system_seed() % 1'000'000;
  int runs = 1;
  CLI::App app("Kills the real daemon at random while the network misbehaves, and balances the books.");
  app.add_option("--seed", options.seed, "Draws the same plan again");
  app.add_option("--mentions", options.mentions)->capture_default_str();
  app.add_option("--channels", options.channels)->capture_default_str();
  app.add_option("--kills", options.kills, "By SIGKILL")->capture_default_str();
  app.add_option("--runs", runs, "So many in a row, the seed counting up")->capture_default_str();
  app.add_flag("--lost-sessions,!--no-lost-sessions", options.lost_sessions,
               "The gateway forgets sessions too");
  app.add_flag("--keep", options.keep, "Keep the directory of a run that balances too");
  CLI11_PARSE(app, argc, argv);
  signal(SIGPIPE, SIG_IGN);
  log::Options quiet;
  quiet.level = log::Level::error;
  log::configure(quiet);
  become_subreaper();
  int failed = 0;
  for (int i = 0; i < runs; ++i, ++options.seed) failed += run(options);
  return failed == 0 ? 0 : 1;
}
