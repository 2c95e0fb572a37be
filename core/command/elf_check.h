// The look at a file before anything of it is loaded: is it a whole shared object for this machine?
#pragma once

#include <string_view>

#include "base/result.h"

namespace coordinator::command {

// Of the file's bytes. What is cut short, is text, or was built for another machine each has a sentence of
// its own; the dynamic linker would crash on some of it. Nothing in the bytes is believed before it is known
// to lie inside. Format: elf(5).
Status check_elf(std::string_view bytes);

}  // namespace coordinator::command
