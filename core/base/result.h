// What a call that can fail returns: a value, or an error in words a person can act on.
#pragma once

#include <fmt/format.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace coordinator {

// `what` says what went wrong and, where a person will read it, what to do next. It never carries a secret.
struct Error {
  std::string what;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// Makes the failure of any Result: `return fail("cannot open {}: {}", path, reason);`
template <class... Args>
tl::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace coordinator
