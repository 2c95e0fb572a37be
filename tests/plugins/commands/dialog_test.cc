// Tests of the commands that ask before they act: /reset and /project remove.
#include "loaded.h"
#include "recording_host.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::test;

namespace {

plugin::Session session_in(std::uint64_t channel) {
  plugin::Session session;
  session.current = true, session.channel = channel, session.project = "major_domo", session.messages = 1234;
  return session;
}

plugin::Mention running_in(std::uint64_t channel) {
  plugin::Mention mention;
  mention.running = true, mention.channel = channel, mention.message = 900, mention.user_name = "bob";
  mention.prompt = "rewrite **everything**", mention.started = plugin::now_ms() - 125'000;
  return mention;
}

}  // namespace

TEST_GROUP(ResetCommand) {
  RecordingHost host;
  std::unique_ptr<Loaded> reset;

  void setup() override {
    host.projects = {{"major_domo", "/srv", "claude", "", {11, 12}}};
    host.sessions = {session_in(11), session_in(12)};
    reset = std::make_unique<Loaded>(host, "reset");
  }
  void teardown() override {
    CHECK(reset->unload());
    LONGS_EQUAL(0, host.held());
    CHECK_EQUAL(std::string(), host.complaints.empty() ? "" : host.complaints[0]);
    LONGS_EQUAL(0, host.log.size());
  }
};

TEST(ResetCommand, is_for_those_who_may_manage_messages) {
  CHECK(reset->command("reset").permissions == plugin::kManageMessages);
}

TEST(ResetCommand, asks_with_channel_project_and_messages) {
  reset->run("reset");
  const Answer& dialog = host.last();
  CHECK(dialog.ephemeral);
  LONGS_EQUAL(60'000, dialog.lasting_ms);
  CHECK_EQUAL(std::string("<#11>"), dialog.embed()["fields"][0]["value"].text_or(""));
  CHECK_EQUAL(std::string("major\\_domo"), dialog.embed()["fields"][1]["value"].text_or(""));
  CHECK_EQUAL(std::string("1,234"), dialog.embed()["fields"][2]["value"].text_or(""));
  LONGS_EQUAL(3, dialog.embed()["fields"].size());
  LONGS_EQUAL(2, dialog.body["components"][0]["components"].size());
  LONGS_EQUAL(0, host.asked.size());
}

TEST(ResetCommand, yes_resets_and_tells_the_channel) {
  reset->run("reset");
  reset->press(host.last().component("Yes, reset"));
  CHECK_EQUAL(std::string("reset 11"), host.asked.at(0));
  host.settle();
  const Answer& done = host.answers.at(1);
  CHECK_EQUAL(std::string("edit"), done.how);
  STRCMP_CONTAINS("<#11> begins a new session", done.content().c_str());
  LONGS_EQUAL(0, done.rows());
  CHECK(done.body["components"].is_array());
  CHECK_EQUAL(std::string("<@7> has reset the session of this channel."), host.last().content());
  CHECK_FALSE(host.last().ephemeral);
  host.pass(60'000);
  LONGS_EQUAL(3, host.answers.size());
}

TEST(ResetCommand, another_channel_is_reset_quietly) {
  reset->run("reset", {{"channel", "12"}});
  reset->press(host.last().component("Yes, reset"));
  host.settle();
  CHECK_EQUAL(std::string("reset 12"), host.asked.at(0));
  CHECK_EQUAL(std::string("edit"), host.last().how);
}

TEST(ResetCommand, a_running_turn_is_named_and_goes_on_unless_told_otherwise) {
  host.mentions = {running_in(11)};
  reset->run("reset");
  auto running = host.last().embed()["fields"][3]["value"].text_or("");
  STRCMP_CONTAINS("**bob**: rewrite \\*\\*everything\\*\\* (for 2 min)", running.c_str());
  reset->press(host.last().component("Yes, reset"));
  CHECK_EQUAL(std::string("reset 11"), host.asked.at(0));
  host.settle();
}

TEST(ResetCommand, the_third_button_cancels_the_turn_too) {
  host.mentions = {running_in(11)};
  reset->run("reset");
  reset->press(host.last().component("Cancel it and reset"));
  CHECK_EQUAL(std::string("reset 11 cancel"), host.asked.at(0));
  host.settle();
}

TEST(ResetCommand, cancel_does_nothing) {
  reset->run("reset");
  reset->press(host.last().component("Cancel"));
  CHECK_EQUAL(std::string("Nothing was reset."), host.last().content());
  LONGS_EQUAL(0, host.asked.size());
}

TEST(ResetCommand, after_60_seconds_it_says_so_and_the_buttons_are_gone) {
  reset->run("reset");
  auto yes = host.last().component("Yes, reset");
  host.pass(59'999);
  LONGS_EQUAL(1, host.answers.size());
  host.pass(1);
  CHECK_EQUAL(std::string("edit"), host.last().how);
  STRCMP_CONTAINS("timed out", host.last().content().c_str());
  CHECK(host.last().body["components"].is_array());
  LONGS_EQUAL(0, host.last().rows());
  LONGS_EQUAL(0, host.held());
  reset->press(yes);
  STRCMP_CONTAINS("This question is over", host.last().content().c_str());
  LONGS_EQUAL(0, host.asked.size());
}

TEST(ResetCommand, only_the_first_press_counts) {
  reset->run("reset");
  auto yes = host.last().component("Yes, reset");
  reset->press(yes);
  reset->press(yes);
  host.settle();
  LONGS_EQUAL(1, host.asked.size());
}

TEST(ResetCommand, a_press_after_a_reload_counts_and_the_old_timer_stays_silent) {
  reset->run("reset");
  auto yes = host.last().component("Yes, reset");
  Loaded next(host, "reset");
  next.press(yes);
  host.settle();
  CHECK_EQUAL(std::string("reset 11"), host.asked.at(0));
  host.pass(60'000);
  LONGS_EQUAL(3, host.answers.size());
}

TEST(ResetCommand, a_refusal_is_told_and_nothing_announced) {
  reset->run("reset");
  reset->press(host.last().component("Yes, reset"));
  host.settle(COORDINATOR_REFUSED, "Only a moderator may do this.");
  CHECK_EQUAL(std::string("Only a moderator may do this."), host.last().content());
  LONGS_EQUAL(2, host.answers.size());
}

TEST(ResetCommand, nothing_to_reset_is_said_at_once) {
  host.sessions.clear();
  reset->run("reset");
  STRCMP_CONTAINS("<#11> has no session to reset", host.last().content().c_str());
  CHECK(host.last().ephemeral);
  reset->run("reset", {{"channel", "99"}});
  STRCMP_CONTAINS("No project speaks to <#99>", host.last().content().c_str());
  LONGS_EQUAL(0, host.timers());
}

TEST(ResetCommand, a_hundred_dialogs_at_once_are_a_limit_that_is_told) {
  for (int i = 0; i < 100; ++i) reset->run("reset");
  LONGS_EQUAL(100, host.held());
  reset->run("reset");
  STRCMP_CONTAINS("Something went wrong", host.last().content().c_str());
  LONGS_EQUAL(100, host.storage.size());
  host.log.clear();
  host.pass(60'000);
  LONGS_EQUAL(0, host.storage.size());
}

TEST(ResetCommand, dialogs_that_a_dead_daemon_left_are_swept) {
  host.storage["dialog:old"] = "1000 11";
  reset->run("reset");
  LONGS_EQUAL(0, host.storage.count("dialog:old"));
  LONGS_EQUAL(1, host.storage.size());
}

TEST_GROUP(ProjectCommand) {
  RecordingHost host;
  std::unique_ptr<Loaded> project;

  void setup() override {
    host.projects = {{"major_domo", "/srv/major-domo", "claude", "", {11, 12}},
                     {"site", "/srv/site", "claude", "opus", {}}};
    project = std::make_unique<Loaded>(host, "project");
  }
  void teardown() override {
    CHECK(project->unload());
    LONGS_EQUAL(0, host.held());
    CHECK_EQUAL(std::string(), host.complaints.empty() ? "" : host.complaints[0]);
    LONGS_EQUAL(0, host.log.size());
  }
};

TEST(ProjectCommand, is_for_administrators) {
  CHECK(project->command("project").permissions == plugin::kAdministrator);
}

TEST(ProjectCommand, remove_asks_first) {
  project->run("project remove", {{"name", "major_domo"}});
  STRCMP_CONTAINS("Remove **major\\_domo**?", host.last().content().c_str());
  STRCMP_CONTAINS("<#11> <#12>", host.last().content().c_str());
  CHECK(host.last().ephemeral);
  LONGS_EQUAL(0, host.asked.size());
  project->press(host.last().component("Yes, remove"));
  CHECK_EQUAL(std::string("remove major_domo"), host.asked.at(0));
  host.settle();
  STRCMP_CONTAINS("Its directory is still there.", host.last().content().c_str());
}

TEST(ProjectCommand, remove_can_be_cancelled_and_times_out) {
  project->run("project remove", {{"name", "site"}});
  project->press(host.last().component("Cancel"));
  CHECK_EQUAL(std::string("Nothing was removed."), host.last().content());
  project->run("project remove", {{"name", "site"}});
  host.pass(60'000);
  STRCMP_CONTAINS("timed out", host.last().content().c_str());
  LONGS_EQUAL(0, host.asked.size());
}

TEST(ProjectCommand, remove_names_an_unknown_one) {
  project->run("project remove", {{"name", "nosuch"}});
  STRCMP_CONTAINS("There is no project **nosuch**", host.last().content().c_str());
}

TEST(ProjectCommand, names_are_completed) {
  project->complete("project set", "name", {{"name", "SI"}});
  CHECK_EQUAL(std::string(R"([{"name":"site","value":"site"}])"), host.last().body.dump());
}

TEST(ProjectCommand, add_shows_progress_and_the_end) {
  project->run("project add",
               {{"name", "new"}, {"repository", "https://token@example.org/r"}, {"channel", "13"}});
  CHECK_EQUAL(std::string("add new repository=https://token@example.org/r channel=13"), host.asked.at(0));
  host.progress("Receiving objects: 10%");  // too soon: the host says that it thinks
  LONGS_EQUAL(0, host.answers.size());
  host.settle();
  CHECK_EQUAL(std::string("edit"), host.last().how);
  CHECK_EQUAL(std::string("Added **new**. Mention the bot in <#13> to speak to it."), host.last().content());
}

TEST(ProjectCommand, add_takes_this_channel_where_it_speaks_to_none) {
  project->run("project add", {{"name", "new"}, {"directory", "/srv/new"}});
  STRCMP_CONTAINS("this one speaks to **major\\_domo** already", host.last().content().c_str());
  LONGS_EQUAL(0, host.asked.size());
  Use elsewhere;
  elsewhere.channel = 14;
  project->run("project add", {{"name", "new"}, {"directory", "/srv/new"}}, elsewhere);
  CHECK_EQUAL(std::string("add new directory=/srv/new channel=14"), host.asked.at(0));
  host.settle(COORDINATOR_FAILED, "git clone failed: no such repository");
  CHECK_EQUAL(std::string("git clone failed: no such repository"), host.last().content());
  CHECK(host.last().ephemeral);  // it may tell of the machine
}

TEST(ProjectCommand, add_wants_one_source) {
  project->run("project add", {{"name", "new"}});
  STRCMP_CONTAINS("either `repository`", host.last().content().c_str());
  project->run("project add", {{"name", "new"}, {"repository", "x"}, {"directory", "y"}});
  CHECK(host.last().ephemeral);
  LONGS_EQUAL(0, host.asked.size());
}

TEST(ProjectCommand, set_says_what_it_changes) {
  project->run(
      "project set",
      {{"name", "site"}, {"model", "sonnet"}, {"allow", "everyone"}, {"system-prompt", "Be brief."}});
  CHECK_EQUAL(std::string("set site model=sonnet prompt=Be brief. allow=everyone"), host.asked.at(0));
  host.settle();
  CHECK_EQUAL(std::string("Changed **site**."), host.last().content());
  project->run("project set", {{"name", "site"}});
  STRCMP_CONTAINS("Say what to change", host.last().content().c_str());
}

TEST(ProjectCommand, list_shows_all_and_how_many_are_left_out) {
  project->run("project list");
  CHECK(host.last().ephemeral);
  CHECK_EQUAL(std::string("<#11> <#12>\nclaude · default model · `/srv/major-domo`"),
              host.last().embed()["fields"][0]["value"].text_or(""));
  for (int i = 0; i < 40; ++i)
    host.projects.push_back({"p", "/d", "a", "m", std::vector<std::uint64_t>(200, 5)});
  project->run("project list");
  LONGS_EQUAL(25, host.last().embed()["fields"].size());
  CHECK_EQUAL(std::string("42 projects, 17 not shown"), host.last().embed()["footer"]["text"].text_or(""));
  host.projects.clear();
  project->run("project list");
  STRCMP_CONTAINS("no projects yet", host.last().content().c_str());
}
