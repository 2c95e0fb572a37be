// The REST client against a real socket that answers as Discord does.
#include "discord/rest.h"

#include <memory>
#include <string>
#include <vector>

#include "discord/routes.h"
#include "io/http_peer.h"
#include "io/loop.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;
using coordinator::test::HttpPeer;
using coordinator::test::HttpSeen;
using coordinator::test::run_until;

namespace {

const ChannelId kChannel{10}, kOther{11};

Request message(const char* content, ChannelId channel = kChannel) {
  Request request;
  request.route = routes::create_message(channel);
  request.body = Json::object().set("content", content).set("nonce", content).set("enforce_nonce", true);
  return request;
}

Request plain(Route route) {
  Request request;
  request.route = std::move(route);
  return request;
}

}  // namespace

TEST_GROUP(Rest) {
  io::Loop loop;
  std::unique_ptr<HttpPeer> server = std::make_unique<HttpPeer>(loop);
  std::unique_ptr<Rest> rest;
  std::vector<RestResult> results;
  std::vector<int> order;

  void setup() override { start({}); }
  void start(limiter::Options limits) {
    RestOptions options;
    options.base_url = server->url("/api/v10/");
    options.limits = limits;
    options.timeout = 2s;
    rest = std::make_unique<Rest>(loop, Token("SECRET"), options);
  }
  void teardown() override {
    rest.reset();
    server.reset();
    for (int i = 0; i < 3; ++i) loop.run_once(false);
  }
  RequestId send(Request request, int mark = 0) {
    return rest->send(std::move(request), [this, mark](RestResult result) {
      order.push_back(mark);
      results.push_back(std::move(result));
    });
  }
  bool done(std::size_t count) {
    return run_until(loop, [&] { return results.size() >= count; });
  }
  // Answers each request with the next of these, the last one for ever.
  void answer_with(std::vector<std::string> answers) {
    server->on_request = [answers, next = std::size_t(0)](auto& peer, const HttpSeen&) mutable {
      const std::string& text = answers[std::min(next++, answers.size() - 1)];
      if (text.empty()) return peer.drop();
      peer.send(text);
    };
  }
};

TEST(Rest, sends_as_Discord_wants_it) {
  answer_with({HttpPeer::answer(200, R"({"id":"77"})")});
  send(message("hi"));
  CHECK(done(1));
  STRCMP_EQUAL("77", (*results[0]).body["id"].text_or("").c_str());
  auto& seen = server->seen[0];
  STRCMP_EQUAL("POST", seen.method.c_str());
  STRCMP_EQUAL("/api/v10/channels/10/messages", seen.target.c_str());
  STRCMP_EQUAL("Bot SECRET", seen.header("Authorization").c_str());
  STRCMP_EQUAL("application/json", seen.header("Content-Type").c_str());
  CHECK(seen.header("User-Agent").starts_with("DiscordBot (https://"));
  STRCMP_CONTAINS(R"("allowed_mentions":{"parse":[],"replied_user":false})", seen.body.c_str());
}

TEST(Rest, knows_by_how_much_the_clocks_differ) {
  CHECK_TRUE(rest->clock_ahead() == 0ms);
  answer_with({HttpPeer::answer(200, "{}", "Date: Thu, 01 Jan 2099 00:00:00 GMT\r\n")});
  send(message("hi"));
  CHECK(done(1));
  CHECK_TRUE(rest->clock_ahead() > 24h);
}

TEST(Rest, sends_files_as_a_form) {
  Request request = message("look");
  request.files = {{"a.txt", "text/plain", "the bytes"}};
  send(std::move(request));
  CHECK(done(1));
  STRCMP_CONTAINS("name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{\"content\":\"look\"",
                  server->seen[0].body.c_str());
  STRCMP_CONTAINS("name=\"files[0]\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nthe bytes",
                  server->seen[0].body.c_str());
  STRCMP_CONTAINS(R"("attachments":[{"id":"0","filename":"a.txt"}])", server->seen[0].body.c_str());
}

TEST(Rest, keeps_the_token_to_itself_where_the_path_authorizes) {
  Request callback = plain(routes::interaction_callback(InteractionId{5}, "itoken"));
  callback.body = Json::object().set("type", 5);
  callback.lane = Lane::callback;
  send(std::move(callback));
  CHECK(done(1));
  CHECK(results[0].has_value());
  LONGS_EQUAL(204, results[0]->status);
  STRCMP_EQUAL("", server->seen[0].header("Authorization").c_str());
}

TEST(Rest, never_calls_back_from_inside_a_call) {
  start({.queue = 1});
  RequestId first = send(message("a"));
  send(message("b"));
  send(message("too much"));
  rest->cancel(first);
  LONGS_EQUAL(0, results.size());
  CHECK(done(3));
}

TEST(Rest, keeps_the_order_of_a_channel_across_a_retry) {
  int posts = 0;
  std::vector<std::string> landed;
  server->on_request = [&](auto& peer, const HttpSeen& request) {
    if (++posts == 1) return peer.send(HttpPeer::answer(502, "<html>bad gateway</html>"));
    if (posts == 2) return peer.drop();
    landed.push_back((*Json::parse(request.body))["content"].text_or(""));
    peer.send(HttpPeer::answer(200, "{}"));
  };
  start({.first_pause = 10ms, .longest_pause = 20ms});
  for (int i = 0; i < 5; ++i) send(message(std::to_string(i).c_str()), i);
  CHECK(done(5));
  LONGS_EQUAL(5, landed.size());
  for (int i = 0; i < 5; ++i) {
    STRCMP_EQUAL(std::to_string(i).c_str(), landed[static_cast<std::size_t>(i)].c_str());
    LONGS_EQUAL(i, order[static_cast<std::size_t>(i)]);
  }
}

TEST(Rest, waits_as_long_as_a_429_says) {
  answer_with({HttpPeer::answer(429, R"({"message":"slow down","retry_after":0.12,"global":false})",
                                "X-RateLimit-Scope: user\r\nRetry-After: 1\r\n"),
               HttpPeer::answer(200, "{}")});
  Instant start = system_now().instant;
  send(message("x"));
  CHECK(done(1));
  CHECK(results[0].has_value());
  CHECK(system_now().instant - start >= 120ms);
  CHECK(system_now().instant - start < 900ms);  // the body is finer than the header
  LONGS_EQUAL(2, server->seen.size());
}

TEST(Rest, keeps_to_the_bucket_that_the_headers_tell) {
  std::vector<Instant> times;
  server->on_request = [&](auto& peer, const HttpSeen&) {
    times.push_back(system_now().instant);
    int left = 1 - static_cast<int>((times.size() - 1) % 2);
    peer.send(HttpPeer::answer(200, "{}",
                               "X-RateLimit-Bucket: b\r\nX-RateLimit-Limit: 2\r\nX-RateLimit-Remaining: " +
                                   std::to_string(left) + "\r\nX-RateLimit-Reset-After: 0.1\r\n"));
  };
  for (int i = 0; i < 6; ++i) send(message("x"));
  CHECK(done(6));
  CHECK(times[2] - times[1] >= 95ms);
  CHECK(times[4] - times[3] >= 95ms);
  CHECK(rest->stats().waits >= 4);
}

TEST(Rest, tells_a_refusal_with_Discords_words) {
  answer_with({HttpPeer::answer(400, R"({"code":50035,"message":"Invalid Form Body","errors":{"content":
      {"_errors":[{"message":"Must be 2000 or fewer in length."}]}}})")});
  send(message("x"));
  CHECK(done(1));
  auto& error = results[0].error();
  CHECK(error.kind == RestError::Kind::refused);
  LONGS_EQUAL(400, error.status);
  LONGS_EQUAL(50035, error.code);
  STRCMP_EQUAL("Invalid Form Body; content: Must be 2000 or fewer in length.", error.message.c_str());
  LONGS_EQUAL(1, server->seen.size());
}

TEST(Rest, stops_when_the_token_is_refused) {
  answer_with({HttpPeer::answer(401, R"({"message":"401: Unauthorized","code":0})")});
  send(plain(routes::gateway_bot()));
  CHECK(done(1));
  send(message("x"));
  CHECK(done(2));
  for (auto& result : results) CHECK(result.error().kind == RestError::Kind::token);
  CHECK(results[0].error().message.find("SECRET") == std::string::npos);
  LONGS_EQUAL(1, server->seen.size());
}

TEST(Rest, does_not_repeat_a_message_whose_fate_is_unknown) {
  answer_with({""});
  Request risky = message("x");
  risky.body = Json::object().set("content", "without a nonce");
  send(std::move(risky));
  CHECK(done(1));
  CHECK(results[0].error().kind == RestError::Kind::exhausted);
  LONGS_EQUAL(1, server->seen.size());
}

TEST(Rest, takes_a_callback_that_was_acknowledged_before_for_landed) {
  answer_with({"", HttpPeer::answer(
                       400, R"({"code":40060,"message":"Interaction has already been acknowledged."})")});
  start({.first_pause = 10ms});
  Request callback = plain(routes::interaction_callback(InteractionId{5}, "t"));
  callback.body = Json::object().set("type", 5);
  send(std::move(callback));
  CHECK(done(1));
  CHECK(results[0].has_value());
}

TEST(Rest, drops_what_came_too_late) {
  server->on_request = [](auto&, const HttpSeen&) {};
  Request typing = plain(routes::typing(kChannel));
  typing.lane = Lane::ambient;
  send(plain(routes::typing(kChannel)));
  typing.useful_for = 50ms;
  send(std::move(typing), 2);
  CHECK(done(1));
  CHECK(results[0].error().kind == RestError::Kind::expired);
  LONGS_EQUAL(2, order[0]);
}

TEST(Rest, cancels_and_withdraws) {
  server->on_request = [](auto&, const HttpSeen&) {};
  RequestId first = send(message("a"), 1), second = send(message("b"), 2);
  CHECK(run_until(loop, [&] { return server->seen.size() == 1; }));
  rest->withdraw(first);
  rest->withdraw(second);
  CHECK(done(1));
  LONGS_EQUAL(2, order[0]);
  rest->cancel(first);
  CHECK(done(2));
  for (auto& result : results) CHECK(result.error().kind == RestError::Kind::cancelled);
  rest->cancel(first);
  rest->withdraw(4711);
}

TEST(Rest, counts_by_route_and_status_without_ids) {
  answer_with({HttpPeer::answer(200, "{}")});
  send(message("x"));
  send(message("x", kOther));
  CHECK(done(2));
  LONGS_EQUAL(2, (rest->stats().answers.at({"POST /channels/{}/messages", 200})));
}

TEST(Rest, refuses_an_address_that_is_not_safe) {
  RestOptions options;
  options.base_url = "http://discord.com/api/v10";
  options.limits.tries = 1;
  rest = std::make_unique<Rest>(loop, Token("SECRET"), options);
  send(plain(routes::gateway_bot()));
  CHECK(done(1));
  STRCMP_CONTAINS("use https", results[0].error().message.c_str());
}

TEST(Rest, calls_nobody_when_it_dies) {
  send(message("x"));
  rest->cancel(send(message("y")));
  rest.reset();
  for (int i = 0; i < 5; ++i) loop.run_once(false);
  CHECK(results.empty());
}
