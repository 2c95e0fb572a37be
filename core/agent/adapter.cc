#include "agent/adapter.h"

#include "agent/claude.h"

namespace coordinator::agent {

std::unique_ptr<Adapter> make_adapter(std::string_view kind) {
  if (kind == "claude") return std::make_unique<Claude>();
  return nullptr;
}

}  // namespace coordinator::agent
