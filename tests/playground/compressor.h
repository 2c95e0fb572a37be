// The gateway's transport compression, the server's side: one stream for a whole connection.
// https://discord.com/developers/docs/events/gateway#transport-compression
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace coordinator::playground {

class Compressor {
 public:
  virtual ~Compressor() = default;
  // One payload, flushed so that the peer can read all of it.
  virtual std::string compress(std::string_view payload) = 0;

  static std::unique_ptr<Compressor> zlib();
  static std::unique_ptr<Compressor> zstd();
};

}  // namespace coordinator::playground
