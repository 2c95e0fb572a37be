// The whole playground on a real port, met by the HTTP and websocket clients of core/io on the same loop.
#include "fixture.h"

using namespace whole;

TEST_GROUP_BASE(Playground, PlaygroundFixture){
    // One file; `list` is what the body says of it.
    Answer upload(const std::string& list,
                  std::string bytes){auto post = request("POST", "/api/v10" + messages_route(), "");
post.parts = {{"payload_json", "", "application/json", R"({"content":"see","attachments":)" + list + "}"},
              {"files[0]", "a b.txt", "text/plain", std::move(bytes)}};
auto into = std::make_shared<std::optional<Answer>>();
send(std::move(post), into);
return wait(into);
}
}
;

TEST(Playground, KnowsItsBotAndRefusesOthers) {
  STRCMP_EQUAL(kBot, ask("GET", "/users/@me").body["id"].text_or("").c_str());
  auto stranger = request("GET", "/api/v10/users/@me", "");
  stranger.headers[0].second = "Bot nobody";
  auto into = std::make_shared<std::optional<Answer>>();
  send(std::move(stranger), into);
  Answer refused = wait(into);
  LONGS_EQUAL(401, refused.status);
  STRCMP_EQUAL("401: Unauthorized", refused.body["message"].text_or("").c_str());
}

TEST(Playground, LogsInUnderEveryCompression) {
  for (const char* query : {"", "&compress=zlib-stream", "&compress=zstd-stream"}) {
    log_in(513, query);
    CHECK(until_event("GUILD_CREATE"));
    playground->inject_message({.content = "hello"});
    CHECK_TEXT(until_event("MESSAGE_CREATE"), query);
    STRCMP_EQUAL((std::string("<@") + kBot + "> hello").c_str(),
                 (*event("MESSAGE_CREATE"))["d"]["content"].text_or("").c_str());
    socket->close(1000);
    CHECK(until([&] { return !playground->connected(); }));
  }
}

TEST(Playground, ClosesWithFourThousandAndFourForAWrongToken) {
  connect("/?v=10&encoding=json");
  CHECK(until([&] { return !heard.empty(); }));
  socket->send(R"({"op":2,"d":{"token":"wrong","intents":1,"properties":{}}})");
  CHECK(until([&] { return gone; }));
  LONGS_EQUAL(4004, closed.value_or(0));
}

TEST(Playground, ReplaysWhatADroppedSocketMissed) {
  log_in();
  std::string session = (*event("READY"))["d"]["session_id"].text_or("");
  std::string resume_url = (*event("READY"))["d"]["resume_gateway_url"].text_or("");
  STRCMP_EQUAL(("ws" + playground->url().substr(4) + "/resume").c_str(), resume_url.c_str());
  auto sequence = heard.back()["s"].integer().value_or(0);
  playground->drop_sockets();
  CHECK(until([&] { return gone; }));
  CHECK(!closed);
  auto missed = playground->inject_message({.content = "while away"});
  connect("/resume/?v=10&encoding=json");
  CHECK(until([&] { return !heard.empty(); }));
  socket->send(fmt::format(R"({{"op":6,"d":{{"token":"playground","session_id":"{}","seq":{}}}}})", session,
                           sequence));
  CHECK(until_event("RESUMED"));
  STRCMP_EQUAL(missed.text().c_str(), (*event("MESSAGE_CREATE"))["d"]["id"].text_or("").c_str());
  LONGS_EQUAL(1, playground->resumes());
}

TEST(Playground, DuplicatesMutesAndDelaysDispatches) {
  log_in();
  CHECK(playground->fault(R"({"fault":"mute","event":"MESSAGE_CREATE"})").has_value());
  CHECK(playground->fault(R"({"fault":"duplicate","event":"MESSAGE_CREATE"})").has_value());
  playground->inject_message({.content = "muted"});
  playground->inject_message({.content = "twice"});
  auto count = [&](std::string_view text) {
    int found = 0;
    for (const auto& payload : heard)
      found += payload["d"]["content"].text().value_or("").find(text) != std::string_view::npos;
    return found;
  };
  CHECK(until([&] { return count("twice") == 2; }));
  LONGS_EQUAL(0, count("muted"));
  CHECK(playground->fault(R"({"fault":"delay","event":"MESSAGE_CREATE","ms":3600000})").has_value());
  playground->inject_message({.content = "late"});
  playground->inject_message({.content = "behind"});
  for (int i = 0; i < 20; ++i) loop->run_once(true);
  LONGS_EQUAL(0, count("late") + count("behind"));
  playground->advance(1h);
  CHECK(until([&] { return count("behind") == 1; }));
  STRCMP_CONTAINS("behind", heard.back()["d"]["content"].text_or("").c_str());
  LONGS_EQUAL(1, count("late"));
}

TEST(Playground, PostsEditsAndDeletesMessages) {
  Answer made = post(R"({"content":"one","allowed_mentions":{"parse":[]}})");
  LONGS_EQUAL(200, made.status);
  STRCMP_EQUAL("4", std::string(made.headers.get("x-ratelimit-remaining").value_or("")).c_str());
  std::string id = made.body["id"].text_or("");
  STRCMP_EQUAL(
      "two",
      ask("PATCH", messages_route() + "/" + id, R"({"content":"two"})").body["content"].text_or("").c_str());
  STRCMP_EQUAL("two", playground->messages("testing")[0]->content.c_str());
  LONGS_EQUAL(204, ask("DELETE", messages_route() + "/" + id).status);
  LONGS_EQUAL(10008, ask("GET", messages_route() + "/" + id).code());
  LONGS_EQUAL(10003, ask("GET", "/channels/1").code());
  LONGS_EQUAL(50035, ask("GET", "/channels/one").code());
}

TEST(Playground, RefusesWhatTheBotMayNot) {
  playground->may_send("testing", false);
  LONGS_EQUAL(50013, post(R"({"content":"x"})").code());
  playground->may_send("testing", true);
  std::string said = messages_route() + "/" + playground->inject_message({.content = "mine"}).text();
  LONGS_EQUAL(50005, ask("PATCH", said, R"({"content":"x"})").code());
  LONGS_EQUAL(50109, post("{").code());
  auto into = std::make_shared<std::optional<Answer>>();
  auto bare = request("POST", "/api/v10" + messages_route(), R"({"content":"x"})");
  bare.headers.back().second = "text/plain";
  send(std::move(bare), into);
  LONGS_EQUAL(50035, wait(into).code());
  LONGS_EQUAL(405, ask("PUT", messages_route(), "{}").status);
  LONGS_EQUAL(404, ask("GET", "/nothing/here").status);
}

TEST(Playground, GivesTheFirstMessageForANonceAgain) {
  const char* body = R"({"content":"once","nonce":"n-1","enforce_nonce":true})";
  std::string first = post(body).body["id"].text_or("");
  STRCMP_EQUAL(first.c_str(), post(body).body["id"].text_or("").c_str());
  LONGS_EQUAL(1, playground->bot_messages("testing").size());
  CHECK(!ask("GET", messages_route() + "/" + first, "").body["nonce"]);  // Discord keeps none
  playground->delete_message("testing", *MessageId::parse(first));
  LONGS_EQUAL(10008, post(body).code());
  playground->advance(6min);
  LONGS_EQUAL(200, post(body).status);
}

TEST(Playground, DegradesAReplyToADeletedMessage) {
  auto reply = [](MessageId to, bool fails) {
    return fmt::format(
        R"({{"content":"x","message_reference":{{"message_id":"{}","fail_if_not_exists":{}}}}})", to.text(),
        fails);
  };
  auto said = playground->inject_message({.content = "hello"});
  LONGS_EQUAL(19, *post(reply(said, false)).body["type"].integer());
  LONGS_EQUAL(1, playground->replies_to(said).size());
  playground->delete_message("testing", said);
  LONGS_EQUAL(0, *post(reply(said, false)).body["type"].integer());
  LONGS_EQUAL(50035, post(reply(said, true)).code());
}

TEST(Playground, LimitsAndLetsGoWithTheClock) {
  for (int i = 0; i < 5; ++i) LONGS_EQUAL(200, post(R"({"content":"x"})").status);
  Answer refused = post(R"({"content":"x"})");
  LONGS_EQUAL(429, refused.status);
  STRCMP_EQUAL("user", std::string(refused.headers.get("x-ratelimit-scope").value_or("")).c_str());
  CHECK(*refused.body["retry_after"].number() > 0);
  playground->advance(5s);
  LONGS_EQUAL(200, post(R"({"content":"x"})").status);
}

TEST(Playground, ListsArchivedThreadsTheLastFirst) {
  for (const char* name : {"first", "alive", "last"}) playground->start_thread("testing", name);
  for (const char* name : {"first", "last"}) playground->advance(1s), playground->archive_thread(name);
  const std::string path = std::string("/channels/") + kTesting + "/threads/archived/public?limit=1";
  Json page = ask("GET", path).body;
  CHECK(page["threads"][0]["name"].text() == "last" && page["has_more"].truthy());
  std::string before = page["threads"][0]["thread_metadata"]["archive_timestamp"].text_or("");
  Json rest = ask("GET", path + "&before=" + before.substr(0, 26) + "%2B00%3A00").body;
  CHECK(rest["threads"][0]["name"].text() == "first" && !rest["has_more"].truthy());
}

TEST(Playground, MakesRequestsFailAsToldTo) {
  playground->fault(R"({"fault":"rest","route":"/channels/*/messages","action":"status","status":503})");
  LONGS_EQUAL(503, post(R"({"content":"x"})").status);
  playground->fault(R"({"fault":"rest","action":"rate_limit","scope":"shared","retry_after_ms":1500})");
  Answer shared = post(R"({"content":"x"})");
  LONGS_EQUAL(429, shared.status);
  STRCMP_EQUAL("shared", std::string(shared.headers.get("x-ratelimit-scope").value_or("")).c_str());
  STRCMP_EQUAL("2", std::string(shared.headers.get("retry-after").value_or("")).c_str());
  playground->fault(R"({"fault":"rest","action":"cloudflare"})");
  Answer cloudflare = post(R"({"content":"x"})");
  LONGS_EQUAL(429, cloudflare.status);
  STRCMP_CONTAINS("1015", cloudflare.text.c_str());
  CHECK(!cloudflare.headers.get("retry-after"));
  playground->fault(R"({"fault":"rest","action":"refuse"})");
  CHECK(post(R"({"content":"x"})").failed);
  LONGS_EQUAL(0, playground->messages("testing").size());
  playground->fault(R"({"fault":"rest","action":"cut"})");
  CHECK(post(R"({"content":"kept"})").failed);
  LONGS_EQUAL(1, playground->messages("testing").size());
  playground->fault(R"({"fault":"rest","action":"delay","ms":60000})");
  auto late = begin("POST", "/api/v10" + messages_route(), R"({"content":"late"})");
  CHECK(until([&] { return playground->messages("testing").size() == 2; }));
  CHECK(!late->has_value());
  playground->advance(1min);
  LONGS_EQUAL(200, wait(late).status);
  CHECK(!playground->fault(R"({"fault":"rain"})").has_value());
}

TEST(Playground, TakesFilesAndServesThem) {
  Answer made = upload(R"([{"id":0,"description":"d"}])", "the bytes");
  LONGS_EQUAL(200, made.status);
  JsonView file = made.body["attachments"][0];
  STRCMP_EQUAL("d", file["description"].text_or("").c_str());
  LONGS_EQUAL(9, *file["size"].integer());
  std::string path = file["url"].text_or("").substr(playground->url().size());
  for (auto space = path.find(' '); space != std::string::npos; space = path.find(' '))
    path.replace(space, 1, "%20");
  Answer got = wait(begin("GET", path));
  STRCMP_EQUAL("the bytes", got.text.c_str());
}

TEST(Playground, RefusesFilesAsDiscordDoes) {
  const std::string listed = R"([{"id":"0","filename":"a.txt"}])";
  LONGS_EQUAL(200, upload(listed, std::string(10 * 1024 * 1024, 'x')).status);
  Answer large = upload(listed, std::string(10 * 1024 * 1024 + 1, 'x'));
  LONGS_EQUAL(413, large.status);
  LONGS_EQUAL(40005, *large.body["code"].integer());
  for (const char* wrong : {"[]", R"([{"id":"1"}])", R"([{"id":"0"},{"id":"0"}])"}) {
    Answer refused = upload(wrong, "the bytes");
    LONGS_EQUAL(50035, *refused.body["code"].integer());
  }
  playground->advance(1min);  // past the rate limit
  playground->may_attach("testing", false);
  Answer forbidden = upload(listed, "the bytes");
  LONGS_EQUAL(403, forbidden.status);
  LONGS_EQUAL(50013, *forbidden.body["code"].integer());
  LONGS_EQUAL(200, post(R"({"content":"words alone"})").status);
}

// What lies longest is emptied, not what comes.
TEST(Playground, KeepsNoMoreFilesThanItMay) {
  MessageId first{}, last{};
  for (int i = 0; i < 27; ++i) {
    playground::Injection injection{.channel = "testing", .content = "see"};
    auto bytes = std::make_shared<const std::string>(10 * 1024 * 1024, 'x');
    injection.attachments.push_back({"", "a.txt", "text/plain", "", false, std::move(bytes)});
    last = playground->inject_message(std::move(injection));
    if (i == 0) first = last;
  }
  LONGS_EQUAL(0, playground->message("testing", first)->attachments.at(0).bytes->size());
  LONGS_EQUAL(10 * 1024 * 1024, playground->message("testing", last)->attachments.at(0).bytes->size());
}
