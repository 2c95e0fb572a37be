// The server's side of the gateway: who is let in, who hears what, who is thrown out, and what is replayed.
#include "gateway.h"

#include <string>
#include <vector>

#include "base/overloaded.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::playground;

namespace {

struct Host : GatewayHost {
  bool message_content = true;

  std::optional<Bot> bot(std::string_view token) override {
    if (token != "token") return std::nullopt;
    return Bot{{900}, {900}, message_content};
  }
  Json ready(const GatewaySession&) override { return Json::object().set("user", "me"); }
  std::vector<std::pair<std::string, Json>> greeting(const GatewaySession&) override {
    std::vector<std::pair<std::string, Json>> out;
    out.emplace_back("GUILD_CREATE", Json::object().set("id", "1"));
    return out;
  }
};

std::string identify(std::uint32_t intents, std::string_view token = "token") {
  return Json::object()
      .set("op", 2)
      .set("d", Json::object()
                    .set("token", token)
                    .set("intents", intents)
                    .set("properties", Json::object().set("os", "linux")))
      .dump();
}

}  // namespace

TEST_GROUP(Gateway) {
  Host host;
  Random random{1};
  GatewayOptions options;
  std::unique_ptr<Gateway> gateway;
  Now now{Instant(Millis(1'000'000)), WallTime(Millis(1'700'000'000'000))};
  std::vector<std::string> said;  // "1 <- READY s1", "1 closed 4004"

  void setup() override { start(); }
  void start() { gateway = std::make_unique<Gateway>(options, host, random); }

  void hear(Gateway::Effects effects) {
    for (auto& effect : effects)
      std::visit(Overloaded{[this](Gateway::Send& send) {
                              auto json = Json::parse(send.payload);
                              std::string what = (*json)["t"].is_string()
                                                     ? (*json)["t"].text_or("") + " s" + (*json)["s"].dump()
                                                     : "op" + (*json)["op"].dump();
                              if ((*json)["op"].integer() == 9) what += " " + (*json)["d"].dump();
                              said.push_back(std::to_string(send.to) + " <- " + what);
                              last = std::move(*json);
                            },
                            [this](Gateway::Close& close) {
                              said.push_back(fmt::format("{} closed {}", close.to, close.code));
                            },
                            [](Gateway::PresenceChanged&) {}},
                 effect);
  }
  void connect(ConnectionId id) { hear(gateway->connected(id, now)); }
  void say(ConnectionId id, const std::string& payload) { hear(gateway->received(id, payload, now)); }
  void leave(ConnectionId id, int code) { hear(gateway->disconnected(id, code, now)); }
  void pass(Millis time) { now.instant += time, now.wall += time; }
  std::string session() { return gateway->sessions().begin()->first; }
  void resume(ConnectionId id, const std::string& name, std::uint64_t sequence) {
    say(id, Json::object()
                .set("op", 6)
                .set("d", Json::object().set("token", "token").set("session_id", name).set("seq", sequence))
                .dump());
  }
  void dispatch(const char* event, std::uint32_t intent, GuildId guild = {1}) {
    hear(gateway->dispatch({event, Json::object().set("content", "secret"), guild, intent, {}, false}, now));
  }
  std::string heard() {
    std::string out;
    for (const auto& line : said) out += (out.empty() ? "" : ", ") + line;
    said.clear();
    return out;
  }

  Json last;
};

TEST(Gateway, SaysHelloThenReadyThenTheGuilds) {
  connect(1);
  STRCMP_EQUAL("1 <- op10", heard().c_str());
  LONGS_EQUAL(41250, *last["d"]["heartbeat_interval"].integer());
  say(1, identify(intent::guilds));
  STRCMP_EQUAL("1 <- READY s1, 1 <- GUILD_CREATE s2", heard().c_str());
  CHECK(gateway->anybody_ready());
}

TEST(Gateway, RefusesWhatDiscordRefuses) {
  struct Case {
    std::string payload;
    int code;
  };
  host.message_content = false;
  const Case cases[] = {
      {identify(1, "wrong"), 4004},
      {identify(1u << 18), 4013},
      {identify(intent::message_content), 4014},
      {identify(intent::guild_members), 4014},
      {R"({"op":2,"d":{"token":"token"}})", 4002},
      {R"({"op":2,"d":{"token":"token","intents":1,"properties":{},"shard":[2,2]}})", 4010},
      {R"({"op":3,"d":{}})", 4003},
      {R"({"op":99,"d":{}})", 4001},
      {"nonsense", 4002},
      {"{}", 4002},
      {"{\"op\":1,\"d\":null,\"pad\":\"" + std::string(4096, 'x') + "\"}", 4002},
  };
  ConnectionId id = 1;
  for (const auto& [payload, code] : cases) {
    connect(id);
    heard();
    say(id, payload);
    STRCMP_EQUAL(fmt::format("{} closed {}", id, code).c_str(), heard().c_str());
    say(id, identify(1));
    STRCMP_EQUAL("", heard().c_str());  // deaf from then on
    ++id;
  }
}

TEST(Gateway, RefusesASecondIdentify) {
  connect(1);
  say(1, identify(1));
  heard();
  say(1, identify(1));
  STRCMP_EQUAL("1 closed 4005", heard().c_str());
}

TEST(Gateway, HoldsIdentifiesToOneInFiveSeconds) {
  connect(1);
  connect(2);
  say(1, identify(1));
  heard();
  pass(4999ms);
  say(2, identify(1));
  STRCMP_EQUAL("2 <- op9 false", heard().c_str());
  pass(1ms);
  say(2, identify(1));
  STRCMP_EQUAL("2 <- READY s1, 2 <- GUILD_CREATE s2", heard().c_str());
}

TEST(Gateway, CountsIdentifiesAndResetsTheTokenWhenTheyAreUsedUp) {
  options.identifies_a_day = 2;
  options.identify_window = Millis(0);
  start();
  for (ConnectionId id = 1; id <= 2; ++id) connect(id), say(id, identify(1));
  LONGS_EQUAL(0, *gateway->session_start_limit(now.wall)["remaining"].integer());
  heard();
  connect(3);
  heard();
  say(3, identify(1));
  STRCMP_EQUAL("3 closed 4004", heard().c_str());
  CHECK(gateway->burnt());
  LONGS_EQUAL(0, gateway->sessions().size());
}

TEST(Gateway, GivesNewIdentifiesTheNextDay) {
  connect(1);
  say(1, identify(1));
  LONGS_EQUAL(999, *gateway->session_start_limit(now.wall)["remaining"].integer());
  pass(24h);
  LONGS_EQUAL(1000, *gateway->session_start_limit(now.wall)["remaining"].integer());
}

TEST(Gateway, SendsWhatTheIntentsAskFor) {
  connect(1);
  say(1, identify(intent::guild_messages));
  STRCMP_EQUAL("1 <- op10, 1 <- READY s1", heard().c_str());
  dispatch("MESSAGE_CREATE", intent::guild_messages);
  dispatch("TYPING_START", intent::guild_message_typing);
  dispatch("INTERACTION_CREATE", 0);
  STRCMP_EQUAL("1 <- MESSAGE_CREATE s2, 1 <- INTERACTION_CREATE s3", heard().c_str());
}

TEST(Gateway, HidesContentWithoutTheIntentUnlessTheBotIsMeant) {
  auto message = [](const char* author, const char* mentioned) {
    Json mentions = Json::array();
    if (*mentioned) mentions.push(Json::object().set("id", mentioned));
    return GatewayDispatch{"MESSAGE_CREATE",
                           Json::object()
                               .set("content", "secret")
                               .set("embeds", Json::array().push(1))
                               .set("author", Json::object().set("id", author))
                               .set("mentions", std::move(mentions)),
                           {1},
                           intent::guild_messages,
                           {},
                           true};
  };
  connect(1);
  say(1, identify(intent::guild_messages));
  hear(gateway->dispatch(message("5", ""), now));
  STRCMP_EQUAL("", last["d"]["content"].text_or("?").c_str());
  LONGS_EQUAL(0, last["d"]["embeds"].size());
  hear(gateway->dispatch(message("5", "900"), now));
  STRCMP_EQUAL("secret", last["d"]["content"].text_or("?").c_str());
  hear(gateway->dispatch(message("900", ""), now));
  STRCMP_EQUAL("secret", last["d"]["content"].text_or("?").c_str());
  pass(5s);
  connect(2);
  say(2, identify(intent::guild_messages | intent::message_content));
  hear(gateway->dispatch(message("5", ""), now));
  // Both hear it; the map's order of sessions decides who is last, so look at what each got.
  int whole = 0;
  for (const auto& [name, session] : gateway->sessions())
    whole += session.replay.back().second.find("secret") != std::string::npos;
  LONGS_EQUAL(1, whole);
}

TEST(Gateway, ReplaysInOrderAndThenSaysResumed) {
  connect(1);
  say(1, identify(intent::guilds | intent::guild_messages));
  dispatch("MESSAGE_CREATE", intent::guild_messages);
  std::string name = session();
  leave(1, 1006);
  CHECK(!gateway->anybody_ready());
  dispatch("MESSAGE_CREATE", intent::guild_messages);
  dispatch("MESSAGE_UPDATE", intent::guild_messages);
  heard();
  connect(2);
  resume(2, name, 3);
  STRCMP_EQUAL("2 <- op10, 2 <- MESSAGE_CREATE s4, 2 <- MESSAGE_UPDATE s5, 2 <- RESUMED s6", heard().c_str());
  LONGS_EQUAL(1, gateway->resumes());
  LONGS_EQUAL(1, gateway->identifies());
}

TEST(Gateway, ResumesOnAnyCodeButOneThousandAndOneThousandAndOne) {
  for (int code : {1000, 1001, 1006, 4000, 4900}) {
    pass(5s);
    start();
    connect(1);
    say(1, identify(1));
    std::string name = session();
    leave(1, code);
    connect(2);
    heard();
    resume(2, name, 2);
    STRCMP_EQUAL(code < 1006 ? "2 <- op9 false" : "2 <- RESUMED s3", heard().c_str());
  }
}

TEST(Gateway, RefusesAResumeFromTheFuture) {
  connect(1);
  say(1, identify(1));
  std::string name = session();
  leave(1, 1006);
  connect(2);
  heard();
  resume(2, name, 99);
  STRCMP_EQUAL("2 closed 4007", heard().c_str());
}

TEST(Gateway, ForgetsASessionAfterAWhile) {
  connect(1);
  say(1, identify(1));
  std::string name = session();
  leave(1, 1006);
  pass(options.session_lifetime + 1ms);
  connect(2);
  heard();
  resume(2, name, 2);
  STRCMP_EQUAL("2 <- op9 false", heard().c_str());
}

TEST(Gateway, CannotReplayMoreThanItKept) {
  options.replay_length = 3;
  start();
  connect(1);
  say(1, identify(1));
  std::string name = session();
  leave(1, 1006);
  for (int i = 0; i < 4; ++i) dispatch("CHANNEL_UPDATE", intent::guilds);
  connect(2);
  heard();
  resume(2, name, 2);
  STRCMP_EQUAL("2 <- op9 false", heard().c_str());
}

TEST(Gateway, MovesASessionToTheConnectionThatResumesIt) {
  connect(1);
  say(1, identify(1));
  connect(2);
  heard();
  resume(2, session(), 2);
  STRCMP_EQUAL("1 closed 4000, 2 <- RESUMED s3", heard().c_str());
  leave(1, 4000);
  CHECK(gateway->anybody_ready());
}

TEST(Gateway, AcknowledgesBeatsUntilToldNotTo) {
  connect(1);
  heard();
  say(1, R"({"op":1,"d":null})");
  STRCMP_EQUAL("1 <- op11", heard().c_str());
  gateway->acknowledge(false);
  say(1, R"({"op":1,"d":null})");
  STRCMP_EQUAL("", heard().c_str());
}

TEST(Gateway, ThrowsOutWhoStopsBeating) {
  connect(1);
  say(1, identify(1));
  heard();
  pass(options.heartbeat_interval);
  say(1, R"({"op":1,"d":2})");
  pass(options.heartbeat_interval + options.heartbeat_interval / 2 - 1ms);
  heard();
  hear(gateway->tick(now));
  STRCMP_EQUAL("", heard().c_str());
  pass(1ms);
  hear(gateway->tick(now));
  STRCMP_EQUAL("1 closed 4009", heard().c_str());
  LONGS_EQUAL(0, gateway->sessions().size());
}

TEST(Gateway, DoesNotMindAMovedWallClock) {
  connect(1);
  say(1, identify(1));
  heard();
  now.wall += 10h;
  hear(gateway->tick(now));
  STRCMP_EQUAL("", heard().c_str());
}

TEST(Gateway, ThrowsOutWhoSaysTooMuch) {
  connect(1);
  for (int i = 0; i < 120; ++i) say(1, R"({"op":1,"d":null})");
  heard();
  say(1, R"({"op":1,"d":null})");
  STRCMP_EQUAL("1 closed 4008", heard().c_str());
  connect(2);
  for (int i = 0; i < 240; ++i) pass(501ms), say(2, R"({"op":1,"d":null})");
  CHECK(heard().find("closed") == std::string::npos);
}

TEST(Gateway, TellsEverybodyToReconnectOrThatTheSessionIsInvalid) {
  connect(1);
  say(1, identify(1));
  heard();
  hear(gateway->reconnect_all());
  hear(gateway->ask_heartbeats());
  STRCMP_EQUAL("1 <- op7, 1 <- op1", heard().c_str());
  std::string name = session();
  hear(gateway->invalidate_all(true));
  STRCMP_EQUAL("1 <- op9 true", heard().c_str());
  resume(1, name, 2);
  STRCMP_EQUAL("1 <- RESUMED s3", heard().c_str());
  hear(gateway->invalidate_all(false));
  heard();
  resume(1, name, 3);
  STRCMP_EQUAL("1 <- op9 false", heard().c_str());
}

TEST(Gateway, ExpiresSessionsOnDemand) {
  connect(1);
  say(1, identify(intent::guild_messages));
  std::string name = session();
  gateway->expire_sessions();
  heard();
  dispatch("MESSAGE_CREATE", intent::guild_messages);
  STRCMP_EQUAL("1 <- MESSAGE_CREATE s2", heard().c_str());
  leave(1, 1006);
  connect(2);
  heard();
  resume(2, name, 2);
  STRCMP_EQUAL("2 <- op9 false", heard().c_str());
}

TEST(Gateway, SplitsGuildsAmongShards) {
  GuildId even{std::uint64_t{2} << 22}, odd{std::uint64_t{3} << 22};
  connect(1);
  say(1, R"({"op":2,"d":{"token":"token","intents":512,"properties":{},"shard":[1,2]}})");
  heard();
  dispatch("MESSAGE_CREATE", intent::guild_messages, even);
  STRCMP_EQUAL("", heard().c_str());
  dispatch("MESSAGE_CREATE", intent::guild_messages, odd);
  STRCMP_EQUAL("1 <- MESSAGE_CREATE s2", heard().c_str());
  dispatch("MESSAGE_CREATE", intent::guild_messages, {});  // a direct message is shard 0's
  STRCMP_EQUAL("", heard().c_str());
}
