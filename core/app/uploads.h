// The files of messages that are about to be sent: read from the store for a few messages at a time, since
// each is in memory for as long as it is on its way.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "store/records.h"
#include "store/store.h"

namespace coordinator::app {

class Uploads {
 public:
  // Held until the message has arrived, or never will: the next one's turn comes when it is gone.
  using Slot = std::shared_ptr<void>;
  using Take = std::function<void(Result<std::vector<store::File>> files, Slot slot)>;

  explicit Uploads(store::Store& store) : store_(store), self_(std::make_shared<Uploads*>(this)) {}
  ~Uploads() { *self_ = nullptr; }
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  // Calls `take` when it is this message's turn. Another number of files than `count` is a damaged store.
  void ask(MessageId source, int chunk, std::size_t count, Take take);

 private:
  struct Waiting {
    MessageId source;
    int chunk = 0;
    std::size_t count = 0;
    Take take;
  };
  void next();
  Slot slot();

  store::Store& store_;
  std::shared_ptr<Uploads*> self_;  // points at nothing when we are gone
  std::deque<Waiting> waiting_;
  std::size_t on_their_way_ = 0;
};

}  // namespace coordinator::app
