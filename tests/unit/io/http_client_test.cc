// The HTTP client against a real socket: what it writes, what it reads, and every way in which that fails.
#include "io/http_client.h"

#include <memory>
#include <string>
#include <vector>

#include "io/http_peer.h"
#include "io/loop.h"
#include "io/lws_context.h"
#include "io/tls_server.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::test;

TEST_GROUP(HttpClient) {
  io::Loop loop;
  std::unique_ptr<HttpPeer> server = std::make_unique<HttpPeer>(loop);
  std::unique_ptr<io::HttpClient> client = std::make_unique<io::HttpClient>(loop);
  std::vector<io::HttpResult> results;

  io::HttpClient::Id send(io::HttpRequest request) {
    if (request.url.empty()) request.url = server->url("/");
    return client->send(std::move(request),
                        [this](io::HttpResult result) { results.push_back(std::move(result)); });
  }
  // The result of one request.
  io::HttpResult& await(io::HttpRequest request) {
    send(std::move(request));
    CHECK(run_until(loop, [&] { return !results.empty(); }));
    return results.front();
  }
  bool done(std::size_t count) {
    return run_until(loop, [&] { return results.size() >= count; });
  }
  void answer_with(std::string text) {
    server->on_request = [text](auto& peer, const auto&) { peer.send(text); };
  }
  void teardown() override {
    client.reset();
    server.reset();
    for (int i = 0; i < 3; ++i) loop.run_once(false);
  }
};

TEST(HttpClient, sends_what_it_was_given) {
  io::HttpRequest request{.method = "PATCH", .url = server->url("/a/b?c=d")};
  request.headers = {{"Authorization", "Bot x"}, {"Content-Type", "application/json"}};
  request.body = "{\"a\":1}";
  await(request);
  CHECK(results[0].has_value());
  LONGS_EQUAL(204, results[0]->status);
  auto& seen = server->seen[0];
  STRCMP_EQUAL("PATCH", seen.method.c_str());
  STRCMP_EQUAL("/a/b?c=d", seen.target.c_str());
  STRCMP_EQUAL("Bot x", seen.header("authorization").c_str());
  STRCMP_EQUAL("application/json", seen.header("Content-Type").c_str());
  STRCMP_EQUAL("{\"a\":1}", seen.body.c_str());
}

TEST(HttpClient, says_that_a_body_is_empty) {
  for (const char* method : {"POST", "PUT", "PATCH"}) send({.method = method});
  send({.method = "DELETE"});
  CHECK(done(4));
  for (auto& seen : server->seen) {
    STRCMP_EQUAL_TEXT(seen.method == "DELETE" ? "" : "0", seen.header("Content-Length").c_str(),
                      seen.method.c_str());
    STRCMP_EQUAL("", seen.header("Content-Type").c_str());
    STRCMP_EQUAL("", seen.header("Expect").c_str());
  }
}

TEST(HttpClient, sends_parts_as_a_form) {
  io::HttpRequest request{.method = "POST"};
  request.parts = {{"payload_json", "", "application/json", "{}"},
                   {"files[0]", "a \"b\".txt", "text/plain", std::string("bytes\0more", 10)}};
  await(request);
  auto& seen = server->seen[0];
  STRCMP_CONTAINS("multipart/form-data; boundary=", seen.header("Content-Type").c_str());
  STRCMP_CONTAINS("name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{}\r\n", seen.body.c_str());
  STRCMP_CONTAINS("name=\"files[0]\"; filename=\"a %22b%22.txt\"", seen.body.c_str());
  CHECK(seen.body.find(std::string("bytes\0more\r\n", 12)) != std::string::npos);
}

// The connection that was kept goes down under the second request, which curl then sends by another.
TEST(HttpClient, sends_a_large_part_whole_and_once_more_where_it_must) {
  std::string bytes;
  while (bytes.size() < 3'000'000) bytes += fmt::format("line {}\n", bytes.size());
  server->on_request = [&](auto& peer, const auto&) {
    if (server->seen.size() == 2) return peer.drop();
    peer.send(HttpPeer::answer(200, "{}"));
  };
  io::HttpRequest request{.method = "POST"};
  request.parts = {{"files[0]", "a.txt", "text/plain", bytes}};
  await(request);
  await(request);
  CHECK(done(2));
  CHECK(results[1].has_value());
  LONGS_EQUAL(3, server->seen.size());
  for (auto& seen : server->seen) CHECK_TRUE(seen.body.find(bytes) != std::string::npos);
}

TEST(HttpClient, reads_status_headers_and_body) {
  answer_with(
      HttpPeer::answer(429, "{\"retry_after\":1}", "X-RateLimit-Scope:  user \r\nVia: 1\r\nVia: 2\r\n"));
  auto& result = await({});
  LONGS_EQUAL(429, result->status);
  STRCMP_EQUAL("{\"retry_after\":1}", result->body.c_str());
  CHECK(result->headers.get("x-ratelimit-scope") == "user");
  CHECK(result->headers.get("VIA") == "1");
  CHECK(!result->headers.get("absent"));
}

TEST(HttpClient, keeps_its_connection) {
  for (std::size_t i = 1; i <= 5; ++i) {
    send({});
    CHECK(done(i));
  }
  LONGS_EQUAL(1, server->tcp().peers.size());
}

TEST(HttpClient, opens_no_more_connections_than_allowed) {
  for (int i = 0; i < 50; ++i) send({});
  CHECK(done(50));
  CHECK(server->tcp().peers.size() <= 8);
}

TEST(HttpClient, never_calls_back_from_inside_send) {
  send({});
  send({.url = "ftp://nowhere"});
  LONGS_EQUAL(0, results.size());
  CHECK(done(2));
}

TEST(HttpClient, may_be_asked_again_inside_a_callback) {
  client->send({.url = server->url("/first")}, [&](auto) { send({.url = server->url("/second")}); });
  CHECK(done(1));
  STRCMP_EQUAL("/second", server->seen[1].target.c_str());
}

TEST(HttpClient, forgets_what_was_cancelled) {
  auto first = send({.url = server->url("/one")});
  send({.url = server->url("/two")});
  client->cancel(first);
  client->cancel(4711);
  CHECK(done(1));
  LONGS_EQUAL(1, server->seen.size());
  LONGS_EQUAL(0, client->in_flight());
}

TEST(HttpClient, cancels_in_the_middle) {
  server->on_request = [](auto&, const auto&) {};
  auto id = send({});
  CHECK(run_until(loop, [&] { return server->seen.size() == 1; }));
  client->cancel(id);
  CHECK(run_until(loop, [&] { return server->tcp().peers[0]->gone; }));
  CHECK(results.empty());
}

TEST(HttpClient, gives_up_after_its_time) {
  server->on_request = [](auto&, const auto&) {};
  auto& result = await({.timeout = 50ms});
  CHECK(!result.has_value());
  CHECK(result.error().maybe_done);
  STRCMP_CONTAINS("timed out", result.error().what.c_str());
}

TEST(HttpClient, says_when_the_request_certainly_had_no_effect) {
  std::string url = server->url();
  server.reset();
  auto& result = await({.url = url});
  CHECK(!result.has_value());
  CHECK(!result.error().maybe_done);
}

TEST(HttpClient, says_when_the_request_may_have_had_an_effect) {
  server->on_request = [](auto& peer, const auto&) { peer.drop(); };
  auto& result = await({.method = "POST", .body = "x"});
  CHECK(!result.has_value());
  CHECK(result.error().maybe_done);
}

TEST(HttpClient, refuses_an_answer_over_the_cap) {
  answer_with(HttpPeer::answer(200, std::string(2000, 'x')));
  auto& result = await({.max_response = 1000});
  CHECK(!result.has_value());
  STRCMP_CONTAINS("longer than 1000 bytes", result.error().what.c_str());
}

TEST(HttpClient, follows_no_redirect) {
  answer_with(HttpPeer::answer(302, "", "Location: http://127.0.0.1:1/\r\n"));
  LONGS_EQUAL(302, await({})->status);
}

TEST(HttpClient, refuses_plain_connections_to_other_machines) {
  for (const char* url :
       {"http://discord.com/api/v10", "http://127.0.0.1.example.org/", "file:///etc/passwd", ""})
    client->send({.url = url}, [this](auto result) { results.push_back(std::move(result)); });
  CHECK(done(4));
  for (auto& result : results) CHECK(!result.has_value());
  STRCMP_CONTAINS("use https", results[0].error().what.c_str());
}

TEST(HttpClient, trusts_an_authority_that_it_was_given_and_speaks_http2_over_one_connection) {
  auto context = std::make_unique<io::LwsContext>(loop);
  client = std::make_unique<io::HttpClient>(loop, io::HttpClientOptions{.ca_file = TEST_DATA "/tls/ca.pem"});
  std::string url = "https://localhost:" + std::to_string(start_tls_server(*context));
  for (int i = 0; i < 10; ++i) send({.url = url});
  CHECK(done(10));
  for (auto& result : results) {
    CHECK_TEXT(result.has_value(), result ? "" : result.error().what.c_str());
    STRCMP_EQUAL("secure", result->body.c_str());
    LONGS_EQUAL(2, result->http_version);
  }
  client.reset();
  context.reset();
}

TEST(HttpClient, refuses_a_certificate_that_nobody_trusts_or_that_names_another) {
  auto context = std::make_unique<io::LwsContext>(loop);
  std::string port = std::to_string(start_tls_server(*context));
  send({.url = "https://localhost:" + port});
  CHECK(done(1));
  client = std::make_unique<io::HttpClient>(loop, io::HttpClientOptions{.ca_file = TEST_DATA "/tls/ca.pem"});
  send({.url = "https://127.0.0.1:" + port});
  CHECK(done(2));
  for (auto& result : results) {
    CHECK(!result.has_value());
    CHECK(!result.error().maybe_done);
    STRCMP_CONTAINS("SSL", result.error().what.c_str());
  }
  client.reset();
  context.reset();
}

TEST(HttpClient, calls_nobody_when_it_dies) {
  send({});
  send({.url = "nonsense"});
  client.reset();
  for (int i = 0; i < 5; ++i) loop.run_once(false);
  CHECK(results.empty());
}
