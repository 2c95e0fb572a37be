// Tests of the commands about the house: /ping, /model, /plugins, /help; and what all plugins have in common.
#include <filesystem>

#include "command_stage.h"

using namespace coordinator;
using namespace coordinator::test;

namespace {

coordinator_plugin_info info(std::uint32_t state, const char* name, const char* detail = "") {
  auto made = plugin::sized<coordinator_plugin_info>();
  made.state = state;
  made.name = plugin::borrowed(name), made.version = plugin::borrowed("1.0");
  made.detail = plugin::borrowed(detail);
  return made;
}

}  // namespace

TEST_GROUP(PingCommand){};

TEST(PingCommand, answers) {
  Stage stage("ping");
  stage.plugin->run("ping");
  CHECK_EQUAL(std::string("Pong."), stage.host.last().content());
  stage.finish();
}

TEST_GROUP(ModelCommand) {
  Stage stage{"model"};
  RecordingHost& host = stage.host;
  void setup() override {
    host.models = {{"sonnet", "the everyday one"}, {"opus", ""}};
    host.current_models[11] = "sonnet";
  }
  void teardown() override { stage.finish(); }
};

TEST(ModelCommand, shows_old_and_new) {
  stage.plugin->run("model", {{"name", "opus"}});
  CHECK_EQUAL(std::string("model 11 opus"), host.asked.at(0));
  host.current_models[11] = "opus";
  host.settle();
  STRCMP_CONTAINS("**sonnet** → **opus**", host.last().content().c_str());
  CHECK_FALSE(host.last().ephemeral);
}

TEST(ModelCommand, names_the_default_and_a_change_that_is_none) {
  stage.plugin->run("model", {{"name", "default"}});
  host.current_models[11] = "";
  host.settle();
  STRCMP_CONTAINS("**sonnet** → the agent's default", host.last().content().c_str());
  stage.plugin->run("model", {{"name", "default"}});
  host.settle();
  CHECK_EQUAL(std::string("The model stays the agent's default."), host.last().content());
}

TEST(ModelCommand, an_unknown_one_is_answered_with_those_there_are) {
  stage.plugin->run("model", {{"name", "nosuch"}});
  host.settle(COORDINATOR_NOT_FOUND);
  CHECK_EQUAL(std::string("There is no model `nosuch` here. Choose one of `sonnet`, `opus`, or `default`."),
              host.last().content());
  CHECK(host.last().ephemeral);
  stage.plugin->run("model", {{"name", "sonnet-20250101"}});
  host.settle(COORDINATOR_INVALID, "That is a dated id; take an alias.");
  CHECK_EQUAL(std::string("That is a dated id; take an alias."), host.last().content());
}

TEST(ModelCommand, a_channel_without_a_project_has_none) {
  host.current_models.clear();
  stage.plugin->run("model", {{"name", "opus"}});
  STRCMP_CONTAINS("No project speaks to this channel", host.last().content().c_str());
  LONGS_EQUAL(0, host.asked.size());
}

TEST(ModelCommand, completes_names_and_descriptions) {
  stage.plugin->complete("model", "name", {{"name", "EVERY"}});
  CHECK_EQUAL(std::string(R"([{"name":"sonnet: the everyday one","value":"sonnet"}])"),
              host.last().body.dump());
  stage.plugin->complete("model", "name", {{"name", ""}});
  LONGS_EQUAL(3, host.last().body.view().size());
}

TEST_GROUP(PluginsCommand) {
  Stage stage{"plugins"};
  RecordingHost& host = stage.host;
  coordinator_plugin_info serving = info(COORDINATOR_SERVING, "reset"),
                          refused =
                              info(COORDINATOR_REFUSED_FILE, "zebra", "it is no *ELF* file: build it anew"),
                          quarantined =
                              info(COORDINATOR_QUARANTINED, "yak", "the daemon died in its code twice");
  void teardown() override { stage.finish(); }
};

TEST(PluginsCommand, lists_what_needs_a_person_first) {
  host.plugins = {&serving, &refused, &quarantined};
  stage.plugin->run("plugins list");
  CHECK(host.last().ephemeral);
  CHECK_EQUAL(std::string("**yak** 1.0 **in quarantine**\n-# the daemon died in its code twice\n"
                          "**zebra** 1.0 **refused**\n-# it is no \\*ELF\\* file: build it anew\n"
                          "**reset** 1.0 serves"),
              host.last().embed()["description"].text_or(""));
}

TEST(PluginsCommand, a_long_list_says_how_many_more) {
  std::string long_name(64, '_'), long_detail(900, '*');
  auto big = info(COORDINATOR_REFUSED_FILE, long_name.c_str(), long_detail.c_str());
  for (int i = 0; i < 50; ++i) host.plugins.push_back(&big);
  stage.plugin->run("plugins list");
  STRCMP_CONTAINS("more: `coordinator plugins list` shows all.",
                  host.last().embed()["description"].text_or("").c_str());
  host.plugins.clear();
  stage.plugin->run("plugins list");
  STRCMP_CONTAINS("There are no plugins", host.last().content().c_str());
}

TEST(PluginsCommand, reloads_enables_and_disables) {
  for (const char* what : {"reload", "enable", "disable"}) {
    stage.plugin->run(std::string("plugins ") + what, {{"name", "reset"}});
    CHECK_EQUAL(std::string(what) + " reset", host.asked.at(host.asked.size() - 1));
    host.settle();
    STRCMP_CONTAINS("**reset** is", host.last().content().c_str());
    CHECK(host.last().ephemeral);
  }
  stage.plugin->run("plugins reload", {{"name", "zebra"}});
  host.settle(COORDINATOR_NOT_FOUND, "There is no plugin zebra.");
  CHECK_EQUAL(std::string("There is no plugin zebra."), host.last().content());
}

TEST(PluginsCommand, does_not_saw_off_its_own_branch) {
  stage.plugin->run("plugins disable", {{"name", "plugins"}});
  STRCMP_CONTAINS("`coordinator plugins disable plugins`", host.last().content().c_str());
  LONGS_EQUAL(0, host.asked.size());
}

TEST(PluginsCommand, completes_names) {
  host.plugins = {&serving, &refused};
  stage.plugin->complete("plugins reload", "name", {{"name", "ze"}});
  CHECK_EQUAL(std::string(R"([{"name":"zebra","value":"zebra"}])"), host.last().body.dump());
  CHECK(stage.plugin->command("plugins").permissions == plugin::kAdministrator);
}

TEST_GROUP(HelpCommand) {
  Stage stage{"help"};
  RecordingHost& host = stage.host;
  void teardown() override { stage.finish(); }
};

TEST(HelpCommand, is_made_from_what_is_loaded) {
  Stage other("project"), self("ping");
  auto project = info(COORDINATOR_SERVING, "project"), ping = info(COORDINATOR_SERVING, "ping");
  project.commands = other.plugin->plugin().commands, project.command_count = 1;
  ping.commands = self.plugin->plugin().commands, ping.command_count = 1;
  host.plugins = {&project, &ping};
  host.command_ids["project"] = 1234;
  stage.plugin->run("help");
  CHECK(host.last().ephemeral);
  auto text = host.last().embed()["description"].text_or("");
  STRCMP_CONTAINS("`/ping` Says whether the bot is there\n", text.c_str());
  STRCMP_CONTAINS("</project list:1234> Lists all projects *(administrators)*\n", text.c_str());
  CHECK(text.find("`/ping`") < text.find("</project add:1234>"));
  other.finish();
  self.finish();
}

TEST(HelpCommand, says_how_many_commands_do_not_fit) {
  std::string about(100, '*');
  auto command = plugin::sized<coordinator_command>();
  command.name = plugin::borrowed("abcdefghijklmnopqrstuvwxyzabcdef"),
  command.description = plugin::borrowed(about);
  std::vector<const coordinator_command*> hundred(100, &command);
  auto many = info(COORDINATOR_SERVING, "many");
  many.commands = hundred.data(), many.command_count = hundred.size();
  host.plugins = {&many};
  stage.plugin->run("help");
  STRCMP_CONTAINS("more: type `/` to see them.", host.last().embed()["description"].text_or("").c_str());
}

TEST_GROUP(AllCommands){};

// As in a trial. What stays mapped would keep its state over a reload.
TEST(AllCommands, start_where_nothing_is_known_and_can_be_unloaded) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(PLUGINS)) {
    if (file.path().extension() != ".so") continue;
    RecordingHost host;
    host.knows_nothing = true;
    Loaded plugin(host, file.path().string());
    CHECK_EQUAL(file.path().stem().string(), plugin::owned(plugin.plugin().name));
    CHECK_TEXT(plugin.unload(), file.path().c_str());
    ++count;
  }
  CHECK(count >= 11);
}
