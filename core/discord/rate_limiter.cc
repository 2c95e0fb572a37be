#include "discord/rate_limiter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "discord/limits.h"

namespace coordinator::discord::limiter {

namespace {

// Below Discord's 50: it counts where requests arrive, and they do not arrive as evenly as they left.
constexpr std::size_t kGlobalSends = 45;
constexpr Millis kGlobalWindow = 1s;
constexpr Millis kUnsaidPause = 1s;  // after a 429 that names no time
constexpr std::size_t kManyBuckets = 4096;
constexpr int kWebhookTokenGone = 50027;  // a 401 that says nothing about our own token

double seconds(Millis time) { return static_cast<double>(time.count()) / 1000.0; }

std::string line_key(const Route& route) { return Buckets::kind_of(route) + " " + route.major; }

// 5xx, and a proxy's impatience: not Discord's last word.
bool is_passing(int status) { return status >= 500 || status == 408; }

void extend(std::optional<Instant>& until, Instant at) { until = until ? std::max(*until, at) : at; }

}  // namespace

Effects RateLimiter::handle(const Event& event, Instant now) {
  now_ = now;
  std::visit([this](const auto& what) { on(what); }, event);
  dispatch();
  return std::exchange(effects_, {});
}

void RateLimiter::on(const Submitted& event) {
  if (token_refused_) return emit(Fail{event.id, {RestError::Kind::token, 401, 0, *token_refused_}});
  if (waiting_ >= options_.queue)
    return emit(
        Fail{event.id,
             {RestError::Kind::exhausted, 0, 0,
              fmt::format("{} requests wait already: Discord is slow, or the network is down", waiting_)}});
  std::string key = line_key(event.route);
  Entry entry{event, std::nullopt, Backoff(options_.first_pause, options_.longest_pause)};
  if (event.useful_for) entry.expires = now_ + *event.useful_for;
  lanes_[static_cast<std::size_t>(event.lane)][key].push_back(std::move(entry));
  places_[event.id] = {event.lane, key};
  ++waiting_;
  if (buckets_.size() > kManyBuckets) buckets_.forget_idle(now_);
}

void RateLimiter::on(const Cancelled& event) {
  Entry* entry = find(event.id);
  if (!entry) return;
  if (entry->on_the_wire) emit(Abort{event.id});
  fail(event.id, {RestError::Kind::cancelled, 0, 0, "cancelled"});
}

void RateLimiter::on(const Withdrawn& event) {
  Entry* entry = find(event.id);
  if (!entry) return;
  entry->withdrawn = true;
  if (!entry->on_the_wire) fail_withdrawn(*entry);
}

void RateLimiter::fail_withdrawn(const Entry& entry) {
  fail(entry.request.id, {RestError::Kind::cancelled, 0, 0, "withdrawn"});
}

void RateLimiter::on(const Answered& event) {
  Entry* entry = find(event.id);
  if (!entry || !entry->on_the_wire) return;
  const Answer& answer = event.answer;
  take_off_the_wire(*entry);
  buckets_.learn(entry->request.route, answer, now_);
  count_invalid(answer);
  bool ours = entry->request.route.global_limit && answer.code != kWebhookTokenGone;
  if (answer.status == 401 && ours) return refuse_token(answer.message);
  if (answer.status == 429) return on_limited(*entry, answer);
  if (is_passing(answer.status))
    return retry_or_fail(*entry, true, fmt::format("Discord answered {}", answer.status), answer.status);
  emit(Deliver{event.id, entry->maybe_done});
  remove(event.id);
}

void RateLimiter::on(const Unanswered& event) {
  Entry* entry = find(event.id);
  if (!entry || !entry->on_the_wire) return;
  take_off_the_wire(*entry);
  retry_or_fail(*entry, event.maybe_done, event.reason, 0);
}

// It goes back to where it was, in front of its line; what must wait is the bucket, or everything.
void RateLimiter::on_limited(Entry& entry, const Answer& answer) {
  Instant until = now_ +
                  answer.retry_after.value_or(answer.from_discord ? kUnsaidPause : options_.ban_pause) +
                  Buckets::kSlack;
  if (!answer.from_discord) {
    extend(all_until_, until);
    emit(Notice{
        fmt::format("Discord's edge refuses this address: no request for {:.0f} s", seconds(until - now_))});
  } else if (answer.scope == LimitScope::global) {
    extend(global_until_, until);
    emit(Notice{
        fmt::format("the global rate limit is reached: no request for {:.1f} s", seconds(until - now_))});
  } else {
    entry.not_before = until;
    buckets_.block(buckets_.key_for(entry.request.route), until);
  }
  if (entry.withdrawn) return fail_withdrawn(entry);
  if (++entry.limited < options_.limited_tries) return;
  fail(entry.request.id, {RestError::Kind::exhausted, 429, answer.code,
                          fmt::format("Discord answered 429 {} times", entry.limited)});
}

// What may have been done and must not be done twice is not repeated: the caller has to look.
void RateLimiter::retry_or_fail(Entry& entry, bool maybe_done, const std::string& reason, int status) {
  entry.maybe_done |= maybe_done;
  ++entry.failures;
  if (entry.withdrawn) return fail_withdrawn(entry);
  RestError error{RestError::Kind::exhausted, status, 0, reason};
  if (maybe_done && !entry.request.repeatable) {
    error.message += "; it may have been done all the same, so it is not repeated";
    return fail(entry.request.id, std::move(error));
  }
  if (entry.failures >= options_.tries) {
    error.message = fmt::format("{} ({} tries)", reason, entry.failures);
    return fail(entry.request.id, std::move(error));
  }
  entry.not_before = now_ + entry.backoff.next(random_);
}

// Going on would end in a ban: nothing is sent any more, and everybody is told.
void RateLimiter::refuse_token(const std::string& message) {
  token_refused_ = "Discord refuses the token (401): put a valid one into the configuration and restart";
  if (!message.empty()) *token_refused_ += "; Discord said: " + message;
  std::vector<RequestId> all;
  for (const auto& [id, place] : places_) all.push_back(id);
  std::sort(all.begin(), all.end());
  emit(Notice{*token_refused_});
  for (RequestId id : all) {
    if (find(id)->on_the_wire) emit(Abort{id});
    fail(id, {RestError::Kind::token, 401, 0, *token_refused_});
  }
}

void RateLimiter::count_invalid(const Answer& answer) {
  bool counts = answer.status == 401 || answer.status == 403 ||
                (answer.status == 429 && answer.scope != LimitScope::shared);
  if (!counts) return;
  if (!invalid_since_ || now_ >= *invalid_since_ + limits::kInvalidWindow) {
    invalid_since_ = now_;
    invalid_ = 0;
  }
  if (++invalid_ < options_.invalid) return;
  Instant until = *invalid_since_ + limits::kInvalidWindow;
  if (all_until_ && *all_until_ >= until) return;
  extend(all_until_, until);
  emit(Notice{
      fmt::format("{} refused requests in ten minutes, and Discord bans at {}: no request for {:.0f} s; look "
                  "for the cause in the log",
                  invalid_, limits::kInvalidRequests, seconds(until - now_))});
}

// Every line's first request, lane by lane, the oldest first.
void RateLimiter::dispatch() {
  wake_.reset();
  std::vector<Line*> fronts;
  for (Lines& lines : lanes_) {
    fronts.clear();
    for (auto& [key, line] : lines)
      if (!line.front().on_the_wire) fronts.push_back(&line);
    std::sort(fronts.begin(), fronts.end(),
              [](const Line* a, const Line* b) { return a->front().request.id < b->front().request.id; });
    for (Line* line : fronts) try_front(*line);
  }
}

void RateLimiter::try_front(Line& line) {
  while (line.front().expires && *line.front().expires <= now_) {
    bool last = line.size() == 1;
    fail(line.front().request.id,
         {RestError::Kind::expired, 0, 0, "it waited until it was of no use any more"});
    if (last) return;  // the line is gone with it
  }
  Entry& entry = line.front();
  auto at = free_at(entry);
  if (at && *at <= now_) return send(entry);
  if (at) wake_by(*at);
  if (entry.expires) wake_by(*entry.expires);
}

// Absent: only an answer can free it.
std::optional<Instant> RateLimiter::free_at(const Entry& entry) const {
  auto at = buckets_.free_at(buckets_.key_for(entry.request.route), now_);
  if (!at) return std::nullopt;
  *at = std::max(*at, entry.not_before);
  if (all_until_) *at = std::max(*at, *all_until_);
  if (!entry.request.route.global_limit) return at;
  if (global_until_) *at = std::max(*at, *global_until_);
  if (recent_.size() >= kGlobalSends)
    *at = std::max(*at, recent_[recent_.size() - kGlobalSends] + kGlobalWindow);
  return at;
}

void RateLimiter::send(Entry& entry) {
  entry.on_the_wire = true;
  entry.bucket = buckets_.key_for(entry.request.route);
  buckets_.sent(entry.bucket, now_);
  if (entry.request.route.global_limit) recent_.push_back(now_);
  if (recent_.size() > kGlobalSends) recent_.pop_front();
  --waiting_;
  ++sent_;
  emit(SendNow{entry.request.id});
}

void RateLimiter::wake_by(Instant at) { wake_ = wake_ ? std::min(*wake_, at) : at; }

RateLimiter::Entry* RateLimiter::find(RequestId id) {
  auto place = places_.find(id);
  if (place == places_.end()) return nullptr;
  Line& line = lanes_[static_cast<std::size_t>(place->second.lane)][place->second.line];
  auto entry = std::find_if(line.begin(), line.end(), [&](const Entry& e) { return e.request.id == id; });
  return entry == line.end() ? nullptr : &*entry;
}

void RateLimiter::take_off_the_wire(Entry& entry) {
  entry.on_the_wire = false;
  buckets_.returned(entry.bucket);
  --sent_;
  ++waiting_;
}

void RateLimiter::remove(RequestId id) {
  Entry* entry = find(id);
  if (entry->on_the_wire) take_off_the_wire(*entry);
  --waiting_;
  Place place = places_.at(id);
  places_.erase(id);
  Lines& lines = lanes_[static_cast<std::size_t>(place.lane)];
  Line& line = lines.at(place.line);
  std::erase_if(line, [&](const Entry& e) { return e.request.id == id; });
  if (line.empty()) lines.erase(place.line);
}

void RateLimiter::fail(RequestId id, RestError error) {
  emit(Fail{id, std::move(error)});
  remove(id);
}

}  // namespace coordinator::discord::limiter
