#include "compressor.h"

#include <zlib.h>
#include <zstd.h>

#include "base/owned.h"

namespace coordinator::playground {

namespace {

class Zlib : public Compressor {
 public:
  Zlib() { deflateInit(&stream_, Z_DEFAULT_COMPRESSION); }
  ~Zlib() override { deflateEnd(&stream_); }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;

  std::string compress(std::string_view payload) override {
    std::string out, buffer(16 * 1024, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.data()));
    stream_.avail_in = static_cast<uInt>(payload.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream_.avail_out = static_cast<uInt>(buffer.size());
      deflate(&stream_, Z_SYNC_FLUSH);
      out.append(buffer, 0, buffer.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return out;
  }

 private:
  z_stream stream_{};
};

class Zstd : public Compressor {
 public:
  Zstd() : stream_(ZSTD_createCCtx()) {}

  std::string compress(std::string_view payload) override {
    std::string out, buffer(ZSTD_CStreamOutSize(), '\0');
    ZSTD_inBuffer in{payload.data(), payload.size(), 0};
    std::size_t left = 1;
    while (left > 0) {
      ZSTD_outBuffer space{buffer.data(), buffer.size(), 0};
      left = ZSTD_compressStream2(stream_.get(), &space, &in, ZSTD_e_flush);
      if (ZSTD_isError(left)) break;
      out.append(buffer, 0, space.pos);
    }
    return out;
  }

 private:
  Owned<ZSTD_CCtx, ZSTD_freeCCtx> stream_;
};

}  // namespace

std::unique_ptr<Compressor> Compressor::zlib() { return std::make_unique<Zlib>(); }
std::unique_ptr<Compressor> Compressor::zstd() { return std::make_unique<Zstd>(); }

}  // namespace coordinator::playground
