// Reads a file that another process appends to, line by line, with a cap on what it holds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/file.h"

namespace coordinator::io {

// Cuts a stream of bytes into lines. A line that is longer than the cap is never held: it is told once, and
// skipped up to its end.
class LineSplitter {
 public:
  struct Callbacks {
    std::function<void(std::string_view line)> line;  // without its end; valid during the call only
    std::function<void()> too_long;
  };

  LineSplitter(std::size_t cap, Callbacks callbacks) : cap_(cap), callbacks_(std::move(callbacks)) {}

  void take(std::string_view bytes);
  // The stream is over: what it ended with, where no line end followed, is a line too.
  void finish();
  std::size_t held() const { return begun_.size(); }

 private:
  void end_line(std::string_view rest);
  void keep(std::string_view bytes);

  std::size_t cap_;
  Callbacks callbacks_;
  std::string begun_;      // the line so far
  bool skipping_ = false;  // it is too long
};

class SpoolReader {
 public:
  // From its beginning, or from a byte of it.
  static Result<SpoolReader> open(const std::string& path, std::uint64_t from = 0);

  // Reads what is there now, `budget` bytes of it at most. True: there may be more. False: this is the end so
  // far.
  Result<bool> read(std::size_t budget, LineSplitter& lines);
  std::uint64_t offset() const { return offset_; }

 private:
  SpoolReader(Descriptor file, std::uint64_t from) : file_(std::move(file)), offset_(from) {}

  Descriptor file_;
  std::uint64_t offset_ = 0;
};

}  // namespace coordinator::io
