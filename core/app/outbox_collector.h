// Takes what the agents leave in their outboxes.
#pragma once

#include <functional>
#include <memory>

#include "chat/effects.h"
#include "chat/event.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::app {

// An ended turn's files are moved to a directory of that turn, and read from there: asked for again, by a
// daemon that takes the place of one which died meanwhile, they are the same, and no other turn's are among
// them.
class OutboxCollector {
 public:
  using Tell = std::function<void(const chat::FilesCollected&)>;

  OutboxCollector(io::Loop& loop, Tell tell)
      : loop_(loop), tell_(std::move(tell)), self_(std::make_shared<OutboxCollector*>(this)) {}
  ~OutboxCollector() { *self_ = nullptr; }
  OutboxCollector(const OutboxCollector&) = delete;
  OutboxCollector& operator=(const OutboxCollector&) = delete;

  // Tells once, never from inside this.
  void collect(const chat::CollectFiles& wanted);

 private:
  io::Loop& loop_;
  Tell tell_;
  std::shared_ptr<OutboxCollector*> self_;  // points at nothing when we are gone
};

}  // namespace coordinator::app
