#include "command/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/text.h"
#include "command/host_tables.h"
#include "io/loop.h"

namespace coordinator::command {

namespace {

constexpr const char* kArea = "plugin";
constexpr std::size_t kExpected = 1000;
constexpr Millis kRepeated = 1s;
constexpr int kCancelRounds = 10;  // of a plugin that asks anew while it is being cancelled
constexpr std::string_view kStopped =
    "The command was replaced or switched off while it was at work. Use it again.";

}  // namespace

// ---- Its life ----

Host::Host(Backroom& room, Instance& instance, std::function<void()> idle)
    : room_(room),
      instance_(instance),
      told_idle_(std::move(idle)),
      face_{host_functions(), this},
      self_(std::make_shared<Host*>(this)),
      alarm_(room.loop, [this] { ring(); }) {
  room_.hosts[&instance_] = this;
}

Host::~Host() {
  *self_ = nullptr;
  room_.hosts.erase(&instance_);
  for (const auto& [promise, request] : requests_) room_.http.cancel(request);
  room_.calls.end_all(this, kStopped);
}

Host& Host::of(const coordinator_host* table) { return *reinterpret_cast<const Face*>(table)->host; }

bool Host::idle() const {
  return !inside_ && expected_.empty() && due_.empty() && room_.calls.held(this) == 0;
}

void Host::stopping() {
  stopping_ = true;
  auto waits = [this] { return !expected_.empty() || !due_.empty() || !timers_.empty(); };
  for (int round = 0; round < kCancelRounds && waits(); ++round) cancel_everything();
  if (waits())
    log(log::Level::error, "it asks for more each time that it is told to stop; it is not asked again");
  room_.calls.end_all(this, kStopped);
  tell_repeats();
  closed_ = true;
  *self_ = nullptr;
  alarm_.stop();
}

void Host::cancel_everything() {
  std::vector<Work> told = std::exchange(due_, {});
  for (auto& [promise, cancelled] : std::exchange(expected_, {})) told.push_back(std::move(cancelled));
  for (const auto& [number, timer] : std::exchange(timers_, {}))
    told.push_back([timer = timer] { timer.fire(timer.context, COORDINATOR_CANCELLED); });
  for (const auto& [promise, request] : std::exchange(requests_, {})) room_.http.cancel(request);
  for (const Work& work : told) enter("being stopped", [&](const coordinator_plugin&, void*) { work(); });
}

// ---- Into the plugin ----

void Host::run(const std::shared_ptr<Call>& call, std::string_view what, const Instance::Work& work) {
  running_ = call->number;
  bool fine = enter(what, work);
  running_ = 0;
  if (call->owner != this) return;  // it was held for too long
  if (!fine)
    room_.calls.end(*call,
                    fmt::format("The command failed: the plugin `{}` broke off. The operator's log says "
                                "where; until it is mended, trying again may help.",
                                name()));
  else if (!call->holds)
    end(*call);
}

// Inside the call's own function it ends with that function, as one that was never held.
void Host::release(Call& call) {
  if (call.holds) --call.holds;
  if (!call.holds && call.number != running_) end(call);
}

void Host::end(Call& call) {
  if (stopping_) return room_.calls.end(call, kStopped);
  if (!call.invocation.answered() && call.interaction.kind != Kind::autocomplete)
    log::warning("command", "{}: it ended without an answer", call.about);
  room_.calls.end(call,
                  fmt::format("The command did not answer: the plugin `{}` ended it without a word. The "
                              "operator's log has more.",
                              name()));
  notice_idle();
}

bool Host::enter(std::string_view what, const Instance::Work& work) {
  assert(!inside_);
  inside_ = true;
  bool fine = instance_.enter(what, work);
  inside_ = false;
  kept_.clear();
  notice_idle();
  return fine;
}

// ---- What it waits for ----

Host::Promise Host::expect(Work cancelled) {
  expected_.emplace(++last_number_, std::move(cancelled));
  return last_number_;
}

void Host::keep(Promise promise, Work told) {
  if (expected_.erase(promise) > 0) tell_soon(std::move(told));
}

void Host::tell_soon(Work work) {
  due_.push_back(std::move(work));
  deliver_later();
}

Done Host::promise(coordinator_done done, void* context) {
  auto tell = [done, context](int result, std::string_view words) {
    if (done) done(context, result, lend_words(words));
  };
  Promise promise = expect([tell] { tell(COORDINATOR_CANCELLED, {}); });
  return [self = self_, promise, tell](const tl::expected<std::string, Refusal>& how) {
    if (!*self) return;
    int result = how ? static_cast<int>(COORDINATOR_OK) : how.error().result;
    (*self)->keep(promise, [tell, result, words = how ? *how : how.error().words] { tell(result, words); });
  };
}

void Host::refuse(coordinator_done done, void* context, int result, std::string words) {
  promise(done, context)(tl::unexpected(Refusal{result, std::move(words)}));
}

bool Host::full(std::string_view what) {
  if (expected_.size() < kExpected) return false;
  log(log::Level::warning, fmt::format("{}: it waits for {} answers already", what, kExpected));
  return true;
}

void Host::deliver_later() {
  if (std::exchange(delivering_, true)) return;
  room_.loop.later([self = self_] {
    if (*self) (*self)->deliver();
  });
}

void Host::deliver() {
  delivering_ = false;
  for (const Work& work : std::exchange(due_, {}))
    enter("telling it how something went", [&](const coordinator_plugin&, void*) { work(); });
}

// Later: whoever is told may take the plugin apart.
void Host::notice_idle() {
  if (!idle() || std::exchange(noticing_, true)) return;
  room_.loop.later([self = self_] {
    if (!*self) return;
    (*self)->noticing_ = false;
    if (!(*self)->idle()) return;
    auto told = (*self)->told_idle_;
    if (told) told();
  });
}

// ---- Timers ----

std::uint64_t Host::start_timer(Millis delay, void (*fire)(void*, int), void* context) {
  timers_[++last_number_] = {now().instant + delay, fire, context};
  set_alarm();
  return last_number_;
}

void Host::cancel_timer(std::uint64_t timer) {
  auto found = timers_.extract(timer);
  if (!found) return;
  tell_soon([each = found.mapped()] { each.fire(each.context, COORDINATOR_CANCELLED); });
  set_alarm();
}

void Host::ring() {
  Instant time = now().instant;
  std::vector<std::pair<Instant, std::uint64_t>> rung;
  for (const auto& [number, timer] : timers_)
    if (timer.due <= time) rung.emplace_back(timer.due, number);
  std::sort(rung.begin(), rung.end());
  for (const auto& [due, number] : rung)
    if (auto timer = timers_.extract(number))  // else one that rang before it has cancelled it
      enter("a timer of its own", [each = timer.mapped()](const coordinator_plugin&, void*) {
        each.fire(each.context, COORDINATOR_OK);
      });
  set_alarm();
}

void Host::set_alarm() {
  if (timers_.empty()) return alarm_.stop();
  auto first = std::min_element(timers_.begin(), timers_.end(),
                                [](const auto& a, const auto& b) { return a.second.due < b.second.due; });
  alarm_.start(first->second.due - now().instant);
}

// ---- For the tables ----

Now Host::now() const { return room_.loop.now(); }

void Host::log(log::Level level, std::string_view text) {
  if (!log::enabled(level)) return;
  if (text == last_line_.text && now().instant - last_line_.since < kRepeated) {
    ++last_line_.again;
    return;
  }
  tell_repeats();
  last_line_ = {std::string(text), now().instant};
  log::write(level, kArea, fmt::format("{}: {}", name(), text::valid_utf8(text)));
}

void Host::tell_repeats() {
  if (std::size_t again = std::exchange(last_line_.again, 0))
    log::write(log::Level::warning, kArea, fmt::format("{}: the same {} times more", name(), again));
}

std::shared_ptr<Call> Host::call(coordinator_call number, std::string_view what) {
  auto call = room_.calls.find(number, this);
  if (call)
    kept_.push_back(call);
  else
    log(log::Level::warning,
        fmt::format("{}: the call {} is over; hold it to use it after its function has returned", what,
                    number));
  return call;
}

coordinator_string Host::keep_text(std::string text) {
  auto kept = std::make_shared<const std::string>(std::move(text));
  kept_.push_back(kept);
  return lend(*kept);
}

}  // namespace coordinator::command
