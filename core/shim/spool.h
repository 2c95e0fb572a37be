// Where the agent's output goes: stdout to the spool, the end of stderr to a bounded file.
#pragma once

#include <cstdint>
#include <string_view>

#include "shim/fd.h"

namespace coordinator::shim {

// Append-only; readers follow its size. No turn writes more than the cap.
class Spool {
 public:
  enum class Taken { all, full, no_room, failed };

  // So much room stays on the disk. 0, or the errno of what failed.
  int open(int directory, std::uint64_t cap, std::uint64_t keep_free);
  // full: the cap is reached, no_room: the disk is full or nearly; the bytes that still fitted are in it.
  // failed: error() says why.
  Taken append(std::string_view bytes);
  // What comes from here on is another turn's.
  void begin_anew() { begun_at_ = size_; }
  std::uint64_t size() const { return size_; }
  int error() const { return error_; }

 private:
  bool write_all(std::string_view bytes);
  bool has_room();

  Fd file_;
  std::uint64_t cap_ = 0, keep_free_ = 0;
  std::uint64_t look_at_ = 0;  // the size at which the disk is looked at again
  std::uint64_t size_ = 0, begun_at_ = 0;
  int error_ = 0;
};

// Keeps at least the last `keep` bytes, in a file of at most twice that size.
class Tail {
 public:
  int open(int directory, std::size_t keep);
  void append(std::string_view bytes);

 private:
  void compact();

  Fd file_;
  std::size_t keep_ = 0;
  std::size_t size_ = 0;
};

}  // namespace coordinator::shim
