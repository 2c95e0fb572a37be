// The files of one turn, in a directory of its own: what its shim writes, read when it is over.
#pragma once

#include <optional>
#include <string>

#include "agent/shim_exit.h"

namespace coordinator::agent {

class TurnFiles {
 public:
  explicit TurnFiles(std::string directory) : directory_(std::move(directory)) {}

  const std::string& directory() const { return directory_; }
  std::string socket() const;
  std::string spool() const;
  // A shim has run here, or runs.
  bool begun() const;
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
