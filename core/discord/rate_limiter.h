// When each REST request may go out: Discord's buckets, the global limit, lanes, retries, as a pure
// scheduler. https://discord.com/developers/docs/topics/rate-limits
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/random.h"
#include "discord/answer.h"
#include "discord/buckets.h"
#include "discord/request.h"

namespace coordinator::discord {

using RequestId = std::uint64_t;

namespace limiter {

// What happens.
struct Submitted {
  RequestId id = 0;
  Lane lane = Lane::answer;
  Route route;
  bool repeatable = true;  // doing it twice is the same as doing it once
  std::optional<Millis> useful_for;
};
struct Cancelled {
  RequestId id = 0;
};
struct Withdrawn {  // not to be sent any more; what is on the wire comes to its end, but is not repeated
  RequestId id = 0;
};
struct Answered {
  RequestId id = 0;
  Answer answer;
};
struct Unanswered {  // the network failed
  RequestId id = 0;
  bool maybe_done = false;
  std::string reason;
};
struct Tick {};  // the time of wake_at() has come

using Event = std::variant<Submitted, Cancelled, Withdrawn, Answered, Unanswered, Tick>;

// What it wants done.
struct SendNow {
  RequestId id = 0;
};
struct Abort {  // it is on the wire: hear nothing more of it
  RequestId id = 0;
};
struct Deliver {  // the answer that just came is the caller's
  RequestId id = 0;
  bool repeated = false;  // an earlier try may have been done already
};
struct Fail {
  RequestId id = 0;
  RestError error;
};
struct Notice {  // for the log
  std::string text;
};

using Effect = std::variant<SendNow, Abort, Deliver, Fail, Notice>;
using Effects = std::vector<Effect>;

struct Options {
  std::size_t queue = 5000;  // requests that may wait
  int tries = 6;             // of one request that meets 5xx or a broken network
  int limited_tries = 20;    // of one request that meets 429
  Millis first_pause = 1s, longest_pause = 30s;
  Millis ban_pause = 60s;      // after a 429 that is not Discord's and names no time
  std::size_t invalid = 2000;  // 401, 403, 429 in ten minutes; Discord bans an address at 10,000
};

// Precedence is by lane, then by order of submission. Of one lane and one route (with its top-level id) a
// single request is on the wire at a time, and while it is retried those behind it wait: so messages of one
// channel keep their order. A bucket whose limit is not yet known carries one request at a time over all
// lanes.
class RateLimiter {
 public:
  RateLimiter(Options options, std::uint64_t seed) : options_(options), random_(seed) {}

  Effects handle(const Event& event, Instant now);

  // When it wants a Tick, if nothing happens before.
  std::optional<Instant> wake_at() const { return wake_; }
  std::size_t waiting() const { return waiting_; }
  std::size_t on_the_wire() const { return sent_; }

 private:
  struct Entry {
    Submitted request;
    std::optional<Instant> expires;
    Backoff backoff;
    Instant not_before{};
    int failures = 0, limited = 0;
    bool maybe_done = false;
    bool on_the_wire = false;
    bool withdrawn = false;
    std::string bucket{};  // the one that it was counted in when it was sent
  };
  // The requests of one lane and route, in order; never empty; only the first may be on the wire.
  using Line = std::deque<Entry>;
  using Lines = std::map<std::string, Line>;
  struct Place {
    Lane lane;
    std::string line;
  };

  void on(const Submitted& event);
  void on(const Cancelled& event);
  void on(const Withdrawn& event);
  void on(const Answered& event);
  void on(const Unanswered& event);
  void on(const Tick&) {}

  void on_limited(Entry& entry, const Answer& answer);
  void retry_or_fail(Entry& entry, bool maybe_done, const std::string& reason, int status);
  void refuse_token(const std::string& message);
  void count_invalid(const Answer& answer);

  void dispatch();
  void try_front(Line& line);
  std::optional<Instant> free_at(const Entry& entry) const;
  void send(Entry& entry);
  void wake_by(Instant at);

  Entry* find(RequestId id);
  void take_off_the_wire(Entry& entry);
  void remove(RequestId id);
  void fail(RequestId id, RestError error);
  void fail_withdrawn(const Entry& entry);
  template <class T>
  void emit(T effect) {
    effects_.push_back(std::move(effect));
  }

  Options options_;
  Random random_;
  Buckets buckets_;
  std::array<Lines, 5> lanes_;
  std::unordered_map<RequestId, Place> places_;
  std::size_t waiting_ = 0, sent_ = 0;
  std::deque<Instant> recent_;                       // the last sends that count against the global limit
  std::optional<Instant> global_until_, all_until_;  // nothing before then
  std::optional<Instant> invalid_since_;             // the beginning of the present ten minutes
  std::size_t invalid_ = 0;
  std::optional<std::string> token_refused_;
  Effects effects_;
  Instant now_{};
  std::optional<Instant> wake_;
};

}  // namespace limiter

}  // namespace coordinator::discord
