// Code that is loaded while we run: a sealed copy of a file in memory, and the shared object made of it.
//
// The file itself is never mapped: whoever overwrote it in place would kill us (SIGBUS), and what was renamed
// over it would not be seen, since the dynamic linker knows an object by its name. Of copies the old one and
// the new one live side by side.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "io/file.h"

namespace coordinator::io {

// The bytes in an anonymous file that nobody can change any more, us included. Its name shows in
// /proc/self/maps as `memfd:coordinator-plugin NAME`.
Result<Descriptor> sealed_copy(std::string_view name, std::string_view bytes);
// What is in it. The error when it is longer than `cap`; it must be a regular file or a sealed copy.
Result<std::string> content_of(int descriptor, std::size_t cap);

// Owns one loaded object.
class SharedObject {
 public:
  using Function = void (*)();

  // Loads it, and runs its constructors. All its symbols must be there (RTLD_NOW), none of its own are seen
  // by others (RTLD_LOCAL). The error is the dynamic linker's, about `name`.
  static Result<SharedObject> open(Descriptor file, std::string name);
  SharedObject(SharedObject&& other) noexcept;
  SharedObject& operator=(SharedObject&&) = delete;
  ~SharedObject();

  // An exported function; null where it has none of that name. (Only functions: of data the linker may hand
  // out a copy.)
  Function function(const char* symbol) const;
  // Unloads it and looks whether it is gone. The error says that it is not: its code and its variables stay
  // as they are until the program ends. Afterwards no function of it may be called.
  Status close();

 private:
  SharedObject(Descriptor file, std::string name, void* handle);

  Descriptor file_;
  std::string name_;
  void* handle_;
};

}  // namespace coordinator::io
