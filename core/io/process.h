// A child process on the loop: exactly the environment that it is given, its output as it comes, its end
// once.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/handle.h"
#include "io/pipe_stream.h"
#include "io/timer.h"

namespace coordinator::io {

class Loop;

enum class Stdio { null, pipe, inherit };

struct ProcessSpec {
  std::vector<std::string> argv;         // argv[0] with a slash in it, or looked up in the child's own PATH
  std::vector<std::string> environment;  // NAME=VALUE; nothing else
  std::string directory;                 // empty: ours
  Stdio input = Stdio::null, output = Stdio::null, errors = Stdio::null;
  int input_descriptor = -1;  // where not -1: an open descriptor of ours, lent for the spawn, is its input
  std::string output_file,
      errors_file;        // where not empty: appended to that file (made with mode 0600) instead
  bool detached = false;  // in a session and process group of its own, so that it may outlive us
};

struct ProcessExit {
  int status = 0;  // where signal is 0
  int signal = 0;
};

// Destroying it does not end the process; ask it to end first, or let it live on. Not to be destroyed inside
// its own callbacks: bury it.
class Process {
 public:
  struct Callbacks {
    std::function<void(std::string_view bytes)> output;  // where that is a pipe
    std::function<void(std::string_view bytes)> errors;
    // Once, after the last output; where a grandchild keeps the pipes open, a fifth of a second after the
    // end.
    std::function<void(const ProcessExit&)> exited;
  };

  // The error says which program, and why: not there, not executable, no such directory; its cause is `busy`
  // where this machine has no room for it just now. The child's limit of open files is what ours was before
  // it was raised.
  static Result<std::unique_ptr<Process>> spawn(Loop& loop, const ProcessSpec& spec, Callbacks callbacks);

  int pid() const { return uv_process_get_pid(handle_.get()); }
  // To a pipe as input; see PipeStream::write.
  Status write(std::string bytes);
  void close_input();
  // `group`: the whole process group of a detached one. Nothing once it has ended.
  void kill(int signal, bool group = false);
  // SIGKILL to the whole group of a detached one, and waits until the child is gone; nothing more is told.
  // For a child whose work nobody wants any more.
  void put_down();
  // Ends what a detached one that has ended left in its process group.
  void end_group();

 private:
  Process(Loop& loop, Callbacks callbacks);
  Status start(const ProcessSpec& spec);
  std::unique_ptr<PipeStream> make_pipe(std::function<void(std::string_view)> data);
  void on_exit(std::int64_t status, int signal);
  void on_pipe_end();
  void tell();

  Loop& loop_;
  Callbacks callbacks_;
  Handle<uv_process_t> handle_;
  std::unique_ptr<PipeStream> input_, output_, errors_;
  Timer patience_;
  ProcessExit exit_;
  bool ended_ = false;
  int open_pipes_ = 0;
};

// The directory that our own program lies in: where the programs that came with it are.
std::string own_directory();

}  // namespace coordinator::io
