#include "io/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>

#include <utility>

#include "io/file.h"
#include "io/loop.h"
#include "io/open_files.h"

namespace coordinator::io {

namespace {

constexpr Millis kPatience = 200ms;

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (const auto& string : strings) out.push_back(const_cast<char*>(string.c_str()));
  out.push_back(nullptr);
  return out;
}

uv_stdio_container_t container(Stdio kind, int fd, PipeStream* pipe, uv_stdio_flags direction) {
  uv_stdio_container_t out{};
  out.flags = UV_IGNORE;
  if (kind == Stdio::inherit) out.flags = UV_INHERIT_FD;
  out.data.fd = fd;
  if (!pipe) return out;
  out.flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | direction);
  out.data.stream = reinterpret_cast<uv_stream_t*>(pipe->raw());
  return out;
}

void to_descriptor(uv_stdio_container_t& container, int fd) {
  if (fd < 0) return;
  container.flags = UV_INHERIT_FD;
  container.data.fd = fd;
}

Result<Descriptor> open_for_append(const std::string& path) {
  if (path.empty()) return Descriptor();
  Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return fail_as(cause_of(errno), "cannot write to {}: {}", path, uv_strerror(-errno));
  return file;
}

}  // namespace

Result<std::unique_ptr<Process>> Process::spawn(Loop& loop, const ProcessSpec& spec, Callbacks callbacks) {
  std::unique_ptr<Process> process(new Process(loop, std::move(callbacks)));
  if (auto started = process->start(spec); !started) return tl::unexpected(started.error());
  return process;
}

Process::Process(Loop& loop, Callbacks callbacks)
    : loop_(loop), callbacks_(std::move(callbacks)), patience_(loop, [this] { tell(); }) {}

Status Process::start(const ProcessSpec& spec) {
  auto output_file = open_for_append(spec.output_file);
  auto errors_file = open_for_append(spec.errors_file);
  if (!output_file) return tl::unexpected(output_file.error());
  if (!errors_file) return tl::unexpected(errors_file.error());
  if (spec.input == Stdio::pipe) input_ = make_pipe([](std::string_view) {});
  if (spec.output == Stdio::pipe) output_ = make_pipe(callbacks_.output);
  if (spec.errors == Stdio::pipe) errors_ = make_pipe(callbacks_.errors);
  uv_stdio_container_t stdio[3] = {container(spec.input, 0, input_.get(), UV_READABLE_PIPE),
                                   container(spec.output, 1, output_.get(), UV_WRITABLE_PIPE),
                                   container(spec.errors, 2, errors_.get(), UV_WRITABLE_PIPE)};
  to_descriptor(stdio[0], spec.input_descriptor);
  to_descriptor(stdio[1], output_file->get());
  to_descriptor(stdio[2], errors_file->get());

  auto argv = pointers(spec.argv);
  auto environment = pointers(spec.environment);
  uv_process_options_t options{};
  options.file = argv[0];
  options.args = argv.data();
  options.env = environment.data();
  options.cwd = spec.directory.empty() ? nullptr : spec.directory.c_str();
  options.flags = spec.detached ? UV_PROCESS_DETACHED : 0;
  options.stdio_count = 3;
  options.stdio = stdio;
  options.exit_cb = [](uv_process_t* handle, std::int64_t status, int signal) {
    if (handle->data) static_cast<Process*>(handle->data)->on_exit(status, signal);
  };

  handle_.reset(new uv_process_t{});
  handle_->data = this;
  if (int error = uv_spawn(loop_.raw(), handle_.get(), &options); error != 0)
    return fail_as(cause_of(-error), "cannot run {} in {}: {}", spec.argv[0],
                   spec.directory.empty() ? "." : spec.directory, uv_strerror(error));
  restore_open_files(handle_->pid);
  for (PipeStream* pipe : {output_.get(), errors_.get()}) {
    if (!pipe) continue;
    ++open_pipes_;
    pipe->read();
  }
  return {};
}

std::unique_ptr<PipeStream> Process::make_pipe(std::function<void(std::string_view)> data) {
  if (!data) data = [](std::string_view) {};
  return std::make_unique<PipeStream>(loop_,
                                      PipeStream::Callbacks{std::move(data), [this] { on_pipe_end(); }});
}

void Process::on_exit(std::int64_t status, int signal) {
  ended_ = true;
  exit_ = {static_cast<int>(status), signal};
  patience_.start(open_pipes_ > 0 ? kPatience : 0ms);
}

void Process::on_pipe_end() {
  --open_pipes_;
  if (ended_ && open_pipes_ == 0) patience_.start(0ms);
}

// From the timer only, so that nothing of ours is on the stack above a pipe's callback.
void Process::tell() {
  if (auto exited = std::exchange(callbacks_.exited, nullptr)) exited(exit_);
}

Status Process::write(std::string bytes) {
  return input_ ? input_->write(std::move(bytes)) : Status(fail("the process has no pipe as its input"));
}

void Process::close_input() {
  if (input_) input_->finish();
}

void Process::kill(int signal, bool group) {
  if (!ended_) ::kill(group ? -pid() : pid(), signal);
}

// The loop does not see this end: the handle is closed, and whoever waits first gets it.
void Process::put_down() {
  callbacks_ = {};
  if (ended_) return;
  int child = pid();
  handle_.reset();
  ::kill(-child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
}

// As long as somebody is left in it the group's number is not given to another one.
void Process::end_group() {
  if (ended_) ::kill(-pid(), SIGKILL);
}

std::string own_directory() {
  char path[4096];
  std::size_t size = sizeof path;
  if (uv_exepath(path, &size) != 0) return ".";
  std::string whole(path, size);
  return whole.substr(0, whole.rfind('/'));
}

}  // namespace coordinator::io
