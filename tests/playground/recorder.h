// The recorder: every REST exchange and every gateway payload, as lines of JSON.
#pragma once

#include <cstdio>
#include <deque>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/owned.h"
#include "base/result.h"
#include "io/http_server.h"

namespace coordinator::playground {

class Recorder {
 public:
  // An exchange, in the form that validate.mjs reads, without tokens: {n, at_ms, method, path, headers, body
  // | bodyBase64, response: {status, headers, body}}. `body` of the answer is JSON text, or empty.
  void exchange(const io::ServerRequest& request, int status, const io::HeaderList& headers,
                std::string_view body);
  void gateway(bool in, std::uint64_t connection, std::string_view payload);

  // Files, appended to line by line. An empty path: none.
  Status open(const std::string& rest, const std::string& gateway);

  // The latest kKept exchanges; the first has the number `first()`.
  const std::deque<Json>& exchanges() const { return exchanges_; }
  std::size_t first() const { return count_ - exchanges_.size(); }
  std::size_t count() const { return count_; }

  static constexpr std::size_t kKept = 20'000;

 private:
  using File = Owned<std::FILE, std::fclose>;
  static void write(const File& file, const std::string& line);

  File rest_, gateway_;
  std::deque<Json> exchanges_;
  std::size_t count_ = 0;
};

}  // namespace coordinator::playground
