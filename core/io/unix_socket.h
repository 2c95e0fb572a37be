// Unix sockets on the loop, for this user's processes only.
//
// A socket's path may be as long as any path: it is reached through its directory, since sun_path (unix(7))
// holds no more than 108 bytes.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "io/handle.h"
#include "io/pipe_stream.h"
#include "io/timer.h"

namespace coordinator::io {

class Loop;

// A socket that is connected to `path`, not blocking. The error says whether nobody listens there.
Result<std::unique_ptr<PipeStream>> connect_unix(Loop& loop, const std::string& path,
                                                 PipeStream::Callbacks callbacks,
                                                 std::size_t unsent_cap = PipeStream::kUnsentCap);

// The process id at the other end when it connected or listened; 0 where the system does not say.
int peer_pid(PipeStream& stream);

// Listens on `path` (mode 0600) until destroyed, and then removes it. A socket that a dead process left there
// is replaced; one that somebody listens on is an error.
class UnixListener {
 public:
  // Called with the descriptor of each new client of the same user, to be given to PipeStream::open. Others
  // are closed unheard.
  using Accept = std::function<void(int fd)>;

  static Result<std::unique_ptr<UnixListener>> listen(Loop& loop, const std::string& path, Accept accept);
  ~UnixListener();

 private:
  UnixListener(std::string path, Accept accept);
  Status start(Loop& loop, int fd);
  void wait();
  void on_readable();

  std::string path_;
  Accept accept_;
  int fd_ = -1;
  Handle<uv_poll_t> poll_;
  std::unique_ptr<Timer> pause_;
};

}  // namespace coordinator::io
