#include "command/abi.h"

#include <iterator>

#include "base/text.h"

namespace coordinator::command {

namespace {

constexpr std::size_t kLongest = 64 * 1024;  // bytes; what is longer was never initialised

}  // namespace

Status check_size(std::string_view type, std::uint32_t stated, std::uint32_t least) {
  if (stated >= least) return {};
  return fail("a {} states a size of {}, less than the {} of version 1.0: set it to sizeof({})", type, stated,
              least, type);
}

std::string result_name(int result) {
  static constexpr const char* kNames[] = {"OK",        "GONE",  "INVALID", "REFUSED",
                                           "NOT_FOUND", "LIMIT", "FAILED",  "CANCELLED"};
  if (result > 0 || result <= -static_cast<int>(std::size(kNames))) return std::to_string(result);
  return fmt::format("COORDINATOR_{} ({})", kNames[-result], result);
}

Result<std::string> read_text(coordinator_string text, std::string_view what) {
  if (text.size == 0) return std::string();
  if (!text.data) return fail("{} has a size of {} but no data", what, text.size);
  if (text.size > kLongest) return fail("{} has {} bytes, which no text here has", what, text.size);
  std::string copy(text.data, text.size);
  if (copy != text::valid_utf8(copy)) return fail("{} is not UTF-8", what);
  return copy;
}

Result<std::string> read_text(coordinator_string text, std::string_view what, std::size_t least,
                              std::size_t most) {
  auto copy = read_text(text, what);
  if (!copy) return copy;
  std::size_t length = text::code_points(*copy);
  if (length < least) return fail("{} is empty; Discord wants {} to {} characters", what, least, most);
  if (length > most) return fail("{} has {} characters; at most {} fit", what, length, most);
  return copy;
}

}  // namespace coordinator::command
