#include "app/lag.h"

#include <fmt/format.h>

#include <utility>

namespace coordinator::app {

namespace {

std::int64_t millis(std::chrono::microseconds time) {
  return std::chrono::duration_cast<Millis>(time).count();
}

std::string words(const io::Busy& busy, std::size_t times) {
  std::string out = fmt::format("nothing was served for {} ms", millis(busy.took));
  if (times > 1)
    out += fmt::format(", and {} more times for longer than {} ms", times - 1, Lag::kTooLong.count());
  if (busy.most) out += fmt::format("; {} took {} ms of it", busy.most, millis(busy.most_took));
  if (busy.cpu < busy.took / 2)
    out += fmt::format("; only {} ms were our own work: a slow disk, or a machine that has too much to do",
                       millis(busy.cpu));
  return out;
}

}  // namespace

std::optional<std::string> Lag::heard(const io::Busy& busy, Instant now) {
  if (busy.took >= kTooLong) {
    ++untold_;
    if (busy.took > longest_.took) longest_ = busy;
  }
  if (untold_ == 0 || (told_ && now < *told_ + kPause)) return std::nullopt;
  told_ = now;
  return words(std::exchange(longest_, {}), std::exchange(untold_, 0));
}

}  // namespace coordinator::app
