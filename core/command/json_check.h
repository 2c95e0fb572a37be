// Holds JSON against rules and keeps the first that it breaks, with its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace coordinator::command {

// "components[0]" and "label" make "components[0].label".
std::string place(std::string_view inside, std::string_view key);
std::string place(std::string_view list, std::size_t index);

class JsonCheck {
 public:
  // Only the first is kept: what follows from it would be noise.
  void add(std::string_view where, std::string what);
  Status status() const;

  // Null counts as absent in all of these.
  static bool given(JsonView value) { return value && !value.is_null(); }
  bool object(JsonView value, std::string_view where);
  bool array(JsonView value, std::string_view where, std::size_t least, std::size_t most,
             std::string_view of_what);
  // No member but these: a typing error would pass silently otherwise.
  void members(JsonView object, std::string_view where, std::initializer_list<std::string_view> known);
  // Lengths are code points without white space around; a least of 0: may be absent.
  void text(JsonView object, std::string_view where, std::string_view key, std::size_t least,
            std::size_t most);
  void whole_number(JsonView object, std::string_view where, std::string_view key, std::int64_t least,
                    std::int64_t most);
  void truth(JsonView object, std::string_view where, std::string_view key);
  void web_address(JsonView object, std::string_view where, std::string_view key, std::size_t most = 2048);

 private:
  std::string first_;
};

// As Discord counts.
std::size_t length(JsonView text);

}  // namespace coordinator::command
