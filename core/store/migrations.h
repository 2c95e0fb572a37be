// The schema of state.db, as numbered steps from nothing to now (PRAGMA user_version says which were taken).
//
// A step that was released is never changed; what comes later is a new step at the end.
#pragma once

#include <span>

#include "base/result.h"

namespace coordinator::io {
class Database;
}

namespace coordinator::store {

// The nth step leads to version n, counted from 1.
struct Migration {
  const char* sql;
};

std::span<const Migration> migrations();

// Takes the steps that are missing, each in a transaction of its own: a step that fails leaves the version
// before it. A version newer than the last step is refused, untouched.
Status migrate(io::Database& database, std::span<const Migration> steps);

}  // namespace coordinator::store
