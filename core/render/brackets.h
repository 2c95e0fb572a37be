// Which brackets of a line belong together, and the links that they make.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace coordinator::render {

class Brackets {
 public:
  explicit Brackets(std::string_view text) : text_(text) {}

  // Where the bracket that opens at `at` is closed; npos where it is not. The first call reads the whole
  // line.
  std::size_t closing(std::size_t at);

 private:
  void read();

  std::string_view text_;
  std::vector<std::uint32_t> closing_;  // by place; 0: none
};

// "(address "title")", from the parenthesis on.
struct Address {
  std::string_view url;
  std::size_t size = 0;  // 0: there is none here
};

Address address_at(std::string_view text);

}  // namespace coordinator::render
