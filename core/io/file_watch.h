// Watches one file for a change of its content or identity (uv_fs_event on its directory).
//
// The directory is watched, not the file, so that a file which is replaced by rename is seen too, and again
// after that. Editors and installers write in steps: the change is told when the file has looked the same for
// 200 ms.
#pragma once

#include <sys/types.h>
#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "io/handle.h"
#include "io/timer.h"

namespace coordinator::io {

class Loop;

// Calls back once for each change since it was made. A file that vanishes is told when it has come back; one
// that is missing at the beginning, when it appears. Destroy it inside its own callback only by Loop::bury.
class FileWatch {
 public:
  // An error when the file's directory cannot be watched.
  static Result<std::unique_ptr<FileWatch>> make(Loop& loop, const std::string& path,
                                                 std::function<void()> changed);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

 private:
  // What tells one state of a file from another.
  struct Look {
    dev_t device;
    ino_t inode;
    off_t size;
    std::int64_t modified, changed;  // nanoseconds
    bool operator==(const Look&) const = default;
  };

  FileWatch(Loop& loop, std::string path, std::function<void()> changed);
  Status start();
  void stirred();
  void settled();
  std::optional<Look> look() const;

  std::string path_;
  std::function<void()> changed_;
  std::optional<Look> told_, latest_;
  Timer timer_;
  Handle<uv_fs_event_t> handle_;
};

}  // namespace coordinator::io
