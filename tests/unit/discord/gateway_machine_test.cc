// The gateway session's machine: every way to begin, to go on and to end, with time moved by hand.
#include "discord/gateway_machine.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/overloaded.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::discord;
using namespace coordinator::discord::gateway;

namespace {

std::string name(Condition condition) {
  static const char* const kNames[] = {"waiting", "connecting", "identifying", "resuming",
                                       "ready",   "failed",     "stopped"};
  return kNames[static_cast<int>(condition)];
}

// One word or two for each effect, so that a failure shows what was done instead.
std::string described(const Effects& effects) {
  std::string out;
  for (const auto& effect : effects) {
    if (!out.empty()) out += " | ";
    out += std::visit(
        Overloaded{
            [](const AskBotInfo&) { return std::string("ask"); },
            [](const Connect& e) { return "connect " + e.url; },
            [](const Disconnect& e) { return fmt::format("disconnect {}", e.code); },
            [](const SendHeartbeat& e) { return e.seq ? fmt::format("beat {}", *e.seq) : "beat null"; },
            [](const SendIdentify&) { return std::string("identify"); },
            [](const SendResume& e) { return fmt::format("resume {} {}", e.session.id, e.session.seq); },
            [](const SendText& e) { return "send " + e.text; },
            [](const Report& e) { return name(e.condition); },
            [](const Latency& e) { return fmt::format("latency {}", e.value.count()); }},
        effect);
  }
  return out;
}

std::string last_report(const Effects& effects) {
  std::string text;
  for (const auto& effect : effects)
    if (const auto* report = std::get_if<Report>(&effect)) text = report->text;
  return text;
}

const Identity kIdentity{UserId{9}, ApplicationId{8}, "bot"};
const GatewaySession kSession{"s1", "wss://resume.gg", 41, kIdentity};

}  // namespace

#define EFFECTS(expected, actual) STRCMP_EQUAL(expected, described(actual).c_str())

TEST_GROUP(Gateway) {
  Instant now{Millis(1'000'000)};
  Machine machine{Options{}, 1};

  Effects told(const Event& event) { return machine.handle(event, now); }
  void fresh(std::optional<GatewaySession> session = {}, std::uint64_t seed = 1) {
    machine = Machine(Options{}, seed, std::move(session));
  }
  // Lets time go on to the moment that the machine asked for.
  Effects wake() {
    auto at = machine.wake_at();
    CHECK_TEXT(at.has_value(), "the machine waits for nothing");
    CHECK_TEXT(*at >= now, "the machine wants to be woken in the past");
    now = *at;
    return told(Tick{});
  }
  Millis wait() { return *machine.wake_at() - now; }
  BotInfo info(int remaining = 1000) { return {"wss://gateway.gg", remaining, 5h}; }
  void to_hello() {
    told(Start{});
    if (std::holds_alternative<AskingBotInfo>(machine.state())) told(info());
    told(Opened{});
  }
  void to_live(Millis interval = 40s) {
    to_hello();
    told(Hello{interval});
  }
  void to_ready() {
    to_live();
    told(Dispatched{1});
    told(ReadyReceived{"s1", "wss://resume.gg"});
    CHECK(machine.ready());
  }
};

TEST(Gateway, asks_for_its_address_then_identifies_after_hello) {
  EFFECTS("ask", told(Start{}));
  EFFECTS("connect wss://gateway.gg/?v=10&encoding=json | connecting", told(info()));
  EFFECTS("", told(Opened{}));
  EFFECTS("identify | identifying", told(Hello{40s}));
  EFFECTS("", told(Dispatched{1}));
  EFFECTS("ready", told(ReadyReceived{"s1", "wss://resume.gg", kIdentity}));
  CHECK((machine.session() == GatewaySession{"s1", "wss://resume.gg", 1, kIdentity}));
}

TEST(Gateway, keeps_the_path_and_replaces_the_query_of_an_address) {
  told(Start{});
  EFFECTS("connect ws://127.0.0.1:80/gw/?v=10&encoding=json | connecting",
          told(BotInfo{"ws://127.0.0.1:80/gw?v=9", 1, 0ms}));
}

TEST(Gateway, resumes_a_session_of_another_process_without_spending_an_identify) {
  fresh(kSession);
  EFFECTS("connect wss://resume.gg/?v=10&encoding=json | connecting", told(Start{}));
  told(Opened{});
  EFFECTS("resume s1 41 | resuming", told(Hello{40s}));
  told(Dispatched{42});
  EFFECTS("ready", told(ResumedReceived{}));
  LONGS_EQUAL(42, machine.session()->seq);
}

TEST(Gateway, beats_first_at_a_random_moment_then_regularly) {
  std::vector<Millis> firsts;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    fresh({}, seed);
    to_live();
    firsts.push_back(wait());
    CHECK(firsts.back() >= 0ms && firsts.back() < 40s);
    EFFECTS("beat null", wake());
    EFFECTS("latency 25", (now += 25ms, told(HeartbeatAcked{})));
  }
  CHECK(std::adjacent_find(firsts.begin(), firsts.end(), std::not_equal_to<>()) != firsts.end());
  told(Dispatched{7});
  told(ReadyReceived{"s", "wss://r"});
  LONGS_EQUAL(40'000 - 25, wait().count());
  EFFECTS("beat 7", wake());
}

TEST(Gateway, takes_a_connection_for_dead_that_leaves_a_beat_unanswered) {
  to_ready();
  wake();
  auto effects = wake();
  EFFECTS("disconnect 4000 | waiting", effects);
  STRCMP_CONTAINS("no answer to a heartbeat in 40.0 s", last_report(effects).c_str());
  EFFECTS("connect wss://resume.gg/?v=10&encoding=json | connecting", wake());
  told(Opened{});
  EFFECTS("resume s1 1 | resuming", told(Hello{40s}));
}

TEST(Gateway, beats_at_once_when_asked_and_does_not_count_that_as_unanswered) {
  to_ready();
  EFFECTS("beat 1", told(HeartbeatAsked{}));
  EFFECTS("beat 1", wake());
  EFFECTS("beat 1", told(HeartbeatAsked{}));
  told(HeartbeatAcked{});
  EFFECTS("beat 1", wake());
}

TEST(Gateway, reconnects_at_once_when_asked_after_a_session_that_worked) {
  to_ready();
  EFFECTS("disconnect 4000 | waiting", told(ReconnectAsked{}));
  LONGS_EQUAL(0, wait().count());
  EFFECTS("connect wss://resume.gg/?v=10&encoding=json | connecting", wake());
}

TEST(Gateway, reconnects_when_asked_even_before_hello_but_not_in_a_loop) {
  to_hello();
  EFFECTS("disconnect 4000 | waiting", told(ReconnectAsked{}));
  CHECK(wait() >= 500ms);
  EFFECTS("ask", wake());
}

TEST(Gateway, resumes_an_interrupted_session_after_1_to_5_seconds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    fresh({}, seed);
    to_ready();
    EFFECTS("disconnect 4000 | waiting", told(SessionInvalid{true}));
    CHECK(wait() >= 1s && wait() <= 5s);
    EFFECTS("connect wss://resume.gg/?v=10&encoding=json | connecting", wake());
  }
}

TEST(Gateway, identifies_anew_at_the_cached_address_when_the_session_is_lost) {
  fresh(kSession);
  to_hello();
  told(Hello{40s});
  EFFECTS("disconnect 4000 | waiting", told(SessionInvalid{false}));
  CHECK(!machine.session());
  CHECK(wait() >= 1s && wait() <= 5s);
  EFFECTS("ask", wake());
  EFFECTS("connect wss://gateway.gg/?v=10&encoding=json | connecting", told(info()));
  told(Opened{});
  EFFECTS("identify | identifying", told(Hello{40s}));
  EFFECTS("beat null", wake());  // not the sequence number of the lost session
}

TEST(Gateway, follows_the_table_of_close_codes) {
  struct Row {
    std::optional<int> code;
    const char* next;
  };
  const char* resume = "connect wss://resume.gg/?v=10&encoding=json | connecting";
  for (Row row :
       {Row{std::nullopt, resume}, Row{1000, resume}, Row{1001, resume}, Row{1005, resume}, Row{1006, resume},
        Row{1011, resume}, Row{4000, resume}, Row{4002, resume}, Row{4008, resume}, Row{4999, resume},
        Row{4001, "ask"}, Row{4003, "ask"}, Row{4005, "ask"}, Row{4007, "ask"}, Row{4009, "ask"}}) {
    std::string which = fmt::format("close code {}", row.code.value_or(0));
    fresh();
    to_ready();
    STRCMP_EQUAL_TEXT("waiting", described(told(Closed{row.code, "why"})).c_str(), which.c_str());
    CHECK_TEXT(wait() >= 500ms && wait() <= 1s, which.c_str());
    STRCMP_EQUAL_TEXT(row.next, described(wake()).c_str(), which.c_str());
    now += 1h;
  }
}

TEST(Gateway, gives_up_with_a_sentence_that_says_what_to_do) {
  struct Row {
    int code;
    const char* says;
  };
  for (Row row : {Row{4004, "Reset Token"}, Row{4010, "report"}, Row{4011, "2,500 servers"},
                  Row{4012, "upgrade"}, Row{4013, "report"}, Row{4014, "Privileged Gateway Intents"}}) {
    fresh();
    to_live();
    auto effects = told(Closed{row.code, ""});
    EFFECTS("failed", effects);
    STRCMP_CONTAINS(row.says, last_report(effects).c_str());
    CHECK(!machine.wake_at());
    EFFECTS("ask", told(Start{}));  // with a new configuration
  }
}

TEST(Gateway, tries_the_cached_address_when_the_resume_address_fails_and_turns_about) {
  to_ready();
  told(Closed{});
  EFFECTS("connect wss://resume.gg/?v=10&encoding=json | connecting", wake());
  EFFECTS("waiting", told(Closed{std::nullopt, "refused"}));
  EFFECTS("connect wss://gateway.gg/?v=10&encoding=json | connecting", wake());
  told(Closed{std::nullopt, "refused"});
  EFFECTS("connect wss://resume.gg/?v=10&encoding=json | connecting", wake());
  told(Opened{});
  EFFECTS("resume s1 1 | resuming", told(Hello{40s}));
}

TEST(Gateway, asks_for_the_address_when_a_stored_resume_address_fails) {
  fresh(kSession);
  told(Start{});
  told(Closed{std::nullopt, "no such host"});
  EFFECTS("ask", wake());
  EFFECTS("connect wss://gateway.gg/?v=10&encoding=json | connecting", told(info(0)));
  told(Opened{});
  EFFECTS("resume s1 41 | resuming", told(Hello{40s}));
}

TEST(Gateway, waits_longer_from_failure_to_failure_up_to_a_minute) {
  told(Start{});
  Millis longest{};
  for (int i = 0; i < 12; ++i) {
    EFFECTS("waiting", told(BotInfoFailed{"no network", false}));
    Millis ceiling = std::min(Millis(1000) * (1 << i), Millis(60'000));
    CHECK(wait() >= ceiling / 2 && wait() <= ceiling);
    longest = std::max(longest, wait());
    EFFECTS("ask", wake());
  }
  CHECK(longest > 30s);
  told(info());
  told(Opened{});
  told(Hello{40s});
  told(Dispatched{1});
  told(ReadyReceived{"s", "wss://r"});
  told(Closed{});
  CHECK(wait() <= 1s);  // a success makes it patient again
}

TEST(Gateway, gives_up_when_the_token_is_refused_over_REST) {
  told(Start{});
  auto effects = told(BotInfoFailed{"401", true});
  EFFECTS("failed", effects);
  STRCMP_CONTAINS("Reset Token", last_report(effects).c_str());
}

TEST(Gateway, waits_until_the_identify_budget_is_there_again_and_says_so) {
  told(Start{});
  auto effects = told(info(0));
  EFFECTS("waiting", effects);
  STRCMP_CONTAINS("identifies", last_report(effects).c_str());
  CHECK(wait() == 5h);
  EFFECTS("ask", wake());
  EFFECTS("connect wss://gateway.gg/?v=10&encoding=json | connecting", told(info(1)));
}

TEST(Gateway, identifies_at_most_once_in_5_seconds) {
  to_live();
  Instant first = now;
  told(Closed{4003, ""});
  EFFECTS("ask", wake());
  EFFECTS("waiting", told(info()));
  EFFECTS("ask", wake());
  CHECK(now >= first + 5s);
  EFFECTS("connect wss://gateway.gg/?v=10&encoding=json | connecting", told(info()));
}

TEST(Gateway, does_not_wait_for_ever_for_hello_or_for_an_answer) {
  to_hello();
  CHECK(wait() == 20s);
  EFFECTS("disconnect 4000 | waiting", wake());

  fresh();
  now += 1min;
  to_live(9min);
  Instant start = now;
  Effects effects;
  while (described(effects).find("disconnect") == std::string::npos) {
    told(HeartbeatAcked{});
    effects = wake();
  }
  CHECK(now == start + 60s);
}

TEST(Gateway, gives_a_long_replay_its_time) {
  fresh(kSession);
  to_hello();
  told(Hello{9min});
  for (int i = 0; i < 10; ++i) {
    now += 30s;
    told(HeartbeatAcked{});
    EFFECTS("", told(Dispatched{50 + i}));
  }
  EFFECTS("ready", told(ResumedReceived{}));
}

TEST(Gateway, drops_a_connection_whose_stream_is_broken) {
  to_ready();
  auto effects = told(StreamBroken{"the zlib stream is broken"});
  EFFECTS("disconnect 4000 | waiting", effects);
  STRCMP_CONTAINS("zlib", last_report(effects).c_str());
}

TEST(Gateway, keeps_room_for_heartbeats_in_the_send_limit) {
  to_ready();
  for (int i = 0; i < 32; ++i) told(SendRequested{fmt::format("{}", i)});
  std::size_t sent = 32;
  for (int i = 0; i < 200; ++i)
    if (described(told(SendRequested{"x"})).starts_with("send")) ++sent;
  LONGS_EQUAL(120 - 10 - 1, sent);  // the identify counts too
  EFFECTS("beat 1", told(HeartbeatAsked{}));
  Instant start = now;
  std::size_t later = 0;
  while (later < 32) {
    told(HeartbeatAcked{});
    for (const auto& effect : wake()) later += std::holds_alternative<SendText>(effect);
  }
  CHECK(now - start <= 61s);
}

TEST(Gateway, refuses_what_is_too_long_or_too_much_to_send) {
  to_ready();
  auto effects = told(SendRequested{std::string(4097, 'x')});
  EFFECTS("ready", effects);
  STRCMP_CONTAINS("4097 bytes", last_report(effects).c_str());
  fresh();
  for (int i = 0; i < 32; ++i) EFFECTS("", told(SendRequested{"x"}));
  STRCMP_CONTAINS("32 wait", last_report(told(SendRequested{"x"})).c_str());
}

TEST(Gateway, sends_what_waited_when_it_is_ready) {
  told(SendRequested{"presence"});
  to_live();
  EFFECTS("ready | send presence", (told(Dispatched{1}), told(ReadyReceived{"s", "wss://r"})));
}

TEST(Gateway, stops_so_that_its_session_can_be_resumed_or_not) {
  to_ready();
  EFFECTS("disconnect 4000 | stopped", told(Stop{true}));
  CHECK(machine.session().has_value());
  CHECK(!machine.wake_at());
  EFFECTS("connect wss://resume.gg/?v=10&encoding=json | connecting", told(Start{}));
  EFFECTS("disconnect 1000 | stopped", told(Stop{false}));
  CHECK(!machine.session());
}

TEST(Gateway, ignores_stragglers_in_every_state) {
  std::vector<Event> stragglers = {Opened{},
                                   Hello{1s},
                                   HeartbeatAsked{},
                                   HeartbeatAcked{},
                                   ReconnectAsked{},
                                   SessionInvalid{},
                                   Dispatched{99},
                                   ReadyReceived{"x", "y"},
                                   ResumedReceived{},
                                   StreamBroken{},
                                   BotInfoFailed{"x", true},
                                   BotInfo{"wss://x", 0, 1s},
                                   Closed{4004, ""},
                                   Tick{}};
  for (const auto& event : stragglers) EFFECTS("", told(event));
  told(Start{});
  told(BotInfoFailed{"no network", false});  // pausing
  for (const auto& event : stragglers) EFFECTS("", told(event));
  fresh(kSession);
  to_ready();
  EFFECTS("", told(Start{}));
  EFFECTS("", told(Opened{}));
  EFFECTS("", told(Hello{1s}));
  EFFECTS("", told(info(0)));
  EFFECTS("", told(ReadyReceived{"x", "y"}));
  EFFECTS("", told(ResumedReceived{}));
  EFFECTS("", told(Tick{}));
  CHECK(machine.ready());
}
