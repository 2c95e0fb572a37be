// A plugins directory: what lies in it, what may be loaded from it, and reading it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "command/loaded_plugin.h"
#include "io/file_look.h"

namespace coordinator::command {

// Whoever can write to a directory or a file that we load code from can do all that we can. So both must
// belong to `us` or to root, and nobody else may write to them. Empty, or the sentence that says what to do.
std::string wrong_with_directory(const std::string& path, const io::FileLook& look, uid_t us);
// The same for a file, which must also be a regular one, and not too large. `path` may be a symbolic link:
// `look` is of what it points at.
std::string wrong_with_file(const std::string& path, const io::FileLook& look, uid_t us);

struct FileSight {
  std::string path;
  io::FileLook look;
  std::string problem;  // not empty: why it is not to be read
};

struct DirectorySight {
  std::string path;
  std::string problem;           // not empty: why nothing is loaded from it; then `files` is empty too
  std::vector<FileSight> files;  // by name
};

// Only names that end in .so and do not begin with a dot; of more than 200 the first 200, by name, with a
// problem for each of the others, up to as many again. A directory that does not exist is an empty one.
DirectorySight look_into(const std::string& directory, uid_t us);

// What one reading brought.
struct PluginRead {
  bool changed = false;  // it did not look like that any more, or changed meanwhile: look again later
  Result<PluginImage> image;
};

// Copies the file, if it still looks like `look`, checks that it is a shared object for this machine, and
// seals the copy. Blocks for as long as reading takes.
PluginRead read_plugin(const std::string& path, const io::FileLook& look);

// The hash by which a file's content is known again: 16 hexadecimal digits (FNV-1a, 64 bits). It tells
// versions apart, and is no proof against somebody who wants two to be the same.
std::string content_hash(std::string_view bytes);

// The name of the file at `path`, without the directory.
std::string file_name(const std::string& path);

}  // namespace coordinator::command
