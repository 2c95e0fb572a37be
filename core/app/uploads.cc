#include "app/uploads.h"

#include <utility>

namespace coordinator::app {

namespace {

constexpr std::size_t kAtOnce = 4;

}  // namespace

void Uploads::ask(MessageId source, int chunk, std::size_t count, Take take) {
  waiting_.push_back({source, chunk, count, std::move(take)});
  next();
}

void Uploads::next() {
  if (on_their_way_ == kAtOnce || waiting_.empty()) return;
  ++on_their_way_;
  Waiting due = std::move(waiting_.front());
  waiting_.pop_front();
  store_.files(due.source, due.chunk, [held = slot(), due](Result<std::vector<store::File>> files) mutable {
    if (files && files->size() != due.count)
      files = fail_as(Cause::damaged, "its files in the store are damaged");
    due.take(std::move(files), std::move(held));
  });
}

Uploads::Slot Uploads::slot() {
  return {nullptr, [self = self_](void*) {
            if (!*self) return;
            --(*self)->on_their_way_;
            (*self)->next();
          }};
}

}  // namespace coordinator::app
