// coordinator-playground: a stand-in Discord with a page to chat in.
#include <CLI/CLI.hpp>

#include <cstdio>

#include "base/log.h"
#include "io/file.h"
#include "io/loop.h"
#include "io/signals.h"
#include "playground.h"
#include "version.h"

using namespace coordinator;
using coordinator::playground::Playground;
using coordinator::playground::PlaygroundOptions;

namespace {

constexpr std::size_t kWorldFile = 16 * 1024 * 1024;

int complain(const Error& error) {
  std::fprintf(stderr, "coordinator-playground: %s\n", error.what.c_str());
  return 1;
}

int serve(const PlaygroundOptions& options, const std::string& port_file) {
  io::Loop loop;
  io::Signals signals(loop, [&loop](int) { loop.stop(); });
  Playground playground(loop, options);
  if (!playground.status()) return complain(playground.status().error());
  if (!port_file.empty()) {
    auto written = io::write_file(port_file, std::to_string(playground.port()) + "\n", 0644);
    if (!written) return complain(written.error());
  }
  log::info("playground", "the page: {}/   the API: {}", playground.url(), playground.api_url());
  loop.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A stand-in Discord on this machine, with a page to chat in.", "coordinator-playground"};
  PlaygroundOptions options;
  options.port = 8420;
  std::string port_file, world_file;
  app.add_option("--port", options.port, "8420; 0 takes any free port")->check(CLI::Range(0, 65535));
  app.add_option("--host", options.host, "the address to listen on, 127.0.0.1");
  app.add_option("--port-file", port_file, "write the port there once the server answers");
  app.add_option("--record", options.record, "append every REST exchange to this file");
  app.add_option("--record-gateway", options.record_gateway, "append every gateway payload to this file");
  app.add_option("--world", world_file, "another world (JSON, see README.md)");
  app.add_flag("--open-rate-limits", options.limits.open, "no rate limits, no pause between identifies");
  app.set_version_flag("--version", "coordinator-playground " COORDINATOR_VERSION);
  CLI11_PARSE(app, argc, argv);
  if (options.limits.open) options.gateway.identify_window = Millis(0);
  if (!world_file.empty()) {
    auto world = io::read_file(world_file, kWorldFile);
    if (!world) return complain(world.error());
    options.world = std::move(*world);
  }
  return serve(options, port_file);
}
