#include "discord/gateway_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "discord/limits.h"

namespace coordinator::discord::gateway {

namespace {

// Any code but 1000 and 1001 leaves the session resumable.
constexpr int kKeepSession = 4000;
constexpr int kEndSession = 1000;
// What a server could send to make us spin or sleep for ever.
constexpr Millis kShortestBeat = 100ms, kLongestBeat = 10min;

double seconds(Millis time) { return static_cast<double>(time.count()) / 1000.0; }

std::string with_query(const std::string& base, const std::string& query) {
  std::string url = base.substr(0, base.find('?'));
  if (!url.ends_with('/')) url += '/';
  return url + "?" + query;
}

}  // namespace

Machine::Machine(Options options, std::uint64_t seed, std::optional<GatewaySession> session)
    : options_(std::move(options)),
      random_(seed),
      backoff_(options_.first_pause, options_.longest_pause),
      session_(std::move(session)) {
  if (session_) seq_ = session_->seq;
}

Effects Machine::handle(const Event& event, Instant now) {
  now_ = now;
  std::visit([this](const auto& what) { on(what); }, event);
  return std::exchange(effects_, {});
}

std::optional<Instant> Machine::wake_at() const {
  return std::visit(Overloaded{[](const Pausing& state) { return std::optional(state.until); },
                               [](const Greeting& state) { return std::optional(state.deadline); },
                               [this](const Live& live) {
                                 Instant wake = live.heart.next;
                                 if (live.phase != Phase::ready)
                                   return std::optional(std::min(wake, live.deadline));
                                 if (!unsent_.empty()) wake = std::min(wake, window_.free_at(now_));
                                 return std::optional(wake);
                               },
                               [](const auto&) { return std::optional<Instant>(); }},
                    state_);
}

bool Machine::ready() const {
  const auto* live = std::get_if<Live>(&state_);
  return live && live->phase == Phase::ready;
}

bool Machine::connected() const {
  return std::holds_alternative<Connecting>(state_) || std::holds_alternative<Greeting>(state_) ||
         std::holds_alternative<Live>(state_);
}

void Machine::on(const Start&) {
  if (std::holds_alternative<Idle>(state_) || std::holds_alternative<Failed>(state_)) begin();
}

void Machine::on(const Stop& stop) {
  if (connected()) emit(Disconnect{stop.resume_later ? kKeepSession : kEndSession});
  if (!stop.resume_later) session_.reset();
  state_ = Idle{};
  emit(
      Report{Condition::stopped, stop.resume_later ? "the session can be resumed" : "the session has ended"});
}

// Straight to the session where there is one; else Discord is asked for the address and the budget first.
void Machine::begin() {
  if (session_ && !resume_url_fails_) return connect(session_->resume_url);
  if (session_ && !url_.empty()) return connect(url_);
  state_ = AskingBotInfo{};
  emit(AskBotInfo{});
}

void Machine::on(const BotInfo& info) {
  if (!std::holds_alternative<AskingBotInfo>(state_)) return;
  url_ = info.url;
  if (session_) return connect(url_);
  if (info.remaining <= 0)
    return pause(
        std::max(info.reset_after, Millis(1s)),
        "all identifies that Discord allows in a day are used up; was the daemon restarting all the time?");
  if (identified_ && now_ < *identified_ + limits::kIdentifyWindow)
    return pause(*identified_ + limits::kIdentifyWindow - now_, "one identify in 5 s is allowed");
  connect(url_);
}

void Machine::on(const BotInfoFailed& failure) {
  if (!std::holds_alternative<AskingBotInfo>(state_)) return;
  if (failure.for_good) return give_up(std::string(advice_for(4004).meaning));
  pause(next_pause(), failure.reason);
}

void Machine::connect(const std::string& base) {
  state_ = Connecting{};
  emit(Connect{with_query(base, options_.query)});
  emit(Report{Condition::connecting, base});
}

void Machine::on(const Opened&) {
  if (!std::holds_alternative<Connecting>(state_)) return;
  window_ = {};
  state_ = Greeting{now_ + options_.hello_timeout};
}

void Machine::on(const Hello& hello) {
  if (!std::holds_alternative<Greeting>(state_)) return;
  resume_url_fails_ = false;
  Millis interval = std::clamp(hello.interval, kShortestBeat, kLongestBeat);
  auto first = Millis(static_cast<std::int64_t>(random_.unit() * static_cast<double>(interval.count())));
  Live live{{interval, now_ + first, std::nullopt, now_}, Phase::identifying, now_ + options_.ready_timeout};
  if (session_) {
    live.phase = Phase::resuming;
    emit(SendResume{*session_});
    emit(Report{Condition::resuming, fmt::format("from event {}", session_->seq)});
  } else {
    seq_.reset();
    identified_ = now_;
    emit(SendIdentify{});
    emit(Report{Condition::identifying, "a new session"});
  }
  window_.sent(now_);
  state_ = live;
}

void Machine::on(const HeartbeatAsked&) {
  if (auto* live = std::get_if<Live>(&state_)) beat(*live);
}

void Machine::on(const HeartbeatAcked&) {
  auto* live = std::get_if<Live>(&state_);
  if (!live) return;
  live->heart.unanswered.reset();
  emit(Latency{now_ - live->heart.last});
}

void Machine::beat(Live& live) {
  live.heart.last = now_;
  window_.sent(now_);
  emit(SendHeartbeat{seq_});
}

// A connection that left the last regular beat unanswered is dead, whatever TCP thinks.
void Machine::beat_or_bury(Live& live) {
  if (live.heart.unanswered)
    return reconnect(next_pause(),
                     fmt::format("no answer to a heartbeat in {:.1f} s, so the connection is dead",
                                 seconds(now_ - *live.heart.unanswered)));
  live.heart.unanswered = now_;
  live.heart.next = now_ + live.heart.interval;
  beat(live);
}

// At once after a session that worked; with a pause where connections never come to anything.
void Machine::on(const ReconnectAsked&) {
  if (std::holds_alternative<Greeting>(state_) || std::holds_alternative<Live>(state_))
    reconnect(ready() ? Millis(0) : next_pause(), "Discord asked for a new connection");
}

// The pause of 1 to 5 s spreads the bots that one outage threw out, and keeps to one identify in 5 s.
void Machine::on(const SessionInvalid& invalid) {
  if (!std::holds_alternative<Greeting>(state_) && !std::holds_alternative<Live>(state_)) return;
  bool was_ready = ready();
  if (!invalid.resumable) session_.reset();
  auto wait = Millis(1000 + static_cast<std::int64_t>(random_.unit() * 4000));
  if (!was_ready) wait = std::max(wait, next_pause());
  reconnect(wait, invalid.resumable ? "the session was interrupted" : "the session is lost");
}

void Machine::on(const Dispatched& event) {
  auto* live = std::get_if<Live>(&state_);
  if (!live) return;
  seq_ = event.seq;
  if (session_) session_->seq = event.seq;
  if (live->phase == Phase::resuming)
    live->deadline = now_ + options_.ready_timeout;  // a long replay is no silence
}

void Machine::on(const ReadyReceived& event) {
  auto* live = std::get_if<Live>(&state_);
  if (!live || live->phase == Phase::ready) return;
  session_ = GatewaySession{event.session_id, event.resume_url.empty() ? url_ : event.resume_url,
                            seq_.value_or(0), event.identity};
  enter_ready("ready");
}

void Machine::on(const ResumedReceived&) {
  auto* live = std::get_if<Live>(&state_);
  if (live && live->phase == Phase::resuming) enter_ready("resumed, nothing was missed");
}

void Machine::enter_ready(const char* how) {
  std::get<Live>(state_).phase = Phase::ready;
  backoff_.reset();
  emit(Report{Condition::ready, how});
  flush_unsent();
}

void Machine::on(const Closed& closed) {
  if (!connected()) return;
  bool before_hello = !std::holds_alternative<Live>(state_);
  bool was_ready = ready();
  CloseAdvice advice = advice_for(closed.code);
  if (advice.next == AfterClose::give_up) return give_up(std::string(advice.meaning));
  if (advice.next == AfterClose::identify) session_.reset();
  // An address that does not even greet may be stale: the other one next time, turn by turn.
  if (before_hello) resume_url_fails_ = !resume_url_fails_;
  std::string why = closed.code ? fmt::format("{} ({}): {}", advice.meaning, *closed.code, closed.reason)
                    : closed.reason.empty() ? std::string(advice.meaning)
                                            : closed.reason;
  if (was_ready) backoff_.reset();
  pause(next_pause(), why);
}

void Machine::on(const StreamBroken& broken) {
  if (std::holds_alternative<Greeting>(state_) || std::holds_alternative<Live>(state_))
    reconnect(next_pause(), broken.reason);
}

void Machine::on(const SendRequested& request) {
  if (request.text.size() > limits::kGatewayPayloadBytes)
    return emit(Report{ready() ? Condition::ready : Condition::waiting,
                       fmt::format("a payload of {} bytes was not sent: {} are allowed", request.text.size(),
                                   limits::kGatewayPayloadBytes)});
  if (unsent_.size() >= options_.unsent)
    return emit(Report{ready() ? Condition::ready : Condition::waiting,
                       fmt::format("a payload was not sent: {} wait already", unsent_.size())});
  unsent_.push_back(request.text);
  if (ready()) flush_unsent();
}

void Machine::flush_unsent() {
  while (!unsent_.empty() && window_.free_at(now_) <= now_) {
    window_.sent(now_);
    emit(SendText{std::move(unsent_.front())});
    unsent_.pop_front();
  }
}

void Machine::on(const Tick&) {
  if (auto* state = std::get_if<Pausing>(&state_); state && now_ >= state->until) return begin();
  if (auto* state = std::get_if<Greeting>(&state_); state && now_ >= state->deadline) {
    resume_url_fails_ = !resume_url_fails_;
    return reconnect(next_pause(), "the server did not greet");
  }
  auto* live = std::get_if<Live>(&state_);
  if (!live) return;
  if (live->phase != Phase::ready && now_ >= live->deadline)
    return reconnect(next_pause(), "the server did not answer");
  if (now_ >= live->heart.next) beat_or_bury(*live);
  if (ready()) flush_unsent();
}

void Machine::reconnect(Millis wait, const std::string& why) {
  emit(Disconnect{kKeepSession});
  pause(wait, why);
}

void Machine::pause(Millis length, const std::string& why) {
  state_ = Pausing{now_ + length};
  const char* next = session_ ? "resuming" : "a new session";
  emit(Report{Condition::waiting, fmt::format("{}; {} in {:.1f} s", why, next, seconds(length))});
}

void Machine::give_up(std::string what_to_do) {
  state_ = Failed{};
  session_.reset();
  emit(Report{Condition::failed, std::move(what_to_do)});
}

}  // namespace coordinator::discord::gateway
