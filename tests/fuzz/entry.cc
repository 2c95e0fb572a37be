// libFuzzer's way into one target, the one that FUZZ_TARGET names.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/log.h"
#include "fuzz.h"

namespace coordinator::fuzz {

void FUZZ_TARGET(std::string_view input);

}  // namespace coordinator::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  coordinator::log::Options quiet;
  quiet.terminal = false;
  coordinator::log::configure(quiet);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  coordinator::fuzz::FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  std::string what = coordinator::fuzz::complaint();
  if (what.empty()) return 0;
  std::fprintf(stderr, "does not hold: %s\n", what.c_str());
  std::abort();
}
