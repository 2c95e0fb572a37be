// A mistake in the configuration, and where it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coordinator::app {

struct ConfigProblem {
  enum class Kind { error, warning };

  Kind kind = Kind::error;
  std::string file;
  int line = 0, column = 0;  // from 1; 0: the file as a whole
  std::string key;           // as it is written in a table: "projects.major-domo.directory"; may be empty
  std::string what;          // what is wrong, and what to write instead; never a secret
  bool outside =
      false;  // what is wrong is not in the file: it may be mended, or go wrong, without a word in it

  // "coordinator.toml:12:3: projects.major-domo.chanels: unknown key; did you mean \"channels\"?"
  std::string text() const;
};

using ConfigProblems = std::vector<ConfigProblem>;

// The one of `known` that somebody probably meant by `word`; empty when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace coordinator::app
