// The gateway's compression undone, on bytes that are none: an error at most, and never more than its cap.
#include "io/inflate.h"
#include "fuzz.h"

namespace coordinator::fuzz {

void inflate(std::string_view bytes) {
  constexpr std::size_t kCap = 64 << 10;
  Input input(bytes);
  auto format = input.number(2) ? io::Inflate::Format::zlib : io::Inflate::Format::zstd;
  std::size_t piece = 1 + input.number(1000);
  io::Inflate inflate(format, kCap);
  for (std::string_view rest = input.rest(); !rest.empty();
       rest.remove_prefix(std::min(piece, rest.size()))) {
    auto payload = inflate.feed(rest.substr(0, piece));
    if (!payload) return;
    if (*payload) require((*payload)->size() <= kCap, "a payload is larger than its cap");
  }
}

}  // namespace coordinator::fuzz
