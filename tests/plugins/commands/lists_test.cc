// Tests of the commands that show conversations: /status, /sessions, /queue, /stop, /usage.
#include "command_stage.h"

using namespace coordinator;
using namespace coordinator::test;

namespace {

constexpr std::int64_t kMinute = 60'000;

plugin::Session session_in(std::uint64_t channel, std::int64_t minutes_ago) {
  plugin::Session session;
  session.channel = channel, session.project = "domo", session.agent = "claude", session.model = "sonnet";
  session.id = "id-" + plugin::decimal(channel), session.messages = 12, session.cost_usd = 0.5;
  session.last_activity = plugin::now_ms() - minutes_ago * kMinute - 500;
  return session;
}

plugin::Mention mention_of(std::uint64_t message, bool running) {
  plugin::Mention mention;
  mention.running = running, mention.message = message, mention.channel = 11, mention.user_name = "bob";
  mention.prompt = "do _this_\nand that", mention.arrived = plugin::now_ms() - 5 * kMinute - 500;
  mention.started = running ? plugin::now_ms() - 2 * kMinute - 500 : 0;
  return mention;
}

}  // namespace

TEST_GROUP(StatusCommand) {
  Stage stage{"status"};
  RecordingHost& host = stage.host;
  void teardown() override { stage.finish(); }
};

TEST(StatusCommand, says_that_there_is_nothing) {
  stage.plugin->run("status");
  CHECK_EQUAL(std::string("No active sessions."), host.last().content());
  CHECK(host.last().ephemeral);
}

TEST(StatusCommand, shows_each_session_and_the_totals) {
  host.sessions = {session_in(11, 5), session_in(12, 0)};
  host.sessions[0].running = 1, host.sessions[0].queued = 2;
  host.sessions[1].model = "";
  stage.plugin->run("status");
  CHECK(host.last().ephemeral);
  auto fields = host.last().embed()["fields"];
  CHECK_EQUAL(std::string("domo"), fields[0]["name"].text_or(""));
  CHECK_EQUAL(std::string("<#11> · sonnet · 12 messages · 5 min ago · $0.50\n1 running, 2 queued"),
              fields[0]["value"].text_or(""));
  CHECK_EQUAL(std::string("<#12> · default model · 12 messages · just now · $0.50"),
              fields[1]["value"].text_or(""));
  CHECK_EQUAL(std::string("2 sessions · 24 messages · 1 running · 2 queued · $1.00"),
              host.last().embed()["footer"]["text"].text_or(""));
}

TEST(StatusCommand, says_how_many_more_there_are) {
  for (std::uint64_t i = 0; i < 40; ++i) host.sessions.push_back(session_in(100 + i, 3));
  stage.plugin->run("status");
  LONGS_EQUAL(25, host.last().embed()["fields"].size());
  STRCMP_CONTAINS("15 more are not shown", host.last().embed()["description"].text_or("").c_str());
}

TEST(StatusCommand, keeps_to_6000_with_the_longest_names) {
  for (std::uint64_t i = 0; i < 30; ++i) {
    host.sessions.push_back(session_in(100 + i, 3));
    host.sessions.back().project = std::string(300, 'p');
    host.sessions.back().model = std::string(300, 'm');
  }
  stage.plugin->run("status");
  CHECK(host.last().embed()["fields"].size() > 5);
  STRCMP_CONTAINS("more are not shown", host.last().embed()["description"].text_or("").c_str());
}

TEST_GROUP(SessionsCommand) {
  Stage stage{"sessions"};
  RecordingHost& host = stage.host;
  void teardown() override { stage.finish(); }
};

TEST(SessionsCommand, lists_and_offers_to_resume_and_fork) {
  host.history = {session_in(1, 0), session_in(2, 90)};
  host.history[0].current = true;
  stage.plugin->run("sessions");
  CHECK_EQUAL(std::string("history 11"), host.asked.at(0));
  host.settle();
  CHECK(host.last().ephemeral);
  auto lines = host.last().embed()["description"].text_or("");
  STRCMP_CONTAINS("`1` just now · 12 messages · sonnet · $0.50 · **current**", lines.c_str());
  STRCMP_CONTAINS("`2` 1 h ago", lines.c_str());
  LONGS_EQUAL(1, host.last().body["components"][0]["components"][0]["options"].size());
  LONGS_EQUAL(2, host.last().body["components"][1]["components"][0]["options"].size());
}

TEST(SessionsCommand, resumes_the_chosen_one) {
  host.history = {session_in(2, 90)};
  stage.plugin->run("sessions");
  host.settle();
  stage.plugin->press(host.last().component("Resume"), {"id-2"});
  CHECK_EQUAL(std::string("resume 11 id-2"), host.asked.at(1));
  host.settle();
  STRCMP_CONTAINS("Resumed.", host.answers.at(1).content().c_str());
  STRCMP_CONTAINS("<@7> has resumed", host.last().content().c_str());
  CHECK_FALSE(host.last().ephemeral);
}

TEST(SessionsCommand, forks_the_chosen_one_and_tells_a_refusal) {
  host.history = {session_in(2, 90)};
  stage.plugin->run("sessions");
  host.settle();
  stage.plugin->press(host.last().component("Go on in a copy"), {"id-2"});
  CHECK_EQUAL(std::string("fork 11 id-2"), host.asked.at(1));
  host.settle(COORDINATOR_NOT_FOUND);
  CHECK_EQUAL(std::string("edit"), host.last().how);
  STRCMP_CONTAINS("not there any more", host.last().content().c_str());
}

TEST(SessionsCommand, an_empty_and_a_failing_history_are_said) {
  stage.plugin->run("sessions");
  host.settle();
  STRCMP_CONTAINS("had no session yet", host.last().content().c_str());
  stage.plugin->run("sessions");
  host.settle(COORDINATOR_FAILED);
  STRCMP_CONTAINS("That failed.", host.last().content().c_str());
}

TEST(SessionsCommand, a_hundred_are_cut_to_25) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    host.history.push_back(session_in(i + 1, 3));
    host.history.back().model = std::string(64, '*');
  }
  stage.plugin->run("sessions");
  host.settle();
  STRCMP_CONTAINS(" more.", host.last().embed()["description"].text_or("").c_str());
  LONGS_EQUAL(25, host.last().body["components"][0]["components"][0]["options"].size());
}

TEST_GROUP(QueueCommand) {
  Stage stage{"queue"};
  RecordingHost& host = stage.host;
  void teardown() override { stage.finish(); }
};

TEST(QueueCommand, says_that_nothing_waits) {
  stage.plugin->run("queue", {{"channel", "12"}});
  CHECK_EQUAL(std::string("Nothing runs or waits in <#12>."), host.last().content());
  CHECK(host.last().ephemeral);
}

TEST(QueueCommand, a_button_cancels_one_and_the_list_is_shown_anew) {
  host.mentions = {mention_of(900, true), mention_of(901, false)};
  stage.plugin->run("queue");
  CHECK(host.last().ephemeral);
  auto lines = host.last().embed()["description"].text_or("");
  STRCMP_CONTAINS("`1` **bob** runs for 2 min: do \\_this\\_ and that", lines.c_str());
  STRCMP_CONTAINS("`2` **bob** waits for 5 min", lines.c_str());
  CHECK(!host.last().component("Stop 1").empty());
  stage.plugin->press(host.last().component("Cancel 2"));
  CHECK_EQUAL(std::string("cancel 901"), host.asked.at(0));
  host.mentions.pop_back();
  host.settle();
  CHECK_EQUAL(std::string("edit"), host.last().how);
  CHECK_EQUAL(std::string("Cancelled."), plugin::one_line(host.last().content(), 100));
  CHECK(host.last().component("Cancel 2").empty());
}

TEST(QueueCommand, the_last_one_gone_takes_list_and_buttons_away) {
  host.mentions = {mention_of(900, false)};
  stage.plugin->run("queue");
  stage.plugin->press(host.last().component("Cancel 1"));
  host.mentions.clear();
  host.settle();
  STRCMP_CONTAINS("Nothing runs or waits", host.last().content().c_str());
  CHECK(host.last().body["embeds"].is_array());
  LONGS_EQUAL(0, host.last().body["embeds"].size());
  LONGS_EQUAL(0, host.last().rows());
}

TEST(QueueCommand, a_refusal_stands_above_the_list) {
  host.mentions = {mention_of(900, false)};
  stage.plugin->run("queue");
  stage.plugin->press(host.last().component("Cancel 1"));
  host.settle(COORDINATOR_REFUSED, "It belongs to **carol**.");
  STRCMP_CONTAINS("It belongs to **carol**.", host.last().content().c_str());
  CHECK(!host.last().component("Cancel 1").empty());
}

TEST(QueueCommand, many_are_chosen_in_a_menu) {
  for (std::uint64_t i = 0; i < 50; ++i) {
    host.mentions.push_back(mention_of(900 + i, i == 0));
    host.mentions.back().prompt = i == 3 ? "" : std::string(4000, '*');
    host.mentions.back().user_name = std::string(32, '_');
  }
  stage.plugin->run("queue");
  STRCMP_CONTAINS("…and ", host.last().embed()["description"].text_or("").c_str());
  auto menu = host.last().body["components"][0]["components"][0];
  LONGS_EQUAL(25, menu["options"].size());
  stage.plugin->press(menu["custom_id"].text_or(""), {"905"});
  CHECK_EQUAL(std::string("cancel 905"), host.asked.at(0));
  host.settle();
}

TEST_GROUP(StopCommand) {
  Stage stage{"stop"};
  RecordingHost& host = stage.host;
  void teardown() override { stage.finish(); }
};

TEST(StopCommand, ends_the_running_turn_and_says_which) {
  host.mentions = {mention_of(900, true), mention_of(901, false)};
  stage.plugin->run("stop");
  CHECK_EQUAL(std::string("cancel 900"), host.asked.at(0));
  host.settle(COORDINATOR_OK, "ended");
  CHECK_EQUAL(std::string("Stopped the turn of **bob** after 2 min. One mention waits: its turn is next.\n"
                          "> do \\_this\\_ and that"),
              host.last().content());
  CHECK_FALSE(host.last().ephemeral);
}

TEST(StopCommand, says_when_nothing_runs) {
  stage.plugin->run("stop");
  CHECK_EQUAL(std::string("Nothing is running in this channel."), host.last().content());
  host.mentions = {mention_of(900, false)};
  stage.plugin->run("stop");
  CHECK_EQUAL(
      std::string("Nothing is running in this channel; 1 mention waits for a free agent. Cancel one with "
                  "`/queue`."),
      host.last().content());
  LONGS_EQUAL(0, host.asked.size());
}

TEST(StopCommand, tells_a_refusal_to_the_asker_only) {
  host.mentions = {mention_of(900, true)};
  stage.plugin->run("stop");
  host.settle(COORDINATOR_REFUSED);
  STRCMP_CONTAINS("You may not do this.", host.last().content().c_str());
  CHECK(host.last().ephemeral);
}

TEST_GROUP(AuditCommand) {
  Stage stage{"audit"};
  RecordingHost& host = stage.host;
  void setup() override {
    plugin::AuditRow row;
    row.decision = COORDINATOR_DENIED;
    row.channel = 11, row.requester = 7, row.decided_by = 8;
    row.tool = "Bash", row.input = R"({"command":"rm `x`"})", row.turn = "0123456789abcdef";
    row.reason = "use make", row.asked = 1'700'000'000'000;
    host.audit.push_back(row);
    row.decision = COORDINATOR_ALLOWED_SESSION;
    row.tool = "Write", row.reason = "";
    host.audit.push_back(row);
  }
  void teardown() override { stage.finish(); }
};

TEST(AuditCommand, tells_who_decided_what_and_for_which_turn) {
  stage.plugin->run("audit");
  host.settle();
  CHECK(host.last().ephemeral);
  auto lines = host.last().embed()["description"].text_or("");
  STRCMP_CONTAINS("<t:1700000000:f> **Bash** `{\"command\":\"rm 'x'\"}`\n⛔ denied by <@8>: use make",
                  lines.c_str());
  STRCMP_CONTAINS("asked for <@7>, turn 0123456789abcdef", lines.c_str());
  STRCMP_CONTAINS("✅ allowed for the session by <@8>", lines.c_str());
}

TEST(AuditCommand, looks_into_one_channel_or_all_and_at_one_tool) {
  stage.plugin->run("audit", {{"where", "all"}, {"tool", "Write"}});
  CHECK_EQUAL(std::string("audit 0"), host.asked.at(0));
  host.settle();
  auto lines = host.last().embed()["description"].text_or("");
  CHECK(lines.find("Bash") == std::string::npos);
  STRCMP_CONTAINS("in <#11>", lines.c_str());
}

TEST(AuditCommand, says_when_there_is_nothing) {
  host.audit.clear();
  stage.plugin->run("audit");
  host.settle();
  STRCMP_CONTAINS("No agent has asked", host.last().content().c_str());
}

TEST_GROUP(UsageCommand) {
  Stage stage{"usage"};
  RecordingHost& host = stage.host;
  void setup() override {
    for (std::int64_t day = 0; day < 3; ++day)
      for (std::uint64_t user = 1; user <= 2; ++user)
        host.usage.push_back({1'700'006'400'000 - day * 86'400'000, 11, user, "x", 2, 1500, 250,
                              0.25 * static_cast<double>(user)});
  }
  void teardown() override { stage.finish(); }
};

TEST(UsageCommand, sums_by_channel_user_and_day) {
  stage.plugin->run("usage");
  host.settle();
  CHECK(host.last().ephemeral);
  auto embed = host.last().embed();
  CHECK_EQUAL(std::string("Usage of the last 30 days"), embed["title"].text_or(""));
  CHECK_EQUAL(std::string("<#11> $2.25 · 12 turns · 9.0k tokens in, 1.5k out"),
              embed["fields"][0]["value"].text_or(""));
  STRCMP_CONTAINS("<@2> $1.50 · 6 turns", embed["fields"][1]["value"].text_or("").c_str());
  LONGS_EQUAL(0, embed["fields"][1]["value"].text_or("").find("<@2>"));
  LONGS_EQUAL(0, embed["fields"][2]["value"].text_or("").find("<t:1700049600:d> $0.75"));
  CHECK_EQUAL(std::string("In all: $2.25 · 12 turns · 9.0k tokens in, 1.5k out"),
              embed["footer"]["text"].text_or(""));
}

TEST(UsageCommand, asks_for_whole_days) {
  stage.plugin->run("usage", {{"days", "1"}});
  auto since = plugin::number_in(host.asked.at(0).substr(6));
  LONGS_EQUAL(0, since % 86'400'000);
  CHECK(plugin::now_ms() - since < 2 * 86'400'000);
  host.settle();
  CHECK_EQUAL(std::string("Usage of the last day"), host.last().embed()["title"].text_or(""));
}

TEST(UsageCommand, one_list_is_longer) {
  for (std::uint64_t channel = 1; channel < 500; ++channel)
    host.usage.push_back(
        {1'700'006'400'000, 1'400'000'000'000'000'000 + channel, 1, "x", 2, 1500, 250, 12.25});
  stage.plugin->run("usage", {{"by", "channel"}});
  host.settle();
  auto lines = host.last().embed()["description"].text_or("");
  STRCMP_CONTAINS("…and 460 more.", lines.c_str());
  LONGS_EQUAL(0, host.last().embed()["fields"].size());
}

TEST(UsageCommand, refuses_a_number_of_days_that_makes_no_sense) {
  for (const char* days : {"0", "366", "-3"}) {
    stage.plugin->run("usage", {{"days", days}});
    STRCMP_CONTAINS("from 1 to 365", host.last().content().c_str());
  }
  LONGS_EQUAL(0, host.asked.size());
}

TEST(UsageCommand, says_when_there_is_nothing_or_it_failed) {
  host.usage.clear();
  stage.plugin->run("usage");
  host.settle();
  CHECK_EQUAL(std::string("No turn has run in this time."), host.last().content());
  stage.plugin->run("usage");
  host.settle(COORDINATOR_FAILED, "The disk is full.");
  CHECK_EQUAL(std::string("The disk is full."), host.last().content());
}
