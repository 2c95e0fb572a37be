// Watches a directory, or waits for it where it does not exist yet (uv_fs_event, inotify).
//
// It tells only that something may have changed, and leaves the looking to others: events carry names that
// are gone again, get lost when many come, and say nothing of what a symbolic link points at.
#pragma once

#include <uv.h>

#include <functional>
#include <optional>
#include <string>

#include "io/file_look.h"
#include "io/handle.h"
#include "io/timer.h"

namespace coordinator::io {

class Loop;

// Calls back within 20 ms of a change in the directory (an entry made, renamed, removed, written, its mode
// changed), or of the directory itself: made, removed, replaced, its mode changed. Many changes are one call.
// Where inotify is refused (its limits are reached, above all) it says so in the log and calls back once a
// second. Destroy it inside its own callback only by Loop::bury.
class DirectoryWatch {
 public:
  DirectoryWatch(Loop& loop, std::string path, std::function<void()> stirred);
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

 private:
  void arm();
  int watch_above();
  // 0, or why not.
  int watch(Handle<uv_fs_event_t>& handle, const std::string& path, uv_fs_event_cb heard);
  void poll(const std::string& path, int error);
  void stirred_inside();
  void stirred_above();
  void tell();

  Loop& loop_;
  std::string path_, above_path_;
  std::function<void()> stirred_;
  std::optional<FileLook> armed_for_;
  Timer soon_, poll_;
  Handle<uv_fs_event_t> inside_, above_;
};

}  // namespace coordinator::io
