// Randomness as a parameter: seeded by the edge, moved by hand in tests.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace coordinator {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // Uniform in [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  // Uniform in [0, bound); bound must not be zero.
  std::uint64_t below(std::uint64_t bound) {
    return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(engine_);
  }
  // A version 4 UUID (RFC 9562), lower case.
  std::string uuid();
  // `digits` lower-case hexadecimal digits.
  std::string hex(int digits);

 private:
  std::mt19937_64 engine_;
};

// A seed from the operating system.
std::uint64_t system_seed();

}  // namespace coordinator
