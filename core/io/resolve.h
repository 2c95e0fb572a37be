// A host name looked up without blocking the loop (libuv's threads, getaddrinfo).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace coordinator::io {

class Loop;

// Calls `done` once with the addresses in the system's order of preference, never from inside the
// constructor; not at all when destroyed before.
class Resolve {
 public:
  using Done = std::function<void(Result<std::vector<std::string>>)>;
  Resolve(Loop& loop, const std::string& host, Done done);
  ~Resolve();
  Resolve(const Resolve&) = delete;
  Resolve& operator=(const Resolve&) = delete;

 private:
  struct Query;
  Query* query_;  // frees itself when libuv has let go of it
};

}  // namespace coordinator::io
