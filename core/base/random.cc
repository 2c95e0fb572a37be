#include "base/random.h"

#include <fmt/format.h>

namespace coordinator {

std::string Random::uuid() {
  std::uint64_t high = (engine_() & ~0xf000ULL) | 0x4000ULL;
  std::uint64_t low = (engine_() & ~(3ULL << 62)) | (1ULL << 63);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xffff,
                     low >> 48, low & 0xffffffffffffULL);
}

std::string Random::hex(int digits) {
  std::string out;
  while (static_cast<int>(out.size()) < digits) out += fmt::format("{:016x}", engine_());
  out.resize(static_cast<std::size_t>(digits));
  return out;
}

std::uint64_t system_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace coordinator
