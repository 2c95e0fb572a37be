// The simulated clock: what is due next happens next, and time stands still in between.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace coordinator::simulation {

class Scheduler {
 public:
  explicit Scheduler(std::uint64_t seed) : random(seed) {}

  Random random;

  void after(Millis delay, std::function<void()> task) {
    tasks_.push({now_ + delay, order_++, std::move(task)});
  }
  // Uniform between the two.
  Millis between(Millis low, Millis high) {
    return low + Millis(static_cast<std::int64_t>(
                     random.below(static_cast<std::uint64_t>((high - low).count()) + 1)));
  }
  bool chance(double probability) { return random.unit() < probability; }

  // Runs what is due until `end`, or until nothing is left.
  void run_until(Instant end) {
    while (!tasks_.empty() && tasks_.top().due <= end) {
      Task task = tasks_.top();
      tasks_.pop();
      now_ = task.due;
      task.run();
    }
    now_ = end;
  }

  Now now() const { return {now_, WallTime(now_.time_since_epoch() + kEpoch)}; }
  // As the daemon's machine has it: somebody may have set its clock.
  Now local() const { return {now_, now().wall + wrong_}; }
  void set_wrong(Millis by) { wrong_ = by; }

 private:
  static constexpr Millis kEpoch{1'800'000'000'000};
  struct Task {
    Instant due;
    std::uint64_t order;
    std::function<void()> run;
    bool operator<(const Task& other) const {
      return std::pair(due, order) > std::pair(other.due, other.order);
    }
  };
  std::priority_queue<Task> tasks_;
  std::uint64_t order_ = 0;
  Instant now_{Millis(0)};
  Millis wrong_{0};
};

}  // namespace coordinator::simulation
