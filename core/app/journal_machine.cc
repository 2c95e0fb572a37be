#include "app/journal_machine.h"

#include <fmt/format.h>

#include <iterator>

namespace coordinator::app {

namespace {

constexpr Millis kRetry = 1s;
constexpr Millis kPatience = 10s;

}  // namespace

JournalMachine::Step JournalMachine::go_on(Instant now) {
  if (saving_) return wait(now);
  if (retry_ && now < *retry_) return {};
  return flush(now);
}

JournalMachine::Step JournalMachine::wait(Instant now) {
  if (!can_write() || now < saving_->began + kPatience) return {};
  trouble_ = Trouble::hangs;
  Step step;
  step.news = News{false, fmt::format("the disk does not answer: what is being saved has taken {} s so far; "
                                      "nothing new is begun or said until it is saved",
                                      kPatience / 1s)};
  return step;
}

JournalMachine::Step JournalMachine::flush(Instant now) {
  if (saving_) return {};
  retry_.reset();
  Step step;
  if (held_ == 0) {
    step.let_go = std::exchange(acts_, {});
  } else {
    saving_ = Saving{std::exchange(acts_, {}), held_, now};
    step.commit = true;
  }
  return step;
}

JournalMachine::Step JournalMachine::committed(const Status& status, Instant now,
                                               const std::function<bool()>& make_room) {
  Saving saved = std::move(*saving_);
  saving_.reset();
  if (!status) return failed(std::move(saved), status.error(), now, make_room);
  held_ -= saved.held;
  Step step;
  if (std::exchange(trouble_, Trouble::none) != Trouble::none) step.news = News{true, "writing works again"};
  step.let_go = std::move(saved.acts);
  return step;
}

JournalMachine::Step JournalMachine::failed(Saving saved, const Error& error, Instant now,
                                            const std::function<bool()>& make_room) {
  std::move(acts_.begin(), acts_.end(), std::back_inserter(saved.acts));
  acts_ = std::move(saved.acts);
  if (error.cause == Cause::no_room && make_room()) return flush(now);
  retry_ = now + kRetry;
  Step step;
  if (std::exchange(trouble_, Trouble::fails) != Trouble::fails)
    step.news =
        News{false, fmt::format("{}; nothing new is begun or said until writing works, which is tried again "
                                "every second",
                                error.what)};
  return step;
}

std::optional<Instant> JournalMachine::due() const {
  if (!saving_) return retry_;
  return can_write() ? std::optional(saving_->began + kPatience) : std::nullopt;
}

}  // namespace coordinator::app
