#include "io/directory_watch.h"

#include <sys/stat.h>

#include <utility>

#include "base/log.h"
#include "io/file.h"
#include "io/loop.h"

namespace coordinator::io {

namespace {

constexpr Millis kGather = 20ms, kPoll = 1s;

bool is_directory(const std::optional<FileLook>& look) { return look && S_ISDIR(look->mode); }

// Not its times: they change with every entry.
bool same_directory(const std::optional<FileLook>& a, const std::optional<FileLook>& b) {
  if (!a || !b) return !a && !b;
  return a->device == b->device && a->inode == b->inode && a->mode == b->mode && a->owner == b->owner;
}

std::string nearest_above(const std::string& path) {
  std::string above = parent_of(path);
  while (above != "/" && above != "." && !is_directory(look_at(above))) above = parent_of(above);
  return above;
}

}  // namespace

DirectoryWatch::DirectoryWatch(Loop& loop, std::string path, std::function<void()> stirred)
    : loop_(loop),
      path_(std::move(path)),
      stirred_(std::move(stirred)),
      soon_(loop, [this] { tell(); }),
      poll_(loop, [this] { tell(); }) {
  arm();
}

// The directory above tells when this one is made, or another one put in its place. Where this one can be
// watched and that one not (it may be closed to us), a replacement by a symbolic link goes unseen.
void DirectoryWatch::arm() {
  armed_for_ = look_at(path_);
  inside_.reset();
  int error = UV_ENOENT;
  if (is_directory(armed_for_))
    error = watch(inside_, path_, [](uv_fs_event_t* handle, const char*, int, int) {
      if (handle->data) static_cast<DirectoryWatch*>(handle->data)->stirred_inside();
    });
  int above_error = watch_above();
  if (error && error != UV_ENOENT) poll(path_, error);
  if (error && above_error) poll(above_path_, above_error);
}

int DirectoryWatch::watch_above() {
  std::string nearest = nearest_above(path_);
  if (above_ && nearest == above_path_) return 0;
  above_path_ = nearest;
  int error = watch(above_, nearest, [](uv_fs_event_t* handle, const char*, int, int) {
    if (handle->data) static_cast<DirectoryWatch*>(handle->data)->stirred_above();
  });
  if (error) above_.reset();
  return error;
}

int DirectoryWatch::watch(Handle<uv_fs_event_t>& handle, const std::string& path, uv_fs_event_cb heard) {
  handle.reset(new uv_fs_event_t);
  uv_fs_event_init(loop_.raw(), handle.get());
  handle->data = this;
  return uv_fs_event_start(handle.get(), heard, path.c_str(), 0);
}

void DirectoryWatch::poll(const std::string& path, int error) {
  if (poll_.active()) return;
  bool limit = error == UV_ENOSPC || error == UV_EMFILE;
  log::warning("io", "cannot watch {}: {}; looking once a second instead{}", path, uv_strerror(error),
               limit ? " (raise fs.inotify.max_user_watches or max_user_instances by sysctl)" : "");
  poll_.repeat(kPoll);
}

void DirectoryWatch::stirred_inside() {
  if (!soon_.active()) soon_.start(kGather);
}

// Most of what happens there concerns others.
void DirectoryWatch::stirred_above() {
  if (!same_directory(look_at(path_), armed_for_) || !is_directory(armed_for_)) stirred_inside();
}

void DirectoryWatch::tell() {
  if (!same_directory(look_at(path_), armed_for_) || !is_directory(armed_for_)) arm();
  stirred_();
}

}  // namespace coordinator::io
