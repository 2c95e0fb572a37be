// The look at a plugin's file before it is loaded.
#include "command/elf_check.h"
#include "fuzz.h"

namespace coordinator::fuzz {

void plugin_file(std::string_view bytes) {
  auto checked = command::check_elf(bytes);
  require(checked || !checked.error().what.empty(), "it was refused without a reason");
}

}  // namespace coordinator::fuzz
