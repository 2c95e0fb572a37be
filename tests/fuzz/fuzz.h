// What every fuzz target is: a function of some bytes, which says what does not hold for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coordinator::fuzz {

struct Target {
  const char* name;  // of its corpus and its dictionary
  void (*run)(std::string_view input);
};

// One a file in targets/.
const std::vector<Target>& targets();

// The first thing that does not hold stands until it is asked for.
void require(bool holds, std::string_view what);
std::string complaint();

// Takes an input apart: numbers from its end, so that what they do not need is a readable text.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  // Uniform-ish in [0, bound); 0 when nothing is left.
  std::size_t number(std::size_t bound) {
    if (bytes_.empty() || bound == 0) return 0;
    std::size_t value = static_cast<unsigned char>(bytes_.back());
    bytes_.remove_suffix(1);
    if (bound > 256) value = value * 256 + number(256);
    return value % bound;
  }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace coordinator::fuzz
