// One template owns every C handle: a unique_ptr whose closer is the library's own function, no larger than a
// pointer.
#pragma once

#include <memory>

namespace coordinator {

template <class T, auto close>
struct Closer {
  void operator()(T* handle) const { close(handle); }
};

template <class T, auto close>
using Owned = std::unique_ptr<T, Closer<T, close>>;

}  // namespace coordinator
