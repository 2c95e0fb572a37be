// What a chaos run is going to do, drawn from its seed: what is asked, when the daemon dies, what goes wrong
// on the network.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace coordinator::chaos {

struct Options {
  std::uint64_t seed = 0;
  int mentions = 300;
  int channels = 30;
  int kills = 40;
  bool lost_sessions = false;  // the gateway forgets sessions too: what was said meanwhile must be fetched
  bool keep = false;           // the directory stays
};

// What a mention asks its agent for.
enum class Wish { words, slowly, streamed, long_answer, files, grandchild, failure, crash, cancelled };

struct Ask {
  int number;  // in the order of asking
  std::string channel;
  Wish wish;
  std::string content;  // what is written behind the mention; names the number
};

// The daemon's end. SIGTERM is the orderly one, which leaves turns to the next daemon as well.
struct Kill {
  enum class Moment { now, after_its_next_message, after_the_next_mention };
  Moment moment = Moment::now;
  Millis more{0};  // after that moment
  Millis dead_for{0};
  bool orderly = false;
};

// A process of some running turn is killed: its agent, or its shim.
struct LoseProcess {
  bool shim;
};

// One of the playground's faults (tests/playground/README.md).
struct Fault {
  std::string json;
};

using Action = std::variant<Ask, Kill, LoseProcess, Fault>;

struct Step {
  Millis at;
  Action action;
};

// In the order of their time.
std::vector<Step> plan_for(const Options& options);

std::vector<std::string> channel_names(int channels);

}  // namespace coordinator::chaos
