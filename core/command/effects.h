// What the command machines ask for: records to be made durable first, then acts in the outside world.
#pragma once

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "command/act.h"
#include "store/records.h"

namespace coordinator::command {

// Commit, then act: no act may leave before every write that came with it, or before it, is durable.
struct Effects {
  std::vector<store::Write> writes;
  std::vector<Act> acts;

  void write(store::Write record) { writes.push_back(std::move(record)); }
  void act(Act wanted) { acts.push_back(std::move(wanted)); }
  void log(log::Level level, std::string text) { acts.push_back(LogLine{level, std::move(text)}); }
  bool empty() const { return writes.empty() && acts.empty(); }

  Effects& operator+=(Effects more) {
    std::move(more.writes.begin(), more.writes.end(), std::back_inserter(writes));
    std::move(more.acts.begin(), more.acts.end(), std::back_inserter(acts));
    return *this;
  }
};

}  // namespace coordinator::command
