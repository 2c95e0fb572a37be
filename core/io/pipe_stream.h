// A two-way stream of bytes on the loop: a pipe or a unix socket, with a cap on what waits to be sent.
#pragma once

#include <uv.h>

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/handle.h"

namespace coordinator::io {

class Loop;

// Closes when destroyed; what was not sent by then is lost. Not to be destroyed inside its own callbacks:
// bury it, or its owner.
class PipeStream {
 public:
  struct Callbacks {
    std::function<void(std::string_view bytes)> data;  // valid during the call only
    std::function<void()> ended;  // once: the other side is gone, or reading failed; data() comes no more
  };
  static constexpr std::size_t kUnsentCap = 64u << 20;

  PipeStream(Loop& loop, Callbacks callbacks, std::size_t unsent_cap = kUnsentCap);
  PipeStream(const PipeStream&) = delete;
  PipeStream& operator=(const PipeStream&) = delete;

  // Takes over the descriptor, also when it fails.
  Status open(int fd);
  void read();
  // Nothing is read, so nothing is held: the other side's writes wait in the kernel.
  void pause();
  // Takes all of it or nothing; refused when the other side is gone, or when more than the cap would wait.
  Status write(std::string bytes);
  // The other side reads the end of the stream once it has read all the rest. Reading goes on.
  void finish();

  std::size_t unsent() const;
  uv_pipe_t* raw() { return handle_.get(); }

 private:
  void on_read(ssize_t size, const char* bytes);

  Handle<uv_pipe_t> handle_;
  Callbacks callbacks_;
  std::size_t unsent_cap_;
  bool finished_ = false;
};

}  // namespace coordinator::io
