// The configuration: every mistake named at once, and the good ones as values.
#include "app/config.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/random.h"
#include "io/temporary.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

using namespace coordinator;
using namespace coordinator::app;
namespace fs = std::filesystem;

namespace {

const Environment kNoEnvironment;

std::string words(const ConfigProblems& problems, const std::string& directory) {
  std::string out;
  for (const ConfigProblem& problem : problems) {
    std::string line = problem.text();
    for (std::size_t at; (at = line.find(directory + "/")) != std::string::npos;)
      line.erase(at, directory.size() + 1);
    out += line + "\n";
  }
  return out;
}

std::vector<fs::path> files_in(const std::string& directory, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().extension() == extension) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_GROUP(Config) {
  TemporaryDirectory directory;
  std::string file = directory / "coordinator.toml";

  // A project that is whole, and what a test puts in front of it or behind.
  std::string project(const std::string& more = "") {
    return "[projects.one]\nchannels = [\"42\"]\ndirectory = \".\"\nallow = [\"everyone\"]\n" + more + "\n";
  }
  Config good(const std::string& text, const Environment& environment = kNoEnvironment) {
    auto config = parse_config(text, file, environment);
    CHECK_TEXT(config.has_value(), config ? "" : words(config.error(), directory.path).c_str());
    return std::move(*config);
  }
  std::string bad(const std::string& text, const Environment& environment = kNoEnvironment) {
    auto config = parse_config(text, file, environment);
    CHECK_FALSE_TEXT(config.has_value(), text.c_str());
    return words(config.error(), directory.path);
  }
};

// Each bad/NAME.toml has its whole list of mistakes in bad/NAME.expected.
TEST(Config, NamesEveryMistakeOfTheBadFiles) {
  std::string folder = TEST_DATA "/config/bad";
  auto files = files_in(folder, ".toml");
  CHECK_TRUE(files.size() >= 14);
  for (const fs::path& bad_file : files) {
    auto config = load_config(bad_file, kNoEnvironment);
    CHECK_FALSE_TEXT(config.has_value(), bad_file.c_str());
    fs::path expected = bad_file;
    STRCMP_EQUAL_TEXT(TemporaryDirectory::content(expected.replace_extension(".expected")).c_str(),
                      words(config.error(), folder).c_str(), bad_file.c_str());
  }
}

TEST(Config, TheExampleIsAllDefaultsAndWithoutComplaint) {
  std::string text = TemporaryDirectory::content(TEST_DATA "/../../../etc/coordinator.example.toml");
  std::size_t place = text.find("\"/srv/major-domo\"");
  CHECK_TRUE(place != std::string::npos);
  text.replace(place, 17, "\"" + directory.path + "\"");
  Config config = good(text);
  LONGS_EQUAL(0, config.warnings.size());
  LONGS_EQUAL(1, config.projects.size());
  STRCMP_EQUAL("/etc/coordinator/token", config.discord.token_file.c_str());
  CHECK_TRUE(config.projects[0].allow.roles == std::vector<RoleId>{RoleId{987654321098765432}});
  CHECK_TRUE(config.projects[0].allow.users == std::vector<UserId>{UserId{123456789012345678}});
}

// A comment that shows a key shows one that exists, with a value that is possible.
TEST(Config, WhatTheExampleShowsInCommentsIsPossibleToo) {
  std::string text = TemporaryDirectory::content(TEST_DATA "/../../../etc/coordinator.example.toml");
  std::string all;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    std::size_t equals = line.find(" = ");
    bool shows = line.starts_with("# ") && equals != std::string::npos && line.find(' ', 2) == equals;
    all += (shows ? line.substr(2) : line) + "\n";
    at = end + 1;
  }
  all.replace(all.find("\"/srv/major-domo\""), 17, "\"" + directory.path + "\"");
  CHECK_TRUE(all.find("\nwhen_busy") != std::string::npos);
  Config config = good(all);
  LONGS_EQUAL(0, config.warnings.size());
  CHECK_TRUE(config.projects[0].limits.wall_clock == 2h);
  STRCMP_EQUAL("C.UTF-8", config.agents.at("claude").environment.at("LANG").c_str());
}

TEST(Config, ReadsEveryKey) {
  fs::create_directories(directory / "work");
  Config config = good(R"toml(
projects_directory = "clones"
administrators = ["guild:9", "user:8"]
[discord]
token_file = "token"
api_url = "http://127.0.0.1:8080/api/v10/"
catch_up_messages = 0
catch_up_age = "30d"
[agents.demo]
command = ["bin/demo", "--flag"]
pass_environment = ["HOME"]
environment = { A = "b" }
warm_for = "2min"
[agents.claude]
command = ["claude"]
[limits]
queue = 5
turns_at_once = 2
answer_messages = 3
warm_max = 7
warm_memory = "2GiB"
attachments = 4
attachment_size = "6MiB"
agent_line = "1MiB"
agent_output = "2MB"
turn_memory = "3GiB"
turn_processes = 7
turn_cpu_time = "1h"
turn_cpus = 2
free_disk = "5MiB"
control_group = "groups"
[log]
level = "debug"
file = "log/c.json"
file_size = "64KiB"
files = 2
[plugins]
enabled = false
directory = "commands"
[projects.zebra]
channels = ["18446744073709551615", "7"]
directory = "work"
agent = "demo"
model = "sonnet"
allowed_tools = ["Bash", "Read(*)"]
system_prompt = "Be kind.\nBe brief."
allow = ["user:1", "role:2", "guild:3", "user:4"]
approvers = ["everyone"]
when_busy = "interrupt"
link_previews = true
permissions = "refuse"
permission_timeout = "10min"
inactivity_timeout = "1h30m"
turn_timeout = "2h"
[projects.ant]
channels = ["8"]
directory = "."
allow = ["everyone"]
)toml");
  LONGS_EQUAL(1, config.warnings.size());
  STRCMP_EQUAL("projects.zebra.when_busy", config.warnings[0].key.c_str());  // not served as yet
  STRCMP_EQUAL((directory / "token").c_str(), config.discord.token_file.c_str());
  STRCMP_EQUAL("http://127.0.0.1:8080/api/v10", config.discord.api_url.c_str());
  LONGS_EQUAL(0, config.catch_up.messages);
  CHECK_TRUE(config.catch_up.age == 30 * 24h);
  LONGS_EQUAL(5, config.limits.queue);
  LONGS_EQUAL(2, config.limits.turns_at_once);
  LONGS_EQUAL(3, config.limits.answer_messages);
  LONGS_EQUAL(4, config.limits.attachments);
  LONGS_EQUAL(6u << 20, config.limits.attachment_bytes);
  CHECK_TRUE(config.log.level == log::Level::debug);
  STRCMP_EQUAL((directory / "log/c.json").c_str(), config.log.file.c_str());
  LONGS_EQUAL(65536, config.log.file_bytes);
  LONGS_EQUAL(2, config.log.files);
  STRCMP_EQUAL((directory / "clones").c_str(), config.projects_directory.c_str());
  CHECK_TRUE(config.administrators->guilds == std::vector<GuildId>{GuildId{9}});
  CHECK_TRUE(config.administrators->users == std::vector<UserId>{UserId{8}});
  CHECK_FALSE(config.plugins.enabled);
  STRCMP_EQUAL((directory / "commands").c_str(), config.plugins.directory.c_str());
  LONGS_EQUAL(2, config.projects.size());
  const chat::Project& zebra = config.projects[0];  // in the file's order
  STRCMP_EQUAL("zebra", zebra.name.c_str());
  CHECK_TRUE(zebra.channels == (std::vector<ChannelId>{ChannelId{~0ull}, ChannelId{7}}));
  STRCMP_EQUAL((directory / "work").c_str(), zebra.directory.c_str());
  STRCMP_EQUAL("demo", zebra.agent.c_str());
  STRCMP_EQUAL((directory / "bin/demo").c_str(), zebra.settings.command[0].c_str());
  STRCMP_EQUAL("--flag", zebra.settings.command[1].c_str());
  STRCMP_EQUAL("b", zebra.settings.environment.at("A").c_str());
  CHECK_TRUE(zebra.settings.warm_for == 2min);
  LONGS_EQUAL(7, config.warm.most);
  CHECK_TRUE(config.warm.memory_bytes == 2ull << 30);
  CHECK_TRUE(zebra.settings.pass_environment == std::vector<std::string>{"HOME"});
  STRCMP_EQUAL("sonnet", zebra.model.c_str());
  STRCMP_EQUAL("Read(*)", zebra.allowed_tools[1].c_str());
  STRCMP_EQUAL("Be kind.\nBe brief.", zebra.system_prompt.c_str());
  CHECK_TRUE(zebra.allow.users == (std::vector<UserId>{UserId{1}, UserId{4}}));
  CHECK_TRUE(zebra.allow.roles == std::vector<RoleId>{RoleId{2}});
  CHECK_TRUE(zebra.allow.guilds == std::vector<GuildId>{GuildId{3}});
  CHECK_FALSE(zebra.allow.everyone);
  CHECK_TRUE(zebra.approvers.everyone);
  CHECK_TRUE(zebra.when_busy == chat::WhenBusy::interrupt);
  CHECK_TRUE(zebra.link_previews);
  CHECK(zebra.permissions == chat::Permissions::refuse && zebra.permission_timeout == 10min);
  CHECK_TRUE(zebra.limits.inactivity == 90min);
  CHECK_TRUE(zebra.limits.wall_clock == 2h);
  LONGS_EQUAL(1u << 20, zebra.limits.line_bytes);
  LONGS_EQUAL(2'000'000, zebra.limits.spool_bytes);
  CHECK_TRUE(zebra.limits.memory_bytes == 3ull << 30);
  LONGS_EQUAL(7, zebra.limits.processes);
  CHECK_TRUE(zebra.limits.cpu_time == 1h);
  LONGS_EQUAL(200, zebra.limits.cpus_percent);
  LONGS_EQUAL(5 << 20, *config.free_disk);
  STRCMP_EQUAL((directory / "groups").c_str(), config.control_group.c_str());
  CHECK_TRUE(config.projects[1].allow.everyone);
  CHECK_TRUE(config.projects[1].limits.inactivity == 5min);
  CHECK_FALSE(config.projects[1].limits.wall_clock.has_value());
}

TEST(Config, AdministratorsAreDiscordsAndOnTheListWhereThereIsOne) {
  chat::Person person;
  person.user = UserId{5};
  person.guild = GuildId{6};
  Config open = good(project());
  Config listed = good("administrators = [\"guild:6\"]\n" + project());
  Config other = good("administrators = [\"guild:7\", \"user:4\"]\n" + project());
  Config nobody = good("administrators = []\n" + project());
  for (const Config* config : {&open, &listed, &other, &nobody})
    CHECK_FALSE(may_administrate(*config, person, true));
  person.permissions = (1u << 3) | (1u << 13);
  CHECK_TRUE(may_administrate(open, person, true));
  CHECK_TRUE(may_administrate(listed, person, false));
  CHECK_FALSE(may_administrate(other, person, true));
  CHECK_FALSE(may_administrate(nobody, person, true));
}

TEST(Config, WithoutAListOfAdministratorsNobodyIsOneWhereThereIsNoProject) {
  chat::Person stranger;
  stranger.permissions = 1u << 3;
  CHECK_FALSE(may_administrate(good(project()), stranger, false));
}

TEST(Config, AProjectWithoutAnAgentHasTheOnlyOneElseClaude) {
  STRCMP_EQUAL("claude", good(project()).projects[0].agent.c_str());
  Config one = good(project() + "[agents.demo]\ncommand = [\"/demo\"]\n");
  STRCMP_EQUAL("demo", one.projects[0].agent.c_str());
  STRCMP_EQUAL("/demo", one.projects[0].settings.command[0].c_str());
  Config two = good(project() + "[agents.demo]\n[agents.other]\n");
  STRCMP_EQUAL("claude", two.projects[0].agent.c_str());
  CHECK_TRUE(two.agents.contains("claude"));
}

TEST(Config, ADirectoryThatIsGoneIsTheTroubleOfItsProjectAlone) {
  Config config = good(
      project() + "[projects.two]\nchannels = [\"2\"]\ndirectory = \"/none/such\"\nallow = [\"everyone\"]\n");
  LONGS_EQUAL(2, config.projects.size());
  STRCMP_EQUAL("/none/such", config.projects[1].directory.c_str());
  LONGS_EQUAL(1, config.warnings.size());
  CHECK_TRUE(config.warnings[0].outside);
  STRCMP_CONTAINS(
      "projects.two.directory: the directory /none/such cannot be found: No such file or directory",
      config.warnings[0].text().c_str());
}

TEST(Config, PathsBeginAtTheFileOrAtHome) {
  fs::create_directories(directory / "home/work");
  Environment home{{"HOME", directory / "home"}};
  Config config = good(
      "[discord]\ntoken_file = \"~/token\"\n[projects.one]\nchannels = [\"1\"]\ndirectory = "
      "\"~/work\"\nallow = "
      "[\"everyone\"]\n",
      home);
  STRCMP_EQUAL((directory / "home/work").c_str(), config.projects[0].directory.c_str());
  STRCMP_EQUAL((directory / "home/token").c_str(), config.discord.token_file.c_str());
  STRCMP_EQUAL(
      "coordinator.toml:2:14: discord.token_file: HOME is not set, so ~ means nothing: write the whole "
      "path\n",
      bad("[discord]\ntoken_file = \"~/token\"\n" + project()).c_str());
}

TEST(Config, TheEnvironmentsApiUrlGoesBeforeTheFiles) {
  std::string text = "[discord]\napi_url = \"https://one.example/api\"\n" + project();
  STRCMP_EQUAL("https://one.example/api", good(text).discord.api_url.c_str());
  Environment environment{{"DISCORD_API_URL", "http://localhost:9/api"}};
  STRCMP_EQUAL("http://localhost:9/api", good(text, environment).discord.api_url.c_str());
  STRCMP_EQUAL("https://discord.com/api/v10", good(project()).discord.api_url.c_str());
  std::string error = bad(text, {{"DISCORD_API_URL", "http://example.org/api"}});
  CHECK_TEXT(error.starts_with("coordinator.toml: the environment's DISCORD_API_URL: http://example.org"),
             error.c_str());
}

TEST(Config, WarnsOfWhatWorksButShouldBeLookedAt) {
  STRCMP_EQUAL(
      "coordinator.toml:1:1: warning: projects: there is no project, so nobody will get an answer: add a "
      "table "
      "[projects.NAME]\n",
      words(good("").warnings, directory.path).c_str());
  std::string dated = words(good(project("model = \"claude-sonnet-4-20250514\"")).warnings, directory.path);
  CHECK_TEXT(
      dated.starts_with("coordinator.toml:5:9: warning: projects.one.model: this names one dated model"),
      dated.c_str());
}

TEST(Config, WarnsOfATokenThatOthersMayRead) {
  TemporaryDirectory::put(file, "[discord]\ntoken = \"aaaa.bbbb.cccc\"\n" + project());
  ::chmod(file.c_str(), 0644);
  STRCMP_EQUAL(("coordinator.toml: warning: discord.token: others may read the token in coordinator.toml: "
                "run: chmod 600 "
                "coordinator.toml\n"),
               words(load_config(file, kNoEnvironment)->warnings, directory.path).c_str());
  ::chmod(file.c_str(), 0600);
  LONGS_EQUAL(0, load_config(file, kNoEnvironment)->warnings.size());
}

TEST(Config, AFileThatCannotBeReadIsOneProblem) {
  std::string missing = directory / "none.toml";
  STRCMP_EQUAL("none.toml: cannot open none.toml: No such file or directory\n",
               words(load_config(missing, kNoEnvironment).error(), directory.path).c_str());
  TemporaryDirectory::put(file, std::string((1u << 20) + 1, '#'));
  STRCMP_EQUAL("coordinator.toml: cannot read coordinator.toml: it is longer than 1048576 bytes\n",
               words(load_config(file, kNoEnvironment).error(), directory.path).c_str());
}

TEST(Config, NoProblemEverShowsTheToken) {
  for (const char* token : {"Bot s3cret", "s3cret s3cret", "s3cr\\u00e9t", ""}) {
    std::string error = bad("[discord]\ntoken = \"" + std::string(token) + "\"\n");
    CHECK_TEXT(error.find("s3c") == std::string::npos, error.c_str());
  }
}

// Whatever stands in the file: problems or a value, never a crash, and every line says something.
TEST(Config, SurvivesDamagedFiles) {
  Random random(4);
  std::vector<std::string> seeds = {
      TemporaryDirectory::content(TEST_DATA "/../../../etc/coordinator.example.toml")};
  for (const fs::path& bad_file : files_in(TEST_DATA "/config/bad", ".toml"))
    seeds.push_back(TemporaryDirectory::content(bad_file));
  for (int round = 0; round < 1500; ++round) {
    std::string text = seeds[random.below(seeds.size())];
    for (auto damage = random.below(6); damage > 0 && !text.empty(); --damage) {
      std::size_t at = random.below(text.size());
      if (random.below(2))
        text[at] = "\"[]{}=.,#\n\\x5"[random.below(13)];
      else
        text.erase(at, random.below(30));
    }
    auto config = parse_config(text, file, kNoEnvironment);
    if (config) continue;
    CHECK_FALSE(config.error().empty());
    for (const ConfigProblem& problem : config.error()) CHECK_FALSE(problem.what.empty());
  }
}
