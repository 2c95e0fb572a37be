#include "app/journal.h"

#include <iterator>
#include <utility>

#include "base/log.h"
#include "base/overloaded.h"
#include "io/loop.h"

namespace coordinator::app {

namespace {

constexpr Millis kRetry = 1s;

}  // namespace

Journal::Journal(io::Loop& loop, store::Store& store, Performers performers)
    : loop_(loop), store_(store), performers_(std::move(performers)), retry_(loop, [this] { settle(); }) {
  loop.on_iteration_end([this] {
    if (!retry_.active()) settle();
  });
}

void Journal::settle() {
  if (committing_) return;
  if (!store_.dirty()) return let_go(std::exchange(acts_, {}));
  committing_ = true;
  saving_ = std::exchange(acts_, {});
  held_before_ = held_;
  io::Doing doing(loop_, "saving");
  store_.commit([this](const Status& status) { committed(status); });
}

void Journal::committed(const Status& status) {
  committing_ = false;
  if (!status) return failed(status.error());
  held_ -= held_before_;
  if (std::exchange(stuck_, false)) {
    log::info("store", "writing works again");
    performers_.changed(true);
  }
  let_go(std::exchange(saving_, {}));
}

void Journal::failed(const Error& error) {
  std::move(acts_.begin(), acts_.end(), std::back_inserter(saving_));
  acts_ = std::exchange(saving_, {});
  if (error.cause == Cause::no_room && performers_.make_room()) return settle();
  retry_.start(kRetry);
  if (std::exchange(stuck_, true)) return;
  log::error("store",
             "{}; nothing new is begun or said until writing works, which is tried again every second",
             error.what);
  performers_.changed(false);
}

// An act may make new effects; those are for the next round.
void Journal::let_go(std::vector<Act> acts) {
  io::Doing doing(loop_, "letting go what was saved");
  Overloaded perform{[this](chat::Act& act) { performers_.chat(act); },
                     [this](command::Act& act) { performers_.command(act); }, [](Task& task) { task(); }};
  for (Act& act : acts) std::visit(perform, act);
  if (!acts_.empty() || store_.dirty()) loop_.later([] {});  // the loop must come round, and not wait first
}

}  // namespace coordinator::app
