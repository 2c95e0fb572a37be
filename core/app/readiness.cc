#include "app/readiness.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "io/disk.h"
#include "io/open_files.h"

namespace coordinator::app {

namespace {

constexpr const char* kArea = "daemon";
constexpr std::uint64_t kWanted = 256u << 20;
constexpr std::uint64_t kReserve = 8u << 20;  // more than the write-ahead log takes before it is tidied up
constexpr int kFiles = 48;                    // enough for a turn, the gateway and some requests at once

std::string shown(std::uint64_t bytes) {
  return bytes >= 10u << 20 ? fmt::format("{} MiB", bytes >> 20) : fmt::format("{} KiB", bytes >> 10);
}

}  // namespace

Readiness::Readiness(std::string state, std::optional<std::uint64_t> free_disk)
    : state_(std::move(state)), free_disk_(free_disk) {
  look_at_disk();
}

bool Readiness::give_up_reserve() {
  kept_ = false;
  if (::unlink(reserve().c_str()) != 0) return false;
  log::warning(kArea, "the disk of {} is full; what was kept back there is used now", state_);
  return true;
}

std::string Readiness::look(bool store_can_write) {
  look_at_disk();
  Obstacle obstacle = find(store_can_write);
  if (obstacle.people == told_) return told_;
  if (obstacle.people.empty())
    log::info(kArea, "turns are begun again");
  else
    log::warning(kArea, "no turn is begun: {}", obstacle.log);
  return told_ = std::move(obstacle.people);
}

Readiness::Obstacle Readiness::find(bool store_can_write) {
  if (!store_can_write)
    return {
        "The server cannot write to its disk, so requests wait. Whoever runs it has to make room there, or "
        "to "
        "see why it does not answer; then this one goes on by itself.",
        "nothing can be saved"};
  if (free_ < wanted_)
    return {
        "The server's disk is nearly full, so requests wait. Whoever runs it has to make room; then this one "
        "goes "
        "on by itself.",
        fmt::format("{} are free on the disk of {}, and limits.free_disk asks for {}", shown(free_), state_,
                    shown(wanted_))};
  if (!io::can_open(kFiles))
    return {
        "The server has too many files open, so requests wait. This one goes on by itself when some are "
        "closed.",
        "nearly as many files are open as may be: raise LimitNOFILE"};
  return {};
}

// A disk that cannot be looked at is not in the way: writing will tell.
void Readiness::look_at_disk() {
  auto disk = io::disk_space(state_);
  free_ = disk ? disk->free_bytes : ~0ull;
  wanted_ = free_disk_.value_or(disk ? std::min(kWanted, disk->all_bytes / 20) : 0);
  if (disk) keep_reserve(disk->all_bytes);
}

void Readiness::keep_reserve(std::uint64_t all) {
  std::uint64_t size = std::min(kReserve, all / 64);  // less than what is wanted free
  if (free_ < size || free_ - size < wanted_ || kept_) return;
  auto kept = io::take_up_room(reserve(), size);
  kept_ = kept.has_value();
  if (!kept) log::debug(kArea, "{}", kept.error().what);
}

}  // namespace coordinator::app
