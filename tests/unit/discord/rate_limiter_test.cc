// The scheduler of REST requests: buckets, lanes, order, retries and bans, with time moved by hand.
#include "discord/rate_limiter.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/overloaded.h"
#include "discord/routes.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;
using namespace coordinator::discord::limiter;

namespace {

const char* name(RestError::Kind kind) {
  static const char* const kNames[] = {"refused", "token", "exhausted", "expired", "cancelled"};
  return kNames[static_cast<int>(kind)];
}

std::string described(const Effects& effects) {
  std::string out;
  for (const auto& effect : effects) {
    if (!out.empty()) out += " | ";
    out += std::visit(Overloaded{[](const SendNow& e) { return fmt::format("send {}", e.id); },
                                 [](const Abort& e) { return fmt::format("abort {}", e.id); },
                                 [](const Deliver& e) { return fmt::format("deliver {}", e.id); },
                                 [](const Fail& e) { return fmt::format("{} {}", name(e.error.kind), e.id); },
                                 [](const Notice&) { return std::string("notice"); }},
                      effect);
  }
  return out;
}

std::string notice(const Effects& effects) {
  for (const auto& effect : effects)
    if (const auto* said = std::get_if<Notice>(&effect)) return said->text;
  return {};
}

constexpr Millis kSlack = Buckets::kSlack;
const ChannelId kChannel{10}, kOther{11};

Route post(ChannelId channel = kChannel) { return routes::create_message(channel); }

Answer ok() {
  Answer answer;
  answer.status = 200;
  return answer;
}
Answer ok(const char* bucket, int limit, int remaining, Millis reset_after) {
  Answer answer = ok();
  answer.bucket = bucket;
  answer.limit = limit;
  answer.remaining = remaining;
  answer.reset_after = reset_after;
  return answer;
}
Answer status(int code) {
  Answer answer;
  answer.status = code;
  return answer;
}
Answer limited(LimitScope scope, Millis retry_after) {
  Answer answer = status(429);
  answer.scope = scope;
  answer.retry_after = retry_after;
  return answer;
}

}  // namespace

#define EFFECTS(expected, actual) STRCMP_EQUAL(expected, described(actual).c_str())

TEST_GROUP(RateLimiter) {
  Instant now{Millis(5'000'000)};
  RateLimiter limiter{Options{}, 1};

  Effects told(const Event& event) { return limiter.handle(event, now); }
  Effects submit(RequestId id, Route route = post(), Lane lane = Lane::answer, bool repeatable = true,
                 std::optional<Millis> useful_for = {}) {
    return told(Submitted{id, lane, std::move(route), repeatable, useful_for});
  }
  Effects answer(RequestId id, Answer with = ok()) { return told(Answered{id, std::move(with)}); }
  Effects wake() {
    CHECK_TEXT(limiter.wake_at().has_value(), "it waits for nothing");
    CHECK(*limiter.wake_at() >= now);
    now = *limiter.wake_at();
    return told(Tick{});
  }
  Millis wait() { return *limiter.wake_at() - now; }
  // Makes the bucket of messages in a channel known.
  void know(ChannelId channel = kChannel, int limit = 5, int remaining = 5, Millis reset_after = 5s) {
    submit(900 + channel.value, post(channel));
    answer(900 + channel.value, ok("hash", limit, remaining, reset_after));
  }
};

TEST(RateLimiter, sends_at_once_and_delivers) {
  EFFECTS("send 1", submit(1));
  EFFECTS("deliver 1", answer(1));
  LONGS_EQUAL(0, limiter.waiting() + limiter.on_the_wire());
  CHECK(!limiter.wake_at());
}

TEST(RateLimiter, sends_one_at_a_time_while_the_bucket_is_unknown) {
  EFFECTS("send 1", submit(1));
  EFFECTS("", submit(2));
  EFFECTS("", submit(3, post(), Lane::approval));
  EFFECTS("send 4", submit(4, post(kOther)));
  EFFECTS("deliver 1 | send 3", answer(1));  // the better lane first
  EFFECTS("deliver 3 | send 2", answer(3));
}

TEST(RateLimiter, keeps_the_order_of_a_lane_and_a_channel_even_where_the_bucket_has_room) {
  know();
  EFFECTS("send 1", submit(1));
  EFFECTS("", submit(2));
  EFFECTS("", submit(3));
  EFFECTS("deliver 1 | send 2", answer(1, ok("hash", 5, 4, 5s)));
}

TEST(RateLimiter, keeps_the_order_across_retries) {
  know();
  submit(1);
  submit(2);
  EFFECTS("", answer(1, status(502)));
  CHECK(wait() >= 500ms && wait() <= 1s);
  EFFECTS("send 1", wake());
  EFFECTS("", told(Unanswered{1, true, "broken"}));
  EFFECTS("send 1", wake());
  EFFECTS("deliver 1 | send 2", answer(1));
}

TEST(RateLimiter, waits_for_the_reset_of_an_empty_bucket) {
  submit(1);
  submit(2);
  EFFECTS("deliver 1", answer(1, ok("hash", 5, 0, 3s)));
  CHECK(wait() == 3s + kSlack);
  now += 2s;
  EFFECTS("", told(Tick{}));
  EFFECTS("send 2", wake());
}

TEST(RateLimiter, counts_what_is_on_the_wire_against_the_bucket) {
  know(kChannel, 5, 2, 5s);
  EFFECTS("send 1", submit(1));
  EFFECTS("send 2", submit(2, post(), Lane::approval));
  EFFECTS("", submit(3, post(), Lane::callback));
  CHECK(wait() == 5s + kSlack);
  EFFECTS("deliver 1", answer(1, ok("hash", 5, 1, 4s)));  // the one that is left is request 2's
  CHECK(wait() == 4s + kSlack);
}

TEST(RateLimiter, knows_a_bucket_by_hash_and_top_level_id) {
  know(kChannel, 5, 0, 5s);
  EFFECTS("send 1", submit(1, post(kOther)));  // same hash, other channel
  EFFECTS("", submit(2));                      // same channel, empty
}

TEST(RateLimiter, shares_a_bucket_between_routes_of_one_hash) {
  know();
  submit(1, routes::typing(kChannel));
  answer(1, ok("hash", 5, 0, 4s));
  EFFECTS("", submit(2));
  CHECK(wait() == 4s + kSlack);
}

TEST(RateLimiter, does_not_replace_a_known_hash_hastily) {
  auto erase = routes::delete_message(kChannel, MessageId{7});
  submit(1, erase);
  answer(1, ok("normal", 5, 0, 9s));
  now += 9s + kSlack;
  submit(2, erase);
  answer(2, ok("old messages", 30, 0, 60s));  // another bucket under the same route
  EFFECTS("send 3", submit(3, erase));
  for (RequestId id = 3; id < 5; ++id) {
    answer(id, ok("old messages", 30, 0, 60s));
    submit(id + 1, erase);
  }
  CHECK(wait() == 60s + kSlack);  // seen three times in a row: believed
}

TEST(RateLimiter, holds_lanes_in_their_order) {
  // Everything waits behind one global 429, then goes by lane.
  submit(10, post(ChannelId{1}));
  answer(10, limited(LimitScope::global, 2s));
  submit(11, routes::typing(ChannelId{2}), Lane::ambient);
  submit(12, routes::edit_message(ChannelId{3}, MessageId{1}), Lane::edit);
  submit(13, post(ChannelId{4}), Lane::answer);
  submit(14, post(ChannelId{5}), Lane::approval);
  submit(15, routes::message(ChannelId{6}, MessageId{1}), Lane::callback);
  EFFECTS("send 15 | send 14 | send 10 | send 13 | send 12 | send 11", wake());
}

TEST(RateLimiter, lets_interactions_pass_a_global_limit) {
  submit(1);
  auto effects = answer(1, limited(LimitScope::global, 2s));
  EFFECTS("notice", effects);
  STRCMP_CONTAINS("2.0 s", notice(effects).c_str());
  EFFECTS("send 2", submit(2, routes::interaction_callback(InteractionId{5}, "t"), Lane::callback));
  EFFECTS("", submit(3, post(kOther)));
  EFFECTS("send 1 | send 3", wake());
}

TEST(RateLimiter, sends_at_most_45_a_second_over_all_buckets) {
  int sent = 0;
  for (RequestId id = 1; id <= 200; ++id) sent += described(submit(id, post(ChannelId{id}))) != "";
  LONGS_EQUAL(45, sent);
  CHECK(wait() == 1s);
  std::map<Instant, int> at;
  for (int i = 0; i < 10 && limiter.waiting(); ++i) at[now] += static_cast<int>(wake().size());
  LONGS_EQUAL(0, limiter.waiting());
  for (auto [when, count] : at) CHECK(count <= 45);
}

TEST(RateLimiter, waits_out_a_429_of_its_bucket_only) {
  submit(1);
  submit(2);
  EFFECTS("", answer(1, limited(LimitScope::user, 700ms)));
  EFFECTS("send 3", submit(3, post(kOther)));
  CHECK(wait() == 700ms + kSlack);
  EFFECTS("send 1", wake());
  EFFECTS("deliver 1 | send 2", answer(1));
}

TEST(RateLimiter, stops_everything_when_the_edge_refuses_this_address) {
  submit(1);
  Answer banned = status(429);
  banned.from_discord = false;
  banned.scope = LimitScope::user;
  auto effects = answer(1, banned);
  EFFECTS("notice", effects);
  STRCMP_CONTAINS("60 s", notice(effects).c_str());
  EFFECTS("", submit(2, routes::interaction_callback(InteractionId{5}, "t"), Lane::callback));
  EFFECTS("", submit(3, post(kOther)));
  CHECK(wait() == 60s + kSlack);
  EFFECTS("send 2 | send 1 | send 3", wake());
  banned.retry_after = 600s;
  answer(1, banned);
  now += 1ms;
  EFFECTS("", submit(4, post(ChannelId{99})));
  CHECK(wait() == 600s + kSlack - 1ms);
}

TEST(RateLimiter, gives_up_a_request_that_is_limited_for_ever) {
  submit(1);
  for (int i = 0; i < 19; ++i) {
    EFFECTS("", answer(1, limited(LimitScope::shared, 1s)));
    EFFECTS("send 1", wake());
  }
  EFFECTS("exhausted 1", answer(1, limited(LimitScope::shared, 1s)));
}

TEST(RateLimiter, retries_what_may_be_repeated_and_then_gives_up) {
  submit(1);
  Millis longest{};
  for (int i = 0; i < 5; ++i) {
    EFFECTS("", answer(1, status(503)));
    longest = std::max(longest, wait());
    EFFECTS("send 1", wake());
  }
  CHECK(longest >= 8s);
  auto effects = answer(1, status(500));
  EFFECTS("exhausted 1", effects);
  STRCMP_CONTAINS("6 tries", std::get<Fail>(effects[0]).error.message.c_str());
  LONGS_EQUAL(500, std::get<Fail>(effects[0]).error.status);
}

TEST(RateLimiter, repeats_nothing_that_may_have_been_done_and_must_not_be_done_twice) {
  submit(1, post(), Lane::answer, false);
  EFFECTS("", told(Unanswered{1, false, "no route to host"}));  // it certainly did not arrive
  EFFECTS("send 1", wake());
  auto effects = told(Unanswered{1, true, "the connection broke"});
  EFFECTS("exhausted 1", effects);
  STRCMP_CONTAINS("may have been done", std::get<Fail>(effects[0]).error.message.c_str());
  submit(2, post(), Lane::answer, false);
  EFFECTS("exhausted 2", answer(2, status(502)));
  submit(3, post(), Lane::answer, false);
  EFFECTS("", answer(3, limited(LimitScope::user, 1s)));  // a 429 was certainly not done
  EFFECTS("send 3", wake());
}

TEST(RateLimiter, says_that_an_answer_came_to_a_repetition) {
  submit(1);
  told(Unanswered{1, true, "broken"});
  wake();
  auto effects = answer(1, status(400));
  EFFECTS("deliver 1", effects);
  CHECK(std::get<Deliver>(effects[0]).repeated);
}

TEST(RateLimiter, never_repeats_a_refusal) {
  for (int code : {400, 403, 404, 405, 413}) {
    submit(static_cast<RequestId>(code));
    STRCMP_EQUAL(fmt::format("deliver {}", code).c_str(),
                 described(answer(static_cast<RequestId>(code), status(code))).c_str());
  }
  LONGS_EQUAL(0, limiter.waiting());
}

TEST(RateLimiter, stops_for_good_when_the_token_is_refused) {
  submit(1);
  submit(2);
  submit(3, post(kOther));
  auto effects = answer(1, status(401));
  EFFECTS("notice | token 1 | token 2 | abort 3 | token 3", effects);
  STRCMP_CONTAINS("put a valid one", notice(effects).c_str());
  EFFECTS("token 4", submit(4));
  LONGS_EQUAL(0, limiter.waiting() + limiter.on_the_wire());
}

TEST(RateLimiter, does_not_take_the_end_of_an_interactions_token_for_that_of_its_own) {
  Answer gone = status(401);
  gone.code = 50027;
  submit(1, routes::original_response(Method::patch, ApplicationId{1}, "t"), Lane::edit);
  EFFECTS("deliver 1", answer(1, gone));
  EFFECTS("send 2", submit(2));
}

TEST(RateLimiter, stops_well_before_Discord_bans_for_refused_requests) {
  RequestId id = 0;
  Effects effects;
  for (int i = 0; i < 2000; ++i) {
    now += 100ms;
    submit(++id);
    effects = answer(id, i % 2 ? status(403) : status(404));  // a 404 does not count
    LONGS_EQUAL_TEXT(1, effects.size(), "too early");
  }
  for (int i = 0; i < 1000; ++i) {
    now += 100ms;
    submit(++id);
    effects = answer(id, status(403));
  }
  EFFECTS(fmt::format("notice | deliver {}", id).c_str(), effects);
  EFFECTS("", submit(++id));
  CHECK(wait() == 10min - 300s + 200ms);
  EFFECTS(fmt::format("send {}", id).c_str(), wake());
}

TEST(RateLimiter, does_not_count_shared_limits_as_refusals) {
  limiter = RateLimiter(Options{.queue = 10, .limited_tries = 1, .invalid = 3}, 1);
  for (RequestId id = 1; id <= 10; ++id) {
    submit(id, post(ChannelId{id}));
    EFFECTS(fmt::format("exhausted {}", id).c_str(), answer(id, limited(LimitScope::shared, 1ms)));
  }
  EFFECTS("send 11", submit(11, post(ChannelId{11})));
}

TEST(RateLimiter, drops_what_is_of_no_use_any_more) {
  auto typing = routes::typing(kChannel);
  submit(1, typing, Lane::ambient);
  EFFECTS("", submit(2, typing, Lane::ambient, true, 5s));
  EFFECTS("", submit(3, typing, Lane::ambient, true, 6s));
  answer(1, ok("typing", 1, 0, 10s));
  CHECK(wait() == 5s);
  EFFECTS("expired 2", wake());
  EFFECTS("expired 3", wake());
  LONGS_EQUAL(0, limiter.waiting());
}

TEST(RateLimiter, cancels_what_waits_and_what_is_on_the_wire) {
  submit(1);
  submit(2);
  submit(3);
  EFFECTS("cancelled 2", told(Cancelled{2}));
  EFFECTS("abort 1 | cancelled 1 | send 3", told(Cancelled{1}));
  EFFECTS("", answer(1));  // a straggler
  EFFECTS("", told(Cancelled{77}));
  EFFECTS("deliver 3", answer(3));
}

TEST(RateLimiter, withdraws_what_waits_and_lets_the_rest_end_without_repeating_it) {
  submit(1);
  submit(2);
  EFFECTS("cancelled 2", told(Withdrawn{2}));
  EFFECTS("", told(Withdrawn{1}));
  EFFECTS("deliver 1", answer(1));
  submit(3);
  told(Withdrawn{3});
  EFFECTS("cancelled 3", answer(3, limited(LimitScope::user, 1s)));
  now += 1s + kSlack;
  submit(4);
  told(Withdrawn{4});
  EFFECTS("cancelled 4", answer(4, status(502)));
}

TEST(RateLimiter, refuses_more_than_its_cap) {
  limiter = RateLimiter(Options{.queue = 3}, 1);
  for (RequestId id = 1; id <= 4; ++id) submit(id);
  auto effects = submit(5);
  EFFECTS("exhausted 5", effects);
  STRCMP_CONTAINS("3 requests wait", std::get<Fail>(effects[0]).error.message.c_str());
  EFFECTS("deliver 1 | send 2", answer(1));
  EFFECTS("", submit(6));
}

TEST(RateLimiter, serves_a_route_without_headers_one_by_one) {
  for (RequestId id = 1; id <= 3; ++id) submit(id);
  EFFECTS("deliver 1 | send 2", answer(1));
  EFFECTS("deliver 2 | send 3", answer(2));
}

// A Discord of its own: whatever is thrown at the limiter, it never breaks a bucket's limit or an order.
TEST(RateLimiter, never_breaks_a_limit_or_an_order) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    limiter = RateLimiter(Options{}, seed);
    Random random(seed);
    struct Window {
      Instant end{};
      int used = 0;
    };
    std::map<std::uint64_t, Window> windows;
    std::map<RequestId, std::uint64_t> channel_of;
    std::map<std::uint64_t, RequestId> delivered;
    std::vector<RequestId> wire;
    RequestId next = 0;
    std::size_t done = 0;
    auto take = [&](const Effects& effects) {
      for (const auto& effect : effects) {
        if (const auto* send = std::get_if<SendNow>(&effect)) wire.push_back(send->id);
        if (const auto* end = std::get_if<Deliver>(&effect)) {
          std::uint64_t channel = channel_of[end->id];
          CHECK_TEXT(delivered[channel] < end->id, "a message overtook another of its channel");
          delivered[channel] = end->id;
          ++done;
        }
        CHECK_TEXT(!std::holds_alternative<Fail>(effect), "a request failed");
      }
    };
    for (int step = 0; step < 3000 && done < 300; ++step) {
      if (next < 300 && random.below(2)) {
        std::uint64_t channel = 1 + random.below(8);
        channel_of[++next] = channel;
        take(submit(next, post(ChannelId{channel})));
      } else if (!wire.empty() && random.below(3)) {
        std::size_t pick = random.below(wire.size());
        RequestId id = wire[pick];
        wire.erase(wire.begin() + static_cast<std::ptrdiff_t>(pick));
        Window& window = windows[channel_of[id]];
        if (now >= window.end) window = {now + 5s, 0};
        if (random.below(20) == 0) {
          take(told(Unanswered{id, true, "broken"}));
        } else {
          CHECK_TEXT(++window.used <= 5, "the bucket overflowed");
          take(answer(id, ok("hash", 5, 5 - window.used, window.end - now)));
        }
      } else if (limiter.wake_at() && wire.empty()) {
        take(wake());
      } else {
        now += Millis(random.below(50));
      }
    }
    LONGS_EQUAL(300, done);
  }
}
