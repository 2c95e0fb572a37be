#include "alarms.h"

#include <algorithm>

namespace coordinator::playground {

Alarms::Alarms(io::Loop& loop, const Clock& clock) : clock_(clock), timer_(loop, [this] { recheck(); }) {}

Alarms::Id Alarms::at(WallTime when, std::function<void()> what) {
  Id id = next_++;
  alarms_.emplace(std::pair(when, id), std::move(what));
  arm();
  return id;
}

void Alarms::cancel(Id id) {
  std::erase_if(alarms_, [id](const auto& alarm) { return alarm.first.second == id; });
}

void Alarms::recheck() {
  while (!alarms_.empty() && alarms_.begin()->first.first <= clock_.now().wall) {
    auto what = std::move(alarms_.begin()->second);
    alarms_.erase(alarms_.begin());
    what();
  }
  arm();
}

void Alarms::arm() {
  if (alarms_.empty()) return timer_.stop();
  timer_.start(std::max(Millis(0), alarms_.begin()->first.first - clock_.now().wall));
}

}  // namespace coordinator::playground
