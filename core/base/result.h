// What a call that can fail returns: a value, or an error in words a person can act on.
#pragma once

#include <fmt/format.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace coordinator {

// What a program may do differently about an error; what a person may do stands in its words.
enum class Cause {
  other,
  no_room,  // the disk is full, or a quota is: try again when there is room
  damaged,  // what is kept cannot be read any more: do not write over it
  busy,     // this machine cannot do it now (descriptors, memory, processes): try again in a moment
};

// `what` says what went wrong and, where a person will read it, what to do next. It never carries a secret.
struct Error {
  std::string what;
  Cause cause = Cause::other;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// Makes the failure of any Result: `return fail("cannot open {}: {}", path, reason);`
template <class... Args>
tl::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{fmt::format(format, std::forward<Args>(args)...)});
}

// The same with a cause: `return fail_as(Cause::no_room, "cannot write {}: {}", path, reason);`
template <class... Args>
tl::unexpected<Error> fail_as(Cause cause, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{fmt::format(format, std::forward<Args>(args)...), cause});
}

// Hands an error on, with the same cause and words of one's own.
template <class... Args>
tl::unexpected<Error> fail_because(const Error& error, fmt::format_string<Args...> format, Args&&... args) {
  return fail_as(error.cause, format, std::forward<Args>(args)...);
}

}  // namespace coordinator
