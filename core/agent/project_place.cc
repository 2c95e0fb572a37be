#include "agent/project_place.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace coordinator::agent {

namespace {

// A file of that name that is there already is somebody's own.
Status ignore_all(const io::Directory& place) {
  auto there = place.look(".gitignore");
  if (!there) return tl::unexpected(there.error());
  if (*there) return {};
  auto file = place.create(".gitignore");
  if (!file) {  // another errand may have made it just now
    auto again = place.look(".gitignore");
    return again && *again ? Status() : tl::unexpected(file.error());
  }
  if (::write(file->get(), "*\n", 2) != 2) return fail("cannot write {}/.gitignore", place.path());
  return {};
}

}  // namespace

Result<io::Directory> make_place(const std::string& project, const std::vector<std::string>& names) {
  auto here = io::Directory::open(project);
  for (const std::string& name : names) {
    if (!here) return here;
    here = here->make(name);
    if (!here || name != kPlace) continue;
    if (auto ignored = ignore_all(*here); !ignored) return tl::unexpected(ignored.error());
  }
  return here;
}

Result<std::optional<io::Directory>> find_place(const std::string& project,
                                                const std::vector<std::string>& names) {
  auto opened = io::Directory::open(project);
  if (!opened) return tl::unexpected(opened.error());
  std::optional<io::Directory> here = std::move(*opened);
  for (const std::string& name : names) {
    auto inside = here->inside(name);
    if (!inside || !*inside) return inside;
    here = std::move(*inside);
  }
  return here;
}

}  // namespace coordinator::agent
