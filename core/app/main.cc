// `coordinatord`: the daemon's program.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "app/config.h"
#include "app/daemon.h"
#include "app/paths.h"
#include "base/log.h"
#include "io/loop.h"
#include "io/open_files.h"
#include "io/process.h"
#include "io/signals.h"
#include "version.h"

using namespace coordinator;

namespace {

constexpr int kFailure = 1;
constexpr int kConfiguration = 78;  // EX_CONFIG of sysexits.h: starting again will not help

struct Options {
  std::optional<std::string> config;
  bool check_config = false;
  bool verbose = false;
};

int complain(const std::string& what, int status) {
  fmt::print(stderr, "coordinatord: {}\n", what);
  return status;
}

// Everything that can be wrong before the loop runs is told on stderr, all of it at once.
tl::expected<app::Config, int> read_config(const Options& options, const Environment& environment) {
  auto file = app::config_file(environment, options.config);
  if (!file) return tl::unexpected(complain(file.error().what, kConfiguration));
  auto config = app::load_config(*file, environment);
  if (!config) {
    for (const app::ConfigProblem& problem : config.error()) fmt::print(stderr, "{}\n", problem.text());
    return tl::unexpected(kConfiguration);
  }
  for (const app::ConfigProblem& warning : config->warnings) fmt::print(stderr, "{}\n", warning.text());
  return std::move(*config);
}

// Agents run as the same user, and could read it in /proc/PID/environ.
void wipe_variable(const char* name) {
  if (char* value = std::getenv(name)) std::memset(value, 0, std::strlen(value));
  unsetenv(name);
}

int run(app::Config config, app::Reload::Options reload, discord::Token token,
        const app::DaemonPaths& paths) {
  io::Loop loop;
  int status = 0;
  auto daemon =
      app::Daemon::open(loop, std::move(config), std::move(reload), std::move(token), paths, [&](int how) {
        status = how;
        loop.stop();
      });
  if (!daemon) return complain(daemon.error().what, kFailure);
  io::Signals signals(loop, [&](int signal) {
    if (signal == SIGHUP) return (*daemon)->reload("SIGHUP");
    (*daemon)->stop(signal == SIGINT ? app::Daemon::Ending::end_turns : app::Daemon::Ending::leave_turns);
  });
  (*daemon)->start();
  loop.run();
  return status;
}

int start(const Options& options) {
  Environment environment = own_environment();
  auto config = read_config(options, environment);
  if (!config) return config.error();
  if (options.check_config) {
    fmt::print("{}: good\n", config->file);
    return 0;
  }
  if (options.verbose) config->log.level = log::Level::debug;
  log::configure(config->log);
  auto token = app::find_token(config->discord, environment);
  if (!token) return complain(token.error().what, kConfiguration);
  wipe_variable("DISCORD_TOKEN");
  io::raise_open_files();
  environment.erase("DISCORD_TOKEN");
  auto state = app::state_directory(environment);
  if (!state) return complain(state.error().what, kConfiguration);
  std::string here = io::own_directory();
  auto shim = app::shim_program(here);
  if (!shim) return complain(shim.error().what, kFailure);
  return run(std::move(*config), {environment, options.verbose}, std::move(*token), {*state, *shim, here});
}

}  // namespace

int main(int argc, char** argv) {
  io::open_standard_streams();
  Options options;
  CLI::App program("The Coordinator daemon: coding agents in Discord channels", "coordinatord");
  program.set_version_flag("--version", "coordinatord " COORDINATOR_VERSION);
  program.add_option("--config", options.config, "The configuration file, in the place of the usual ones");
  program.add_flag("--check-config", options.check_config,
                   "Check the configuration, name every mistake, and end");
  program.add_flag("-v,--verbose", options.verbose, "Log more");
  program.footer(
      "The token: DISCORD_TOKEN, the systemd credential discord-token, or discord.token_file.\n"
      "SIGINT ends the daemon and the turns that run; SIGTERM leaves the turns to the next daemon; SIGHUP "
      "reads\n"
      "the configuration again.\n"
      "Exit status: 0 ended when asked, 1 failed, 78 the configuration or the token is at fault.");
  CLI11_PARSE(program, argc, argv);
  return start(options);
}
