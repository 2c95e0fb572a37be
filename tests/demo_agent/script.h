// The script in a prompt: words like `!sleep 2` that make the demo agent do something.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace demo {

struct Step {
  std::string verb;      // without the `!`
  std::string argument;  // what follows, up to the next step or the end of the line
};

// In the order of the prompt; empty where it holds no script. Only verbs that are known count: a `!` in a
// sentence is a `!`.
std::vector<Step> script_of(std::string_view prompt);

}  // namespace demo
