// What the shim is told on its command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace coordinator::shim {

// Of the agent and all that it started, together; 0: none. See watch.h and control_group.h for who keeps
// them. Not rlimits: those count each process for itself, or all that the user runs anywhere.
struct TreeLimits {
  std::uint64_t memory_bytes = 0;
  std::uint64_t processes = 0;
  std::uint64_t cpu_ms = 0;        // of CPU time
  std::uint64_t cpus_percent = 0;  // 200: as fast as two CPUs; by a control group only
};

struct Options {
  std::string directory;  // the turn's: exists already, holds the socket, the spool and exit.json
  std::string sweep;      // a turn's id: end what carries its marker, start nothing
  std::uint64_t spool_bytes = 1u << 30;
  std::size_t stdin_bytes = 32u << 20;    // that the agent has not read yet
  std::size_t stderr_bytes = 64u << 10;   // of its end, kept
  std::chrono::milliseconds grace{2000};  // between SIGTERM and SIGKILL for what the agent leaves behind
  std::chrono::milliseconds alone{std::chrono::hours(24)};  // without a client: then everything is ended
  std::chrono::milliseconds alone_idle{std::chrono::minutes(1)};  // the same, while it is idle
  std::uint64_t keep_free_bytes = 0;  // so much room stays on the spool's disk: the turn ends before that
  std::uint64_t open_files = 0;       // the agent's soft limit of descriptors; 0: as it is
  std::string control_group;  // to be made for the agent; the directory above it is ours to use. Empty: none
  TreeLimits limits;
  std::vector<std::string> agent;  // argv; the environment and the working directory are the shim's own
};

// `error` is empty, or says what is wrong with the command line.
struct ParsedOptions {
  Options options;
  std::string error;
};

// `arguments` without the program's name:
//   --directory DIR [--spool-bytes N] [--stdin-bytes N] [--stderr-bytes N] [--grace-ms N]
//   [--alone-ms N] [--alone-idle-ms N] [--keep-free BYTES] [--open-files N] [--control-group DIR]
//   [--limit-memory BYTES] [--limit-processes N] [--limit-cpu-ms N] [--limit-cpus PERCENT] -- COMMAND
//   ARGUMENT...
//   --sweep TURN_ID [--grace-ms N] [--control-group DIR]
ParsedOptions parse_options(const std::vector<std::string>& arguments);

}  // namespace coordinator::shim
