// One simulated run: people, faults and kills from a seed; then peace, and the books must balance.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "daemon.h"

namespace coordinator::simulation {

struct Outcome {
  std::string finding;  // empty: the books balance
  std::size_t mentions = 0, kills = 0, postings = 0;
};

// `trouble` hours of faults, then as much quiet as it takes.
Outcome run(std::uint64_t seed, Millis trouble, Mutation mutation);

}  // namespace coordinator::simulation
