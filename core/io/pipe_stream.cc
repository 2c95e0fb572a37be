#include "io/pipe_stream.h"

#include <unistd.h>

#include <memory>
#include <utility>

#include "io/loop.h"

namespace coordinator::io {

namespace {

uv_stream_t* stream(uv_pipe_t* pipe) { return reinterpret_cast<uv_stream_t*>(pipe); }

// One buffer for all streams: what it holds is consumed before the next read begins.
void lend_buffer(uv_handle_t*, std::size_t, uv_buf_t* buffer) {
  static char bytes[65536];
  *buffer = uv_buf_init(bytes, sizeof bytes);
}

struct WriteRequest {
  uv_write_t request{};
  std::string bytes;
};

}  // namespace

PipeStream::PipeStream(Loop& loop, Callbacks callbacks, std::size_t unsent_cap)
    : handle_(new uv_pipe_t), callbacks_(std::move(callbacks)), unsent_cap_(unsent_cap) {
  uv_pipe_init(loop.raw(), handle_.get(), 0);
  handle_->data = this;
}

Status PipeStream::open(int fd) {
  int error = uv_pipe_open(handle_.get(), fd);
  if (error == 0) return {};
  ::close(fd);
  return fail("cannot use the descriptor: {}", uv_strerror(error));
}

void PipeStream::read() {
  uv_read_start(stream(handle_.get()), lend_buffer,
                [](uv_stream_t* from, ssize_t size, const uv_buf_t* buffer) {
                  if (from->data && size != 0)
                    static_cast<PipeStream*>(from->data)->on_read(size, buffer->base);
                });
}

void PipeStream::pause() { uv_read_stop(stream(handle_.get())); }

void PipeStream::on_read(ssize_t size, const char* bytes) {
  if (size > 0) return callbacks_.data({bytes, static_cast<std::size_t>(size)});
  pause();
  if (auto ended = std::exchange(callbacks_.ended, nullptr)) ended();
}

Status PipeStream::write(std::string bytes) {
  if (finished_) return fail("the stream is closed");
  if (unsent() + bytes.size() > unsent_cap_)
    return fail("the other side does not read: {} bytes wait", unsent());
  auto write = std::make_unique<WriteRequest>();
  write->request.data = write.get();
  write->bytes = std::move(bytes);
  uv_buf_t buffer = uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->bytes.size()));
  int error = uv_write(&write->request, stream(handle_.get()), &buffer, 1,
                       [](uv_write_t* done, int) { delete static_cast<WriteRequest*>(done->data); });
  if (error != 0) return fail("cannot write: {}", uv_strerror(error));
  write.release();  // the callback frees it
  return {};
}

void PipeStream::finish() {
  if (std::exchange(finished_, true)) return;
  auto* request = new uv_shutdown_t;
  int error = uv_shutdown(request, stream(handle_.get()), [](uv_shutdown_t* done, int) { delete done; });
  if (error != 0) delete request;
}

std::size_t PipeStream::unsent() const { return uv_stream_get_write_queue_size(stream(handle_.get())); }

}  // namespace coordinator::io
