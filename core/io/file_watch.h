// Watches one file for a change of its content or identity, by its directory.
//
// The directory is watched, not the file, so that a file which is replaced by rename is seen too, and again
// after that. Editors and installers write in steps: the change is told when the file has looked the same for
// 200 ms.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "io/directory_watch.h"
#include "io/file_look.h"
#include "io/timer.h"

namespace coordinator::io {

class Loop;

// Calls back once for each change since it was made. A file that vanishes is told when it has come back; one
// that is missing at the beginning, when it appears. Destroy it inside its own callback only by Loop::bury.
class FileWatch {
 public:
  // An error when the file's directory does not exist.
  static Result<std::unique_ptr<FileWatch>> make(Loop& loop, const std::string& path,
                                                 std::function<void()> changed);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

 private:
  FileWatch(Loop& loop, std::string path, std::function<void()> changed);
  void stirred();
  void settled();

  std::string path_;
  std::function<void()> changed_;
  std::optional<FileLook> told_, latest_;
  Timer timer_;
  DirectoryWatch watch_;
};

}  // namespace coordinator::io
