#include "io/file_watch.h"

#include <sys/stat.h>

#include <utility>

#include "io/loop.h"

namespace coordinator::io {

namespace {

constexpr Millis kSettle = 200ms;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::string directory_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<std::unique_ptr<FileWatch>> FileWatch::make(Loop& loop, const std::string& path,
                                                   std::function<void()> changed) {
  std::unique_ptr<FileWatch> watch(new FileWatch(loop, path, std::move(changed)));
  if (auto started = watch->start(); !started) return tl::unexpected(started.error());
  return watch;
}

FileWatch::FileWatch(Loop& loop, std::string path, std::function<void()> changed)
    : path_(std::move(path)),
      changed_(std::move(changed)),
      timer_(loop, [this] { settled(); }),
      handle_(new uv_fs_event_t) {
  uv_fs_event_init(loop.raw(), handle_.get());
  handle_->data = this;
}

Status FileWatch::start() {
  auto on_event = [](uv_fs_event_t* handle, const char*, int, int) {
    if (handle->data) static_cast<FileWatch*>(handle->data)->stirred();
  };
  std::string directory = directory_of(path_);
  if (int error = uv_fs_event_start(handle_.get(), on_event, directory.c_str(), 0))
    return fail("cannot watch {}: {}", directory, uv_strerror(error));
  told_ = look();
  return {};
}

// Any event in the directory counts, whatever name it carries: the file may be a symbolic link whose middle
// is replaced. Whether it concerns us is told by looking.
void FileWatch::stirred() {
  if (timer_.active()) return;
  latest_ = look();
  if (latest_ != told_) timer_.start(kSettle);
}

void FileWatch::settled() {
  auto now = look();
  if (now != latest_) {
    latest_ = now;
    timer_.start(kSettle);
    return;
  }
  if (!now || now == told_) return;
  told_ = now;
  changed_();
}

std::optional<FileWatch::Look> FileWatch::look() const {
  struct stat info;
  if (::stat(path_.c_str(), &info) != 0) return std::nullopt;
  return Look{info.st_dev, info.st_ino, info.st_size, nanoseconds(info.st_mtim), nanoseconds(info.st_ctim)};
}

}  // namespace coordinator::io
