// Tests of plugin.hpp by a plugin that is written with it: calls, options, callbacks, exceptions.
#include "loaded.h"
#include "recording_host.h"

#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::test;

namespace {

void check_text(std::string_view expected, coordinator_string is) {
  CHECK_EQUAL(std::string(expected), plugin::owned(is));
}

}  // namespace

TEST_GROUP(PluginHeader) {
  RecordingHost host;
  std::unique_ptr<Loaded> fixture;

  void setup() override { fixture = std::make_unique<Loaded>(host, FIXTURE); }
  void teardown() override {
    if (fixture) CHECK(fixture->unload());
    fixture.reset();
    LONGS_EQUAL(0, host.held());
    CHECK_EQUAL(std::string(), host.complaints.empty() ? "" : host.complaints[0]);
  }
  void check_went_wrong(std::string_view logged) {
    CHECK(host.last().ephemeral);
    STRCMP_CONTAINS("Something went wrong", host.last().content().c_str());
    CHECK_EQUAL("3 " + std::string(logged), host.log.at(host.log.size() - 1));
  }
};

TEST(PluginHeader, the_descriptor_says_what_was_declared) {
  check_text("fixture", fixture->plugin().name);
  check_text("0.1", fixture->plugin().version);
  const auto& typed = fixture->command("typed");
  LONGS_EQUAL(sizeof(coordinator_command), typed.size);
  LONGS_EQUAL(6, typed.option_count);
  LONGS_EQUAL(COORDINATOR_REQUIRED, typed.options[0]->flags);
  LONGS_EQUAL(COORDINATOR_AUTOCOMPLETE, typed.options[1]->flags);
  LONGS_EQUAL(COORDINATOR_ROLE, typed.options[5]->type);
  check_text("Somewhere", typed.options[4]->description);
}

TEST(PluginHeader, subcommands_and_groups_become_nested_options) {
  const auto& nested = fixture->command("nested");
  LONGS_EQUAL(COORDINATOR_IN_DMS, nested.flags);
  CHECK(nested.permissions == plugin::kManageGuild);
  LONGS_EQUAL(COORDINATOR_SUBCOMMAND_GROUP, nested.options[0]->type);
  LONGS_EQUAL(COORDINATOR_SUBCOMMAND, nested.options[1]->type);
  const auto& deep = *nested.options[0]->options[0];
  LONGS_EQUAL(COORDINATOR_SUBCOMMAND, deep.type);
  LONGS_EQUAL(2, deep.options[0]->choice_count);
  check_text("The dog", deep.options[0]->choices[1]->name);
}

TEST(PluginHeader, a_subcommand_runs_its_own_handler) {
  fixture->run("nested group deep", {{"animal", "cat"}});
  CHECK_EQUAL(std::string("deep cat"), host.last().content());
  fixture->run("nested flat");
  CHECK_EQUAL(std::string("flat"), host.last().content());
}

TEST(PluginHeader, options_come_in_their_types) {
  fixture->run("typed", {{"text", "a b"},
                         {"whole", "-12"},
                         {"truth", "false"},
                         {"who", "5"},
                         {"where", "6"},
                         {"role", "18446744073709551615"}});
  CHECK_EQUAL(std::string("text=a b whole=-12 truth=no who=5 where=6 role=18446744073709551615"),
              host.last().content());
}

TEST(PluginHeader, options_that_are_not_given_have_their_default) {
  fixture->run("typed");
  CHECK_EQUAL(std::string("text=none whole=-1 truth=yes who=0 where=11 role=0"), host.last().content());
}

TEST(PluginHeader, choices_are_those_that_match_what_is_typed) {
  fixture->complete("typed", "whole", {{"whole", "TW"}});
  CHECK_EQUAL(std::string(R"([{"name":"twelve","value":12},{"name":"two","value":2}])"),
              host.last().body.dump());
}

TEST(PluginHeader, a_completion_that_throws_is_answered_with_nothing) {
  fixture->complete("fail-typing", "what", {});
  CHECK_EQUAL(std::string("[]"), host.last().body.dump());
  CHECK_EQUAL(std::string("3 no"), host.log.at(0));
}

TEST(PluginHeader, a_modal_is_shown_and_comes_back) {
  fixture->run("ask");
  CHECK_EQUAL(std::string("modal"), host.last().how);
  CHECK_EQUAL(std::string("form:42"), host.last().body["custom_id"].text_or(""));
  fixture->submit("form:42", {{"name", "Ada"}});
  CHECK_EQUAL(std::string("42 Ada: (nothing)"), host.last().content());
}

TEST(PluginHeader, an_http_answer_comes_to_the_held_call) {
  fixture->run("fetch");
  CHECK_EQUAL(std::string("http POST https://example.org/weather {} Accept=text/plain"), host.asked.at(0));
  LONGS_EQUAL(1, host.held());
  host.http_response = {200, "sunny", {{"Age", "3"}}};
  host.settle();
  CHECK_EQUAL(std::string("200 sunny 3"), host.last().content());
  LONGS_EQUAL(0, host.held());
}

TEST(PluginHeader, a_timer_fires_once_and_lets_its_call_go) {
  fixture->run("later");
  host.pass(4999);
  LONGS_EQUAL(0, host.answers.size());
  host.pass(1);
  host.pass(60'000);
  LONGS_EQUAL(1, host.answers.size());
  LONGS_EQUAL(0, host.held());
}

TEST(PluginHeader, a_cancelled_timer_is_freed_uncalled) {
  fixture->run("later", {{"then", "cancel"}});
  host.settle();
  host.pass(60'000);
  LONGS_EQUAL(0, host.answers.size());
  LONGS_EQUAL(0, host.held());
}

TEST(PluginHeader, a_stop_frees_what_is_still_waited_for) {
  fixture->run("later");
  fixture->run("fetch");
  LONGS_EQUAL(2, host.held());
  CHECK(fixture->unload());
  fixture.reset();
  LONGS_EQUAL(0, host.held());
}

TEST(PluginHeader, values_are_stored_listed_and_forgotten) {
  host.storage["key"] = "old";
  fixture->run("store", {{"value", "new"}});
  CHECK_EQUAL(std::string("old key=new;"), host.last().content());
  LONGS_EQUAL(1, host.storage.size());
  CHECK_EQUAL(std::string("count uses 1"), host.asked.at(0));
  CHECK_EQUAL(std::string("gauge size 3"), host.asked.at(1));
}

TEST(PluginHeader, a_call_says_who_asks) {
  fixture->run("who");
  CHECK_EQUAL(std::string("alice 7 1 may not"), host.answers.at(0).content());
  CHECK_EQUAL(std::string("follow_up"), host.last().how);
  Use admin;
  admin.permissions = plugin::kAdministrator;
  fixture->run("who", {}, admin);
  CHECK_EQUAL(std::string("alice 7 1 may"), host.answers.at(2).content());
}

TEST(PluginHeader, an_exception_is_logged_and_told) {
  fixture->run("throw");
  check_went_wrong("thrown on purpose");
  fixture->run("throw-int");
  check_went_wrong("something was thrown that is no std::exception");
  fixture->press("throw");
  check_went_wrong("a button that throws");
}

TEST(PluginHeader, an_exception_in_a_callback_is_told_to_the_calls_user) {
  fixture->run("fail-later");
  host.settle(COORDINATOR_REFUSED);
  check_went_wrong("after You may not do this. Ask somebody who administrates the server.");
  LONGS_EQUAL(0, host.held());
}

TEST(PluginHeader, an_exception_in_a_visit_comes_out_behind_it) {
  host.sessions.resize(2);
  fixture->run("fail-in-visit");
  check_went_wrong("thrown in a visit");
}

TEST(PluginHeader, a_button_of_another_version_is_answered) {
  fixture->press("never-heard-of:1");
  STRCMP_CONTAINS("another version", host.last().content().c_str());
  CHECK(host.last().ephemeral);
}

TEST(PluginHeader, a_host_that_knows_nothing_can_start_it) {
  CHECK(fixture->unload());
  host.knows_nothing = true;
  fixture = std::make_unique<Loaded>(host, FIXTURE);
  fixture->run("who");
  CHECK_EQUAL(std::string("3 the host has no coordinator.interactions/1"), host.log.at(0));
}
