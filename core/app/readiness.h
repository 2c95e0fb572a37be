// Whether turns may be begun: there is room on the state's disk, files can be opened, and the store can
// write. Keeps a reserve on that disk for the moment when nothing else is left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace coordinator::app {

class Readiness {
 public:
  // `free_disk` is how much must be free for a turn to begin; absent: 256 MiB, or a twentieth of a small
  // disk.
  Readiness(std::string state, std::optional<std::uint64_t> free_disk);
  void configure(std::optional<std::uint64_t> free_disk) { free_disk_ = free_disk; }

  // The disk is full: what was kept back is given to it. False: there was nothing.
  bool give_up_reserve();
  // Looks, keeps a reserve back again where there is room for one, and answers what is in the way: a sentence
  // for people, empty when there is nothing. The log hears of each change once.
  std::string look(bool store_can_write);
  // What turns that run are to leave free: less than it takes to begin one, so that beginning one makes
  // sense.
  std::uint64_t keep_free() const { return wanted_ / 2; }

 private:
  struct Obstacle {
    std::string people, log;  // both empty: none
  };

  Obstacle find(bool store_can_write);
  void look_at_disk();
  void keep_reserve(std::uint64_t all);
  std::string reserve() const { return state_ + "/reserve"; }

  std::string state_;
  std::optional<std::uint64_t> free_disk_;
  std::uint64_t free_ = ~0ull, wanted_ = 0;
  bool kept_ = false;  // the reserve, whole
  std::string told_;
};

}  // namespace coordinator::app
