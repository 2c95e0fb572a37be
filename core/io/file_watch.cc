#include "io/file_watch.h"

#include <sys/stat.h>

#include <utility>

#include "io/file.h"
#include "io/loop.h"

namespace coordinator::io {

namespace {

constexpr Millis kSettle = 200ms;

}  // namespace

Result<std::unique_ptr<FileWatch>> FileWatch::make(Loop& loop, const std::string& path,
                                                   std::function<void()> changed) {
  std::string directory = parent_of(path);
  auto look = look_at(directory);
  if (!look || !S_ISDIR(look->mode))
    return fail("cannot watch {}: {}", directory, look ? "not a directory" : "no such file or directory");
  return std::unique_ptr<FileWatch>(new FileWatch(loop, path, std::move(changed)));
}

FileWatch::FileWatch(Loop& loop, std::string path, std::function<void()> changed)
    : path_(std::move(path)),
      changed_(std::move(changed)),
      timer_(loop, [this] { settled(); }),
      watch_(loop, parent_of(path_), [this] { stirred(); }) {
  told_ = look_at(path_);
}

// Any event in the directory counts, whatever name it carries: the file may be a symbolic link whose middle
// is replaced. Whether it concerns us is told by looking.
void FileWatch::stirred() {
  if (timer_.active()) return;
  latest_ = look_at(path_);
  if (latest_ != told_) timer_.start(kSettle);
}

void FileWatch::settled() {
  auto now = look_at(path_);
  if (now != latest_) {
    latest_ = now;
    timer_.start(kSettle);
    return;
  }
  if (!now || now == told_) return;
  told_ = now;
  changed_();
}

}  // namespace coordinator::io
