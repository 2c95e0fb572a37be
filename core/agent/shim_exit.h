// How an agent's process tree ended, as its shim tells it in exit.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace coordinator::agent {

struct ShimExit {
  enum class Reason {
    exited,        // the agent's process ended: `status`, or `signal`
    not_started,   // it could not be run: `error`
    ended,         // the shim was told to end it
    spool_full,    // it wrote more than Limits::spool_bytes
    spool_failed,  // its output could not be kept: `error`
    disk_full,     // less room is left on the disk than Limits::keep_free_bytes
    memory_limit,  // it and its tree went beyond Limits::memory_bytes, and so on
    process_limit,
    cpu_limit,
    vanished,  // the shim itself is gone without a word: `error` says how we know
    not_begun  // there was no shim yet, so nobody was asked anything
  };
  Reason reason = Reason::exited;
  int status = -1;
  int signal = 0;
  std::string error;
  bool busy = false;        // where it was not started: this machine had no room for it just now
  std::string stderr_tail;  // the last of what it wrote there; any bytes
  Millis cpu{};             // of the whole tree
  std::int64_t max_rss_kib = 0;
  std::optional<std::uint64_t> stdin_bytes = std::nullopt;  // that were ever given to it, where that is known
  int stragglers = 0;                                       // processes that it had left behind
  int left = 0;                                             // of those, what could not be ended
};

// Without the stderr, which is in a file of its own.
Result<ShimExit> parse_shim_exit(std::string_view json);

// "ended with status 1", "was ended by signal 9", ... : the rest of a sentence that begins with "the agent".
std::string words(const ShimExit& exit);

}  // namespace coordinator::agent
