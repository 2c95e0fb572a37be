// What was written since the last commit, each record once: however long a disk stays full, the batch grows
// with what exists, not with how often it changes.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <tuple>

#include "store/records.h"

namespace coordinator::store {

class Batch {
 public:
  Batch() = default;
  Batch(Batch&&) = default;
  Batch& operator=(Batch&&) = default;
  Batch(const Batch&) = delete;  // its places would be those of the other's records
  Batch& operator=(const Batch&) = delete;

  // Replaces the record of the same identity. A mention keeps its place, since their order is the order of
  // arrival, and so does a message to send, since theirs is the order of promising; anything else goes to the
  // end, so that the session written last is the current one.
  void add(Write record);

  bool empty() const { return records_.empty(); }
  bool has(MessageId message) const;
  bool has(InteractionId interaction) const;
  const std::list<Write>& records() const { return records_; }
  void clear();

 private:
  // The kind of the record, and whatever of a number and a name makes it itself.
  using Identity = std::tuple<std::size_t, std::uint64_t, std::string>;
  static Identity identity_of(const Write& record);

  std::list<Write> records_;
  std::map<Identity, std::list<Write>::iterator> places_;
};

}  // namespace coordinator::store
