// One file of a plugins directory, as the shelf knows it: what is being done about it, and what of it serves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "command/plugins.h"
#include "io/file_look.h"

namespace coordinator::command {

// Numbers the tries to load something. What serves in the end keeps the number: its generation.
using Attempt = std::uint64_t;
// Numbers what people ask for.
using Request = std::uint64_t;

struct PluginIdentity {
  std::string name, version, description;
  std::vector<std::string> commands;
};

// What is being done about what lies there.
namespace stage {
struct Done {};  // nothing: it is dealt with
struct Settling {
  Instant since;
};  // it looks new, and may be half written
struct Copying {
  Attempt attempt;
};
struct Trying {
  Attempt attempt;
  std::string content;
};
// Waits for those that were begun before it, so that of two that exclude each other it is always the same one
// that is loaded after a restart.
struct Ready {
  Attempt attempt;
  std::string content;
  PluginIdentity identity;
  Instant since;
};
struct Loading {
  Attempt attempt;
  std::string content;
  PluginIdentity identity;
};
struct Leaving {
  Instant since;
};  // it is not there: removed, or about to be replaced
}  // namespace stage

using Stage = std::variant<stage::Done, stage::Settling, stage::Copying, stage::Trying, stage::Ready,
                           stage::Loading, stage::Leaving>;

struct PluginFile {
  // Of it, something serves.
  struct Serving {
    Attempt generation;
    std::string content;  // the hash
    PluginIdentity identity;
  };
  // What lies there now does not serve.
  struct Refusal {
    PluginState state;
    std::string words;
    PluginIdentity identity;  // as far as it is known
    enum class Until { changed, another_goes, tried_again };
    Until until = Until::changed;  // what would make a difference
  };

  std::string path;
  io::FileLook look;
  std::string problem;  // with its place, mode or owner: then it is not read
  Stage stage;
  bool forced = false;  // load it also when its content is what serves already
  std::optional<Serving> serving;
  std::optional<Refusal> refusal;
  std::vector<Request> waiting;  // to be told how this attempt ends

  // "reset" of "/usr/lib/reset.so", until more is known.
  std::string stem() const;
  // The plugin's name, as far as it is known; until then the stem.
  std::string name() const;
  // Whether anything is known of what lies there: it serves, was refused, or its trial told.
  bool is_known() const;
  std::optional<Attempt> attempt() const;
};

}  // namespace coordinator::command
