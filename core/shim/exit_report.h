// exit.json: how the agent ended, for whoever comes to read it.
#pragma once

#include <cstdint>
#include <string>

namespace coordinator::shim {

// Why nothing runs any more.
enum class ExitReason {
  exited,        // the agent ended by itself, or by a signal that somebody asked for
  not_started,   // it could not be run: `error`
  ended,         // a client's `end`, or a SIGTERM to the shim
  spool_full,    // it wrote more than the cap
  spool_failed,  // its output could not be written: `error`
  disk_full,     // no room for it, or less than is to stay free
  memory_limit,  // the tree went beyond that one of its limits
  process_limit,
  cpu_limit,
};

struct ExitReport {
  ExitReason reason = ExitReason::exited;
  int status = -1;    // exit status, -1 where a signal ended it or it never ran
  int signal = 0;     // that signal
  std::string error;  // in the system's words
  std::uint64_t spool_bytes = 0, stdin_bytes = 0;
  std::int64_t user_ms = 0, system_ms = 0;  // CPU time of the whole tree
  std::int64_t max_rss_kib = 0;             // of its largest process
  int stragglers = 0;                       // processes that the agent had left behind and that were ended
  int left = 0;                             // processes that could not be ended
};

// One JSON object. Its keys are the fields' names; `reason` is a word as in the enum.
std::string to_json(const ExitReport& report);
const char* word(ExitReason reason);

// Makes room on the disk for a report, so that it can be written when there is none left. 0, or the errno.
int reserve_exit_report(int directory);
// Writes it under a temporary name, syncs and renames: it is there whole or not at all. False: errno says
// why.
bool write_exit_report(int directory, const ExitReport& report);

}  // namespace coordinator::shim
