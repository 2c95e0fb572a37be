// Bytes that several hold and nobody changes: a copy is a reference, however many they are.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace coordinator {

class SharedBytes {
 public:
  SharedBytes() = default;  // none
  SharedBytes(std::string bytes) : bytes_(std::make_shared<const std::string>(std::move(bytes))) {}
  SharedBytes(const char* text) : SharedBytes(std::string(text)) {}

  // Valid as long as one copy lives.
  std::string_view view() const { return bytes_ ? std::string_view(*bytes_) : std::string_view(); }
  std::size_t size() const { return view().size(); }
  bool operator==(const SharedBytes& other) const { return view() == other.view(); }

 private:
  std::shared_ptr<const std::string> bytes_;
};

}  // namespace coordinator
