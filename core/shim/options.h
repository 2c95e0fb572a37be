// What the shim is told on its command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace coordinator::shim {

// 0 for a limit: none. `processes` counts all of the user's processes (setrlimit(2)), so it is a last line of
// defence; a control group will be the first one.
struct TreeLimits {
  std::uint64_t memory_bytes = 0;  // RLIMIT_DATA of each process
  std::uint64_t processes = 0;     // RLIMIT_NPROC
  std::uint64_t cpu_seconds = 0;   // RLIMIT_CPU of each process
};

struct Options {
  std::string directory;  // the turn's: exists already, holds the socket, the spool and exit.json
  std::string sweep;      // a turn's id: end what carries its marker, start nothing
  std::uint64_t spool_bytes = 1u << 30;
  std::size_t stdin_bytes = 32u << 20;    // that the agent has not read yet
  std::size_t stderr_bytes = 64u << 10;   // of its end, kept
  std::chrono::milliseconds grace{2000};  // between SIGTERM and SIGKILL for what the agent leaves behind
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
//   [--limit-memory BYTES] [--limit-processes N] [--limit-cpu SECONDS] -- COMMAND ARGUMENT...
//   --sweep TURN_ID [--grace-ms N]
ParsedOptions parse_options(const std::vector<std::string>& arguments);

}  // namespace coordinator::shim
