// One file of the web on its way to the disk: a piece of it is in memory at a time, and what waits for the
// disk does so beside the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/clock.h"
#include "io/file.h"
#include "io/http_client.h"

namespace coordinator::io {

class Loop;

struct DownloadError {
  enum class Kind {
    refused,    // the server answered with something else than the file: `status` says what
    too_large,  // it is longer than it may be; what came of it is written
    lost,       // the server was not reached, or did not send all of it in time
    disk,       // it could not be written
    full        // since there is no room
  };
  Kind kind = Kind::lost;
  int status = 0;
  std::string what;  // for the log
};

// Nothing is sent along but the request itself, and a redirect is an answer like any other. Destroying it
// ends the transfer, and nobody is called back. To let it die inside its callback: Loop::bury.
class Download {
 public:
  // The number of bytes that the file has, all of them durable.
  using Done = std::function<void(tl::expected<std::uint64_t, DownloadError>)>;

  // Into `file`, at most `most` bytes, within `timeout`. Calls back once, never from inside this.
  Download(Loop& loop, HttpClient& client, std::string url, Descriptor file, std::uint64_t most,
           Millis timeout, Done done);
  ~Download();
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

 private:
  Taken take(std::string_view bytes);
  void write(bool last);
  void written(int error, bool last);
  void arrived(HttpResult result);
  void fail(DownloadError error);
  std::optional<DownloadError> trouble() const;

  Loop& loop_;
  HttpClient& client_;
  std::shared_ptr<Descriptor> file_;  // a thread may still write when we are gone
  std::uint64_t most_, bytes_ = 0;
  Done done_;
  HttpClient::Id request_ = 0;
  std::string piece_;  // that is not written yet
  bool writing_ = false, too_large_ = false;
  std::optional<HttpResult> result_;  // once the transfer is over
  std::shared_ptr<Download*> self_;   // points at nothing when we are gone
};

}  // namespace coordinator::io
