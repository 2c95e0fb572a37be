// What a server does to compress a gateway's stream: one context a connection, flushed after each payload.
#pragma once

#include <zlib.h>
#include <zstd.h>

#include <string>

namespace coordinator::test {

struct Deflate {
  z_stream stream{};
  Deflate() { deflateInit(&stream, Z_DEFAULT_COMPRESSION); }
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;
  ~Deflate() { deflateEnd(&stream); }
  std::string operator()(const std::string& payload) {
    std::string out(deflateBound(&stream, payload.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.data()));
    stream.avail_in = static_cast<uInt>(payload.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_SYNC_FLUSH);
    out.resize(out.size() - stream.avail_out);
    return out;
  }
};

struct Zstd {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  Zstd() = default;
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
  ~Zstd() { ZSTD_freeCCtx(context); }
  std::string operator()(const std::string& payload) {
    std::string out(ZSTD_compressBound(payload.size()) + 64, '\0');
    ZSTD_inBuffer input{payload.data(), payload.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush);
    out.resize(output.pos);
    return out;
  }
};

}  // namespace coordinator::test
