// The files of one turn, in a directory of its own: what its shim writes, read when it is over, or the name
// of the agent process that it runs in where that was begun for an earlier one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/shim_exit.h"

namespace coordinator::agent {

// Where a turn runs. Which bytes are its own: those beyond what there was before it began.
struct TurnPlace {
  std::string process;  // the turn that the agent was started for; empty: this one
  std::uint64_t spool_bytes = 0, stdin_bytes = 0;
  Millis age{};  // of the shim then
};

class TurnFiles {
 public:
  explicit TurnFiles(std::string directory) : directory_(std::move(directory)) {}

  const std::string& directory() const { return directory_; }
  std::string socket() const;
  std::string spool() const;
  // Written, and durable, before the turn's prompt leaves. Blocks.
  Status write_place(const TurnPlace& place) const;
  // Its own where nothing else is written.
  Result<TurnPlace> place() const;
  // A shim has run for it, or runs: here or elsewhere.
  bool begun() const;
  bool has_spool() const;
  // A shim listens, or was killed: one that is just starting has a spool first.
  bool has_socket() const;
  // How it ended, with the end of its stderr; absent while it has not, or when its shim could not say. An
  // error: it cannot be known just now (no descriptor is left to read it).
  Result<std::optional<ShimExit>> exit() const;
  // For a shim that went without a word.
  ShimExit vanished(std::string why) const;

 private:
  std::string stderr_tail() const;

  std::string directory_;
};

}  // namespace coordinator::agent
