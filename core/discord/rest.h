// The REST client: requests in, answers out, everything that Discord asks of a polite client in between.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "discord/rate_limiter.h"
#include "discord/request.h"
#include "discord/token.h"
#include "io/http_client.h"
#include "io/timer.h"

namespace coordinator::io {
class Loop;
}

namespace coordinator::discord {

struct RestOptions {
  std::string base_url = "https://discord.com/api/v10";  // https, or http to this machine
  std::string ca_file{};                                 // the only authority trusted when not empty
  limiter::Options limits{};
  Millis timeout = 30s;  // of one try; files get more
};

// For metrics. A route is "POST /channels/{}/messages", never an id, so the set is small.
struct RestStats {
  std::map<std::pair<std::string, int>, std::uint64_t> answers;  // by route and status; 0: the network failed
  std::uint64_t waits = 0;                                       // requests that did not go out at once
  Millis waited{};                                               // by all of them together
};

class Rest {
 public:
  // A wrong base URL fails every request, in words.
  Rest(io::Loop& loop, Token token, RestOptions options = {});
  ~Rest();  // calls nobody back
  Rest(const Rest&) = delete;
  Rest& operator=(const Rest&) = delete;

  // Calls back once, never from inside send(), cancel() or withdraw(). Of one lane and route answers come in
  // the order of the requests. A message without an enforced nonce whose fate is unknown is not sent again:
  // it fails as `exhausted`, and the caller looks.
  RequestId send(Request request, RestCallback callback);
  // Forgets it, even on the wire; called back as `cancelled`.
  void cancel(RequestId id);
  // It must not go out any more: called back as `cancelled`, or, where it is on the wire, when it has come to
  // its end.
  void withdraw(RequestId id);

  // By how much Discord's clock is ahead of this machine's, by the last answer that told the time; zero where
  // they differ by less than two seconds, which the header cannot tell.
  Millis clock_ahead() const { return clock_ahead_; }
  const RestStats& stats() const { return stats_; }
  std::size_t waiting() const { return limiter_.waiting(); }

 private:
  struct Pending;

  void tell(const limiter::Event& event);
  void apply(const limiter::SendNow& effect);
  void apply(const limiter::Abort& effect);
  void apply(const limiter::Deliver& effect);
  void apply(const limiter::Fail& effect);
  void apply(const limiter::Notice& effect);
  io::HttpRequest http_request(const Pending& pending) const;
  void answered(RequestId id, io::HttpResult result);
  void compare_clocks(std::string_view date);
  void complete(RequestId id, RestResult result);
  Now now() const;

  io::Loop& loop_;
  Token token_;
  RestOptions options_;
  io::HttpClient http_;
  limiter::RateLimiter limiter_;
  io::Timer timer_;
  std::unordered_map<RequestId, std::unique_ptr<Pending>> pending_;
  RequestId last_id_ = 0;
  RestStats stats_;
  Millis clock_ahead_{0};
  std::shared_ptr<Rest*> self_;  // outlives us in deferred calls, pointing at nothing
};

}  // namespace coordinator::discord
