// A daemon's turns over the real shim and the demo agent, for the tests of the runner.
#pragma once

#include "agent/turns.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/words.h"
#include "io/loop.h"
#include "io/process.h"
#include "io/temporary.h"
#include "io/timer.h"
#include "shim/tree.h"

#include <CppUTest/TestHarness.h>

namespace coordinator::agent::testing {

// A daemon's life: its loop and its turns.
struct Daemon {
  explicit Daemon(const TemporaryDirectory& directory)
      : turns(loop, {directory / "turns", io::own_directory() + "/coordinator-shim", own(directory)}) {
    turns.listen([this](const std::string& id, const TurnReport& report) { hear(id, report); });
  }

  static Environment own(const TemporaryDirectory& directory) {
    return {{"PATH", "/usr/bin:/bin"}, {"HOME", directory.path}, {"DISCORD_TOKEN", "s3cr3t"}};
  }

  void hear(const std::string& id, const TurnReport& report) {
    if (on_report) on_report(id, report);
    std::string line = words(report);
    if (line == "alive" || line.starts_with("delta")) return;
    heard.push_back(line);
    if (auto* end = std::get_if<TurnEnded>(&report)) ended = *end;
  }

  template <class Condition>
  bool until(Condition condition) {
    bool late = false;
    io::Timer guard(loop, [&late] { late = true; });
    guard.start(20s);
    while (!condition() && !late) loop.run_once(true);
    return !late;
  }
  // Runs until a turn has ended; its last words.
  std::string end() {
    ended.reset();
    if (!until([this] { return ended.has_value(); })) return "nothing for 20 s";
    return words(*ended);
  }
  bool has(const std::string& part) const {
    for (const auto& line : heard)
      if (line.find(part) != std::string::npos) return true;
    return false;
  }

  io::Loop loop;
  Turns turns;
  std::vector<std::string> heard;
  std::optional<TurnEnded> ended;
  std::function<void(const std::string&, const TurnReport&)> on_report;
};

struct TurnsStage : public Utest {
  TemporaryDirectory directory;
  std::unique_ptr<Daemon> daemon = std::make_unique<Daemon>(directory);

  TurnSpec spec(const std::string& prompt, bool resume = false) {
    TurnSpec spec;
    static int made = 0;  // never the same twice: what is left of another test would be taken for this one's
    spec.turn_id = fmt::format("{:08x}{:08x}", getpid(), ++made);
    spec.directory = directory.path;
    spec.agent.command = {io::own_directory() + "/coordinator-demo-agent"};
    spec.session_id = "5e55";
    spec.message_uuid = "uuid-" + spec.turn_id;
    spec.resume = resume;
    spec.prompt = prompt;
    return spec;
  }
  std::string run(const TurnSpec& what) {
    daemon->turns.start(what);
    return daemon->end();
  }
  std::string turn_file(const TurnSpec& what, const std::string& name) {
    return directory / "turns/" + what.turn_id + "/" + name;
  }
  void wait_for_file(const std::string& path) {
    for (int waited = 0; waited < 20'000 && !std::filesystem::exists(path); ++waited) usleep(1000);
  }
  void restart_daemon() {
    daemon.reset();
    daemon = std::make_unique<Daemon>(directory);
  }
  // The shim and its tree, found by the marker alone: pid -1 has no children.
  std::vector<shim::Member> processes_of(const TurnSpec& what) { return shim::tree_of(-1, what.turn_id); }
};

}  // namespace coordinator::agent::testing
