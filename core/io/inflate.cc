#include "io/inflate.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "base/owned.h"

namespace coordinator::io {

namespace {

constexpr std::size_t kFirstRoom = 16 * 1024;
constexpr std::size_t kKeptRoom = 256 * 1024;  // what a rare large payload needed is not kept for ever
constexpr std::string_view kSyncFlush("\0\0\xff\xff", 4);

}  // namespace

struct Inflate::Stream {
  std::size_t limit;

  explicit Stream(std::size_t most) : limit(most) {}
  virtual ~Stream() = default;
  virtual Result<std::optional<std::string_view>> feed(std::string_view bytes, std::string& out) = 0;

  // False when the payload has become too large.
  bool make_room(std::string& out, std::size_t used) const {
    if (used < out.size()) return true;
    if (out.size() >= limit) return false;
    out.resize(std::min(limit, std::max(kFirstRoom, out.size() * 2)));
    return true;
  }
  tl::unexpected<Error> too_large() const {
    return fail("a compressed payload is longer than {} bytes", limit);
  }
};

struct Inflate::Zlib : Stream {
  z_stream stream{};
  std::string partial;

  explicit Zlib(std::size_t most) : Stream(most) { inflateInit(&stream); }
  ~Zlib() override { inflateEnd(&stream); }

  Result<std::optional<std::string_view>> feed(std::string_view bytes, std::string& out) override {
    if (partial.size() + bytes.size() > limit) return too_large();
    bool whole = bytes.ends_with(kSyncFlush);
    if (!whole || !partial.empty()) {
      partial.append(bytes);
      // The four bytes may have come in two messages.
      if (!std::string_view(partial).ends_with(kSyncFlush)) return std::nullopt;
      bytes = partial;
    }
    auto payload = inflate_all(bytes, out);
    partial.clear();
    return payload;
  }

 private:
  Result<std::optional<std::string_view>> inflate_all(std::string_view bytes, std::string& out) {
    std::size_t used = 0;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    do {  // a filled buffer may hide more
      if (!make_room(out, used)) return too_large();
      stream.next_out = reinterpret_cast<Bytef*>(out.data()) + used;
      stream.avail_out = static_cast<uInt>(out.size() - used);
      int status = inflate(&stream, Z_SYNC_FLUSH);
      used = out.size() - stream.avail_out;
      if (status == Z_BUF_ERROR && stream.avail_out > 0) break;  // nothing was left to do
      if (status != Z_OK) return fail("the zlib stream is broken: {}", stream.msg ? stream.msg : "it ended");
    } while (stream.avail_in > 0 || stream.avail_out == 0);
    return std::string_view(out).substr(0, used);
  }
};

struct Inflate::Zstd : Stream {
  Owned<ZSTD_DCtx, ZSTD_freeDCtx> context{ZSTD_createDCtx()};

  using Stream::Stream;

  // One message is one payload, but never the end of a frame: done when the input is consumed and the output
  // was not filled.
  Result<std::optional<std::string_view>> feed(std::string_view bytes, std::string& out) override {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer output{};
    do {
      if (!make_room(out, output.pos)) return too_large();
      output.dst = out.data();
      output.size = out.size();
      std::size_t status = ZSTD_decompressStream(context.get(), &output, &input);
      if (ZSTD_isError(status)) return fail("the zstd stream is broken: {}", ZSTD_getErrorName(status));
    } while (input.pos < input.size || output.pos == output.size);
    return std::string_view(out).substr(0, output.pos);
  }
};

Inflate::Inflate(Format format, std::size_t limit) {
  if (format == Format::zlib)
    stream_ = std::make_unique<Zlib>(limit);
  else
    stream_ = std::make_unique<Zstd>(limit);
}

Inflate::~Inflate() = default;

Result<std::optional<std::string_view>> Inflate::feed(std::string_view bytes) {
  if (out_.size() > kKeptRoom) std::string().swap(out_);
  return stream_->feed(bytes, out_);
}

}  // namespace coordinator::io
