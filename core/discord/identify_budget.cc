#include "discord/identify_budget.h"

#include <algorithm>

#include "base/json.h"

namespace coordinator::discord {

namespace {

constexpr std::int64_t kWindow = 24;

std::int64_t hour_of(WallTime time) { return time.time_since_epoch() / 1h; }

Millis until_hour(std::int64_t hour, WallTime now) {
  return std::chrono::duration_cast<Millis>(hour * 1h) - now.time_since_epoch();
}

}  // namespace

IdentifyBudget::IdentifyBudget(std::string_view note) {
  auto parsed = Json::parse(note);
  if (!parsed) return;
  for (JsonView each : parsed->view()) {
    auto hour = each[0].integer();
    auto count = each[1].integer();
    if (hour && count && *count > 0)
      hours_[*hour] = static_cast<int>(std::min<std::int64_t>(*count, kPerDay));
  }
}

// The first hour that has room for one more, by the hour and by the day.
Millis IdentifyBudget::wait(WallTime now) const {
  std::int64_t present = hour_of(now);
  for (std::int64_t hour = present; hour <= present + kWindow; ++hour) {
    if (since(hour, hour) >= kPerHour || since(hour - kWindow + 1, present + kWindow) >= kPerDay) continue;
    return hour == present ? Millis(0) : until_hour(hour, now);
  }
  return until_hour(present + kWindow, now);
}

void IdentifyBudget::spend(WallTime now) {
  std::int64_t present = hour_of(now);
  std::erase_if(hours_, [&](const auto& each) {
    return each.first <= present - kWindow || each.first > present + kWindow;
  });
  ++hours_[present];
}

std::string IdentifyBudget::text() const {
  Json all = Json::array();
  for (const auto& [hour, count] : hours_) all.push(Json::array().push(hour).push(count));
  return all.dump();
}

int IdentifyBudget::since(std::int64_t hour, std::int64_t last) const {
  int count = 0;
  for (auto each = hours_.lower_bound(hour); each != hours_.end() && each->first <= last; ++each)
    count += each->second;
  return count;
}

}  // namespace coordinator::discord
