// The gateway's transport compression undone: one stream for the whole life of a connection (zlib, zstd).
// https://discord.com/developers/docs/events/gateway#transport-compression
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace coordinator::io {

class Inflate {
 public:
  enum class Format { zlib, zstd };

  // `limit`: the most bytes that one payload may become, a bomb's cap.
  explicit Inflate(Format format, std::size_t limit = 16 * 1024 * 1024);
  ~Inflate();
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  // Feeds one websocket message. The payload when it is whole, valid until the next call; absent while more
  // is needed (zlib: until the four bytes of a sync flush). After an error the stream is lost: connect anew.
  Result<std::optional<std::string_view>> feed(std::string_view bytes);

 private:
  struct Stream;
  struct Zlib;
  struct Zstd;

  std::unique_ptr<Stream> stream_;
  std::string out_;
};

}  // namespace coordinator::io
