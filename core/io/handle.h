// Ownership of a libuv handle: closed by uv_close, freed in the close callback, deaf in between.
#pragma once

#include <uv.h>

#include <memory>

namespace coordinator::io {

template <class T>
struct CloseHandle {
  void operator()(T* handle) const {
    handle->data = nullptr;  // callbacks that are still due find nobody to call
    auto* base = reinterpret_cast<uv_handle_t*>(handle);
    if (!uv_is_closing(base))
      uv_close(base, [](uv_handle_t* closed) { delete reinterpret_cast<T*>(closed); });
  }
};

// The handle's `data` points at the object that it reports to; null once the owner has let go.
template <class T>
using Handle = std::unique_ptr<T, CloseHandle<T>>;

}  // namespace coordinator::io
